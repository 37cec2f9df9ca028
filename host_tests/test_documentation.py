"""The documentation says what the source does: each message is explained, each link leads somewhere, the code runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from cognito_mp_tools.packages.npm import NpmFailed
from cognito_mp_tools.project import ROOT
from cognito_mp_tools.site import diagrams, error_texts, reference
from cognito_mp_tools.site.code_blocks import CodeBlock, code_blocks, pages
from conftest import Interpreter

TROUBLESHOOTING = ROOT / "docs" / "troubleshooting.md"
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
_LOADED_FROM_ELSEWHERE = re.compile(
    r"<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)=[\"']?(?:https?:)?//[^>]*>|class=.mermaid"
)
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
    for page in (tmp_path / "site").rglob("*.html"):
        assert not _LOADED_FROM_ELSEWHERE.findall(page.read_text()), page


@pytest.mark.parametrize("source", diagrams.sources(), ids=lambda source: source.stem)
def test_a_diagram_is_drawn_from_its_source(source: Path) -> None:
    assert diagrams.drawn_from(source.with_suffix(".svg")) == diagrams.digest(source), "make diagrams draws it"


def test_each_picture_of_a_diagram_has_a_source_and_a_page() -> None:
    pictures = sorted(diagrams.FOLDER.glob("*.svg"))
    assert [picture.with_suffix(".mmd") for picture in pictures] == diagrams.sources() != []
    shown = {target for page in pages() for _, target in _shown_by(page)}
    assert set(pictures) <= shown


@pytest.mark.browser
@pytest.mark.parametrize("source", diagrams.sources(), ids=lambda source: source.stem)
def test_a_diagram_is_drawn_as_it_is_kept(source: Path) -> None:
    try:
        drawn = diagrams.draw(source)
    except (NpmFailed, diagrams.DrawingFailed) as problem:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(problem))
    assert diagrams.words(drawn) == diagrams.words(source.with_suffix(".svg").read_text())


def _shown_by(page: Path) -> list[tuple[str, Path]]:
    """The alternative text and the file of each picture that `page` shows."""
    found = _PICTURE.findall(_FENCED.sub("", page.read_text()))
    return [(text, (page.parent / unquote(link)).resolve()) for text, link in found if not re.match(r"[a-z]+:", link)]


# What draws each picture: the command is in the project, and says itself what it needs.
_DRAWN_BY = {
    "docs/diagrams": "make diagrams",
    "docs/sign_in_page": "make page-pictures",
    "docs/bench": "make bench",
    "docs/fleet.svg": "python -m fleet",
    "docs/screens.png": "python -m cognito_mp_tools.site.screens",
}


def test_every_picture_is_made_by_a_command_and_has_words_for_who_does_not_see_it() -> None:
    for page in pages():
        for text, picture in _shown_by(page):
            name = picture.relative_to(ROOT).as_posix()
            assert text, f"{page}: {name} has no alternative text"
            assert any(name == made or name.startswith(made + "/") for made in _DRAWN_BY), f"what draws {name}?"
    contributing = (ROOT / "docs" / "contributing.md").read_text()
    for made, command in _DRAWN_BY.items():
        assert (ROOT / made).exists() and command in contributing, (
            f"docs/contributing.md does not say what draws {made}"
        )
