"""What is written of the boards for other programs and for paper: no formula in it, for nobody else to read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cognito_mp_tools.factory import commands
from cognito_mp_tools.factory.ledger import STEPS, Ledger
from cognito_mp_tools.failures import ToolFailed

Run = Callable[..., Result]


@pytest.fixture
def factory(tmp_path: Path) -> Run:
    def run(*words: object) -> Result:
        given = [*map(str, words), "--database", str(tmp_path / "factory.sqlite")]
        return CliRunner().invoke(commands.command, given)

    return run


def finish(folder: Path, **users: str) -> None:
    """Write down each board, by its serial number, as done for its user."""
    ledger = Ledger(folder / "factory.sqlite")
    for serial, username in users.items():
        ledger.enter(serial, None)
        ledger.give_user(serial, username)
        for step in STEPS:
            ledger.step_done(serial, step)
    ledger.close()


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_a_user_name_is_no_formula_in_a_spreadsheet(tmp_path: Path, factory: Run, begin: str) -> None:
    name = f"{begin}cmd|' /C calc'!A0"
    finish(tmp_path, b1=name, b2="ada@example.com")
    assert factory("export", tmp_path / "boards.csv").exit_code == 0
    with (tmp_path / "boards.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["username"] for row in rows] == ["'" + name, "ada@example.com"]
    # What no spreadsheet opens has the name as it is.
    assert factory("export", tmp_path / "things.jsonl", "--iot").exit_code == 0
    assert json.loads((tmp_path / "things.jsonl").read_text().splitlines()[0])["Username"] == name


@pytest.mark.parametrize(
    "words", [("export", "boards.csv"), ("export", "boards.csv", "--iot"), ("labels", "boards.pdf")]
)
@pytest.mark.parametrize("existing", [False, True])
def test_nobody_else_reads_what_is_written(
    tmp_path: Path, factory: Run, words: tuple[str, ...], existing: bool
) -> None:
    command, name, *options = words
    finish(tmp_path, b1="ada@example.com")
    path = tmp_path / name
    if existing:
        path.write_text("longer than what comes after it" * 1000)
        path.chmod(0o644)
    assert factory(command, path, *options).exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"longer than" not in path.read_bytes() and path.stat().st_size


def test_a_board_with_an_endless_serial_number_costs_the_others_no_label(tmp_path: Path, factory: Run) -> None:
    finish(tmp_path, **{"e660aa": "ada", "f" * 5000: "grace", "e660bb": "edsger", "e660\u20ac": "barbara"})
    done = factory("labels", tmp_path / "labels.pdf")
    assert done.exit_code == 0, done.output
    assert "2 labels are in" in done.output and "has 5000 characters" in done.output
    assert (tmp_path / "labels.pdf").read_bytes().startswith(b"%PDF")


def test_an_address_that_no_code_holds_is_told(tmp_path: Path, factory: Run) -> None:
    finish(tmp_path, b1="ada")
    failed = factory("labels", tmp_path / "labels.pdf", "--address", "https://example.com/" + "x" * 5000)
    assert isinstance(failed.exception, ToolFailed) and "shorter --address" in str(failed.exception)
    assert not (tmp_path / "labels.pdf").exists()


@pytest.mark.parametrize("words", [("export",), ("labels",)])
def test_a_file_that_can_not_be_written_is_told(tmp_path: Path, factory: Run, words: tuple[str, ...]) -> None:
    finish(tmp_path, b1="ada")
    failed = factory(*words, tmp_path / "nowhere" / "file")
    assert isinstance(failed.exception, ToolFailed) and "can't be written" in str(failed.exception)
