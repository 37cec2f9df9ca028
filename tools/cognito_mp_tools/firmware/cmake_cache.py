"""What CMake keeps of its last run, in a checkout that has been moved or copied since, or with another MicroPython."""

from __future__ import annotations

import shutil
from pathlib import Path


def forget_another(work: Path, source: Path) -> None:
    """Remove the build folder `work` if CMake made it elsewhere, or from another `source`: it would refuse to go on."""
    cache = work / "CMakeCache.txt"
    if not cache.exists():
        return
    values = dict(line.split("=", 1) for line in cache.read_text(errors="replace").splitlines() if "=" in line)
    now = {"CMAKE_HOME_DIRECTORY:INTERNAL": str(source), "CMAKE_CACHEFILE_DIR:INTERNAL": str(work)}
    if any(values.get(name, place) != place for name, place in now.items()):
        shutil.rmtree(work)
