"""The library as a bundle that circup installs on CircuitPython: `circup bundle-add cognito-mp/cognito_mp`.

circup looks for <bundle>-py-<tag>.zip among the files of the repository's release <tag>, and for a compiled one beside
it. There is none: CircuitPython's own mpy-cross is in no package registry, and circup takes source then.
"""

from __future__ import annotations

from pathlib import Path

import cognito_mp

from cognito_mp_tools.library.bytecode import architectures
from cognito_mp_tools.project import LIBRARY

from .same_bytes import write_zip

# The bundle's name is the repository's, in small letters and with "-" for "_".
NAME = "cognito-mp"
# What a program over adafruit_requests, and AsyncClient, need; a bundle of Adafruit's has them.
_REQUIREMENTS = "adafruit-circuitpython-requests\nadafruit-circuitpython-asyncio\n"


def write(folder: Path) -> Path:
    """Write the bundle's ZIP into `folder`; returns its path. Its release must be tagged with the library's version."""
    name = f"{NAME}-py-{cognito_mp.__version__}"
    files = {f"{name}/lib/{path.relative_to(LIBRARY).as_posix()}": path.read_bytes() for path in _sources("cognito_mp")}
    files |= {f"{name}/examples/{path.name}": path.read_bytes() for path in _sources("examples")}
    files[f"{name}/requirements/cognito_mp/requirements.txt"] = _REQUIREMENTS.encode()
    archive = folder / f"{name}.zip"
    write_zip(archive, files)
    return archive


def _sources(folder: str) -> list[Path]:
    # CircuitPython has no assembler, and loads no machine code.
    return sorted(path for path in (LIBRARY / folder).rglob("*.py") if not architectures(path))
