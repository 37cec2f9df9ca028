"""microdot, the web server of the sign-in page, as it is installed here from PyPI: it is carried to devices.

It is under the MIT license, whose text goes with it.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

PACKAGE = "microdot"
# What a device needs of it; the rest is for other programs.
MODULES = ("__init__.py", "microdot.py")


def folder() -> Path:
    """The folder that holds the package."""
    return _path(f"{PACKAGE}/__init__.py").parents[1]


def files() -> dict[str, Path]:
    """Its modules and its license, by their path on a device."""
    found = {f"/lib/{PACKAGE}/{name}": _path(f"{PACKAGE}/{name}") for name in MODULES}
    return {**found, f"/lib/{PACKAGE}/LICENSE": _path("licenses/LICENSE")}


def _path(end: str) -> Path:
    for file in metadata.files(PACKAGE) or ():
        if file.as_posix().endswith(end):
            return Path(str(file.locate()))
    raise FileNotFoundError(f"the installed {PACKAGE} has no {end}")
