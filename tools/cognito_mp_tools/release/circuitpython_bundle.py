"""The library as a bundle that circup installs on CircuitPython: `circup bundle-add cognito-mp/cognito_mp`.

circup looks for <bundle>-py-<tag>.zip among the files of the repository's release <tag>, and for a compiled one beside
it. CircuitPython's own mpy-cross is in no package registry: CIRCUITPY_MPY_CROSS= names one, such as those of
https://adafruit-circuit-python.s3.amazonaws.com/index.html?prefix=bin/mpy-cross/. Without it there is no compiled one,
and circup takes source.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import cognito_mp

from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.library.bytecode import architectures, name_in_tracebacks
from cognito_mp_tools.project import LIBRARY

from .same_bytes import write_zip

# The bundle's name is the repository's, in small letters and with "-" for "_".
NAME = "cognito-mp"
# What a program over adafruit_requests, AsyncClient, CircuitPython before 10.1 and the example code.py need; a bundle
# of Adafruit's has them.
_REQUIREMENTS = """\
adafruit-circuitpython-requests
adafruit-circuitpython-asyncio
adafruit-circuitpython-hashlib
adafruit-circuitpython-ntp
"""
# circup's names for bundles of .mpy: one format, which 9 and 10 load alike.
_COMPILED = ("9.x-mpy", "10.x-mpy")


def write(folder: Path) -> Path:
    """Write the bundle's ZIP into `folder`, and the compiled ones where there is a compiler; returns the first's path.

    Its release must be tagged with the library's version. Raises ToolFailed if CIRCUITPY_MPY_CROSS= is not one.
    """
    library = {path.relative_to(LIBRARY).as_posix(): path.read_bytes() for path in _sources("cognito_mp")}
    archive = _write(folder, "py", library)
    compiler = os.environ.get("CIRCUITPY_MPY_CROSS")
    if compiler:
        compiled = {
            path.relative_to(LIBRARY).with_suffix(".mpy").as_posix(): _compiled(compiler, path)
            for path in _sources("cognito_mp")
        }
        for platform in _COMPILED:
            _write(folder, platform, compiled)
    return archive


def _write(folder: Path, platform: str, library: dict[str, bytes]) -> Path:
    name = f"{NAME}-{platform}-{cognito_mp.__version__}"
    files = {f"{name}/lib/{path}": content for path, content in library.items()}
    files |= {f"{name}/examples/{path.name}": path.read_bytes() for path in _sources("examples")}
    files[f"{name}/requirements/cognito_mp/requirements.txt"] = _REQUIREMENTS.encode()
    archive = folder / f"{name}.zip"
    write_zip(archive, files)
    return archive


def _compiled(compiler: str, source: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "compiled.mpy"
        name = source.relative_to(LIBRARY).as_posix()
        try:
            command = [compiler, "-s", name_in_tracebacks(name), "-o", str(output), str(source)]
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError as problem:
            raise ToolFailed(f"CIRCUITPY_MPY_CROSS={compiler} does not start: {problem.strerror}.") from problem
        if done.returncode:
            raise ToolFailed(f"{name} does not compile: {done.stderr.strip()[-300:]}")
        content = output.read_bytes()
    if content[:1] != b"C":
        raise ToolFailed(f"CIRCUITPY_MPY_CROSS={compiler} is not CircuitPython's mpy-cross: boards would refuse it.")
    return content


def _sources(folder: str) -> list[Path]:
    # CircuitPython has no assembler, and loads no machine code.
    return sorted(path for path in (LIBRARY / folder).rglob("*.py") if not architectures(path))
