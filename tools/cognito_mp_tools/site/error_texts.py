"""Every text that the library, the firmware and the tools raise, read from their source.

What is put into a text at run time stands as "…" in it. docs/troubleshooting.md explains those of the library and the
firmware; docs/messages_of_tools.md, which this writes, lists those of the tools, which say themselves what to do.

python -m cognito_mp_tools.site.error_texts
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from cognito_mp_tools.project import LIBRARY, ROOT

DEVICE_FOLDERS = (LIBRARY / "cognito_mp", ROOT / "firmware" / "cognito_app")
_TOOLS = ROOT / "tools" / "cognito_mp_tools"
TOOLS_PAGE = ROOT / "docs" / "messages_of_tools.md"
_RAISED = re.compile(r"(Error|Failed|NotSignedIn|Exception|unreadable|_unreadable)$")
_CODES = re.compile(r"[A-Z][A-Za-z]+Exception|[A-Z_]+|UnreadableReply|ReplyTooLarge")
_PERCENT = re.compile(r"%[-0-9.]*[srdx]")


def _text(node: ast.expr) -> str:
    """The text that `node` makes, "…" for what is not known before it runs."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _PERCENT.sub("…", _text(node.left))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (_text(node.left) or "…") + (_text(node.right) or "…")
    return ""


def _raised_in(source: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if _RAISED.search(name):
            found |= {_text(argument) for argument in node.args}
    return {text for text in found if text.strip("… :") and not _CODES.fullmatch(text)}


def texts(*folders: Path) -> dict[str, list[str]]:
    """Each text, and the files (relative to the checkout) that raise it."""
    found: dict[str, list[str]] = {}
    for folder in folders:
        for source in sorted(folder.rglob("*.py")):
            for text in _raised_in(source):
                found.setdefault(text, []).append(source.relative_to(ROOT).as_posix())
    return found


def explained(page: Path) -> set[str]:
    """The texts in the first column of the tables of a Markdown page."""
    return {found[1] for found in re.finditer(r"^\| `` ?(.+?) ?`` \|", page.read_text(), re.MULTILINE)}


def tools_page() -> str:
    """The text of docs/messages_of_tools.md."""
    lines = ["# What the tools say", ""]
    lines += [
        "Every error of `cognito-mp` and its kin; each says itself what to do. “…” stands for a name, a number or the"
    ]
    lines += ["words of somebody else. This page is made by `python -m cognito_mp_tools.site.error_texts`.", ""]
    lines += ["| message | from |", "|---|---|"]
    for text, sources in sorted(texts(_TOOLS).items(), key=lambda item: item[0].lower()):
        modules = (Path(source).relative_to(_TOOLS.relative_to(ROOT)).with_suffix("").as_posix() for source in sources)
        lines.append(f"| `` {' '.join(text.split())} `` | {', '.join(modules)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    TOOLS_PAGE.write_text(tools_page())


if __name__ == "__main__":
    main()
