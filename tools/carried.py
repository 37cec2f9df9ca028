"""Puts the library, the firmware, the boards and the emulator into sdist and wheel, as the checkout has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_FOLDERS = ("lib", "firmware", "boards", "tools/emulator")
_FILES = ("LICENSE", "CHANGES.md")
_NOT_CARRIED = {"node_modules", "__pycache__"}


def _files(root: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            compiled = path.suffix == ".mpy" and not path.name.startswith("montgomery_")
            if path.is_file() and not _NOT_CARRIED & set(path.parts) and not compiled:
                yield path
    for name in _FILES:
        yield root / name


class Carried(BuildHookInterface):  # type: ignore[type-arg]
    """In a checkout the files are beside tools/; an unpacked sdist has them in carried/."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        unpacked = Path(self.root, "carried")
        root = unpacked if unpacked.exists() else Path(self.root).parent
        place = "carried" if self.target_name == "sdist" else "cognito_mp_tools/carried"
        for path in _files(root):
            build_data["force_include"][str(path)] = f"{place}/{path.relative_to(root).as_posix()}"
