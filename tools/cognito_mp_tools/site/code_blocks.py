"""The Python in the documentation: each fenced block that says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cognito_mp_tools.project import ROOT

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class CodeBlock:
    """path: the Markdown file; line: where the code begins in it."""

    path: Path
    line: int
    code: str

    @property
    def name(self) -> str:
        """The name of a Python file that is this block alone."""
        return f"{self.path.stem.lower()}_{self.line}.py"


def pages() -> list[Path]:
    """Every Markdown file that makers read."""
    folders = ("docs", "firmware", "boards", "tools", "lib")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.md") if "node_modules" not in path.parts]
    return [ROOT / "README.md", *sorted(found)]


def code_blocks() -> list[CodeBlock]:
    """Every block of Python in them."""
    blocks = []
    for path in pages():
        text = path.read_text()
        for found in _BLOCK.finditer(text):
            blocks.append(CodeBlock(path, text.count("\n", 0, found.start(1)) + 1, found[1]))
    return blocks


def write_files(folder: Path) -> list[Path]:
    """Write each block as a file of its own into `folder`; returns them. What was there before goes.

    But for the lines of the README for `make emulate`: host_tests/rp2040/test_emulate.py types them on the chip.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.py"):
        stale.unlink()
    for block in code_blocks():
        if "import demo" in block.code:
            continue
        (folder / block.name).write_text(block.code)
    return sorted(folder.glob("*.py"))
