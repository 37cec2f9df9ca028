"""The library's modules for MicroPython: those of the core, and those that each extra brings (lib/extras.json)."""

from __future__ import annotations

import json
from pathlib import Path

from cognito_mp_tools.project import LIBRARY

_PACKAGE = LIBRARY / "cognito_mp"
_FOR_OTHER_PYTHONS = "ports"


def library_modules() -> dict[str, Path]:
    """Every module that MicroPython can run: its file by its path in the package, such as "cognito_mp/client.py"."""
    paths = sorted((*_PACKAGE.rglob("*.py"), *_PACKAGE.rglob("*.mpy")))
    files = {path.relative_to(_PACKAGE): path for path in paths}
    return {
        f"cognito_mp/{name.as_posix()}": path for name, path in files.items() if name.parts[0] != _FOR_OTHER_PYTHONS
    }


def slices() -> dict[str, dict[str, Path]]:
    """The modules of the core, under the name "", and what each extra brings besides it."""
    modules = library_modules()
    extras: dict[str, list[str]] = json.loads((LIBRARY / "extras.json").read_text())
    of_extras = {name: [_path(module) for module in extras[name]] for name in extras}
    in_an_extra = {path for paths in of_extras.values() for path in paths}
    core = {path: source for path, source in modules.items() if path not in in_an_extra}
    return {"": core} | {name: {path: modules[path] for path in paths} for name, paths in of_extras.items() if paths}


def _path(module: str) -> str:
    """A module of extras.json is Python's, but for one that is machine code."""
    return f"cognito_mp/{module}" + ("" if module.endswith(".mpy") else ".py")
