"""The documentation says what the source does: each message is explained, each link leads somewhere, the code runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from cognito_mp_tools.project import ROOT
from cognito_mp_tools.site import error_texts, reference
from cognito_mp_tools.site.code_blocks import CodeBlock, code_blocks, pages
from conftest import Interpreter

TROUBLESHOOTING = ROOT / "docs" / "troubleshooting.md"
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def test_every_message_of_library_and_firmware_is_explained() -> None:
    raised = set(error_texts.texts(*error_texts.DEVICE_FOLDERS))
    explained = error_texts.explained(TROUBLESHOOTING)
    assert sorted(raised - explained) == [], "these are not in docs/troubleshooting.md"
    assert sorted(explained - raised) == [], "these are in docs/troubleshooting.md, and nothing raises them"


def test_the_messages_of_the_tools_are_listed() -> None:
    written = error_texts.TOOLS_PAGE.read_text()
    assert written == error_texts.tools_page(), "python -m cognito_mp_tools.site.error_texts writes it"


def test_the_reference_is_that_of_the_docstrings() -> None:
    assert reference.PAGE.read_text() == reference.content(), "python -m cognito_mp_tools.site.reference writes it"


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(_FENCED.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(target), link


def _without_hardware() -> list[CodeBlock]:
    return [block for block in code_blocks() if "testing." in block.code]


@pytest.mark.parametrize("block", _without_hardware(), ids=lambda block: block.name)
def test_a_block_that_needs_no_service_runs(interpreter: Interpreter, block: CodeBlock, tmp_path: Path) -> None:
    program = tmp_path / block.name
    program.write_text(block.code)
    interpreter.run(program)


def test_there_are_blocks_to_check() -> None:
    """The type check takes all of them: see type_check.py."""
    assert len(code_blocks()) >= 10 and _without_hardware()


def test_the_site_can_be_built(tmp_path: Path) -> None:
    config = ROOT / "tools" / "cognito_mp_tools" / "site" / "mkdocs.yml"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(config)]
    done = subprocess.run([*command, "--site-dir", str(tmp_path / "site")], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Sign a person in" in (tmp_path / "site" / "index.html").read_text()
