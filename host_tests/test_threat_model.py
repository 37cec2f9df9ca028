"""Each test that docs/threat_model.md names is there."""

from __future__ import annotations

import ast
import functools
import re

import pytest
from cognito_mp_tools.project import ROOT

HERE = ROOT / "host_tests"
PAGE = ROOT / "docs" / "threat_model.md"
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE.read_text())))


@functools.cache
def _tests(file: str) -> set[str]:
    tree = ast.parse((HERE / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[f"{file}::{name}" for file, name in NAMED])
def test_the_test_that_it_names_is_there(file: str, name: str) -> None:
    assert name.startswith("test_") and name in _tests(file)


# Rows of a table: what stands in each, but for its head and the line beneath.
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text().splitlines()
    if line.startswith("|") and not re.match(r"\|(---|[^|]*\| what they get \|)", line)
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_each_attack_has_its_test_or_the_words_not_mended(row: list[str]) -> None:
    does, gets, shown_by = row
    assert does and gets
    assert "::test_" in shown_by or "not mended" in shown_by


def test_nothing_that_looks_like_a_test_is_named_in_another_way() -> None:
    assert NAMED and PAGE.read_text().count("::") == len(re.findall(r"`[\w/]+\.py::test_\w+`", PAGE.read_text()))
