"""Which parts there are: the modules of this folder, less those that are the frame."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

_FRAME = ("__init__", "__main__", "listing", "table")


def part_names() -> list[str]:
    """The names of all parts, in the order of the alphabet."""
    stems = sorted(file.stem for file in Path(__file__).parent.glob("*.py"))
    return [stem for stem in stems if stem not in _FRAME and not stem.startswith("test_")]


def named(part: str) -> ModuleType:
    """The module of `part`, which has a run(plan)."""
    return importlib.import_module(f"faults.{part}")
