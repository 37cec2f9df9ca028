"""What runs as if on CircuitPython: MicroPython's unix port built with unix_variant/, and Adafruit's own packages."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from pathlib import Path

from cognito_mp_tools.emulator.programs import MissingPrograms
from cognito_mp_tools.library.bytecode import MpyFormat, compiled
from cognito_mp_tools.packages import build_step, micropython_source, unix_port_32_bit
from cognito_mp_tools.packages.debian import NotDebian
from cognito_mp_tools.project import BUILD, build_lock

HERE = Path(__file__).resolve().parent
# The oldest that the README names, and what most boards have; what each lacks is in as_on_circuitpython.py.
VERSIONS = ("9.2.9", "10.2.1")
# What its users install with circup: CircuitPython has no asyncio of its own, 9.2 no SHA-256.
PACKAGES = (
    "adafruit-circuitpython-asyncio",
    "adafruit-circuitpython-connectionmanager",
    "adafruit-circuitpython-hashlib",
    "adafruit-circuitpython-ntp",
    "adafruit-circuitpython-requests",
    "adafruit-circuitpython-ticks",
)
_VARIANT = HERE / "unix_variant"
_BUILT = BUILD / "circuitpython_stand_in"
# Bytes of ports/unix/main.c's stack of frames. Boards have 2,048 (1,536 on SAMD).
PYSTACK = 4096


class Missing(RuntimeError):
    """What is not here that it needs; the message says what to install."""


def built() -> Path:
    """The path of the interpreter, built the first time and when its settings change: a minute. Raises Missing."""
    program = _BUILT / "build" / "micropython"
    settings = "".join(path.read_text() for path in sorted(_VARIANT.iterdir()))
    stamp = _BUILT / "settings"
    with build_lock():
        if program.exists() and stamp.exists() and stamp.read_text() == settings:
            return program
        try:
            unix_port_32_bit.require_to_build()
            micropython_source.fetch()
        except (MissingPrograms, NotDebian) as reason:
            raise Missing(f"the stand-in for CircuitPython: {reason}") from reason
        shutil.rmtree(_BUILT, ignore_errors=True)
        _BUILT.mkdir(parents=True)
        port = micropython_source.TREE / "ports" / "unix"
        words = ["make", "-j2", "-C", str(port), f"BUILD={program.parent}", f"VARIANT_DIR={_VARIANT}"]
        build_step.run(words, _BUILT / "build.log", micropython_source.build_environment())
        stamp.write_text(settings)
    return program


def install(folder: Path, *left_out: str) -> Path:
    """Put Adafruit's packages into `folder`, compiled, but for those `left_out`; returns it. Raises Missing."""
    for name in PACKAGES:
        if name in left_out:
            continue
        try:
            files = importlib.metadata.files(name) or []
        except importlib.metadata.PackageNotFoundError as reason:
            raise Missing(f"{name} is not installed: make setup") from reason
        for file in files:
            if file.suffix == ".py":
                to = folder / file.parent / f"{file.stem}.mpy"
                to.parent.mkdir(parents=True, exist_ok=True)
                to.write_bytes(compiled(Path(str(file.locate())), str(file), MpyFormat(6, "")))
    return folder


def command(version: str, program: Path, *arguments: object, heap: str = "8M") -> list[str]:
    """What to run: `program` with `arguments`, as on CircuitPython `version`; see environment()."""
    start = [str(built()), "-X", f"heapsize={heap}", str(HERE / "as_on_circuitpython.py"), version, str(program)]
    return [*start, *map(str, arguments)]


def environment(*folders: Path) -> dict[str, str]:
    """The environment of command(): imports come from `folders`, that of install() among them."""
    return {**os.environ, "MICROPYPATH": ":".join(map(str, folders))}
