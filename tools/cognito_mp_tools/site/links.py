"""A hook of mkdocs: README.md and CHANGES.md are pages too; links to files that are none lead to the repository."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

_ROOT = Path(__file__).resolve().parents[3]
_PAGES = {"index.md": "README.md", "changes.md": "CHANGES.md"}
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that lie outside docs/."""
    for name, source in _PAGES.items():
        files.append(File.generated(config, name, content=(_ROOT / source).read_text()))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Turn each link that leads out of docs/ into one to the repository."""
    source = _PAGES.get(page.file.src_uri)
    folder = posixpath.dirname(source if source else f"docs/{page.file.src_uri}")

    def replaced(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, found[1]))
        anchor = found[2] or ""
        inside = {text: name for name, text in _PAGES.items()}.get(path) or path.removeprefix("docs/")
        if path in _PAGES.values() or path.startswith("docs/"):
            return posixpath.relpath(inside, posixpath.dirname(page.file.src_uri) or ".") + anchor
        kind = "tree" if (_ROOT / path).is_dir() else "blob"
        return f"{config['extra']['repository']}/{kind}/main/{path}{anchor}"

    return _LINK.sub(replaced, markdown)
