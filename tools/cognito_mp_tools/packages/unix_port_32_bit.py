"""MicroPython's unix port with 32-bit words, as microcontrollers have: built from Debian's sources, by `gcc -m32`.

    python -m cognito_mp_tools.packages.unix_port_32_bit     prints the path of a `micropython` to run

Without FFI and Berkeley DB, of which no 32-bit libraries are here, and with nothing frozen in. It takes a minute, once.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from cognito_mp_tools.emulator.programs import MissingPrograms
from cognito_mp_tools.packages import micropython_source
from cognito_mp_tools.packages.build_step import BuildFailed, run
from cognito_mp_tools.packages.debian import NotDebian
from cognito_mp_tools.packages.unix_port import version
from cognito_mp_tools.project import BUILD, build_lock

_FOLDER = BUILD / "micropython" / f"{micropython_source.SUITE}-32-bit"
_SETTINGS = ("MICROPY_FORCE_32BIT=1", "MICROPY_PY_FFI=0", "MICROPY_PY_BTREE=0", "FROZEN_MANIFEST=")


def require_to_build() -> None:
    """Raise MissingPrograms unless this computer compiles programs with 32-bit words."""
    try:
        done = subprocess.run(
            ["gcc", "-m32", "-x", "c", "-o", "/dev/null", "-"],
            input="#include <stdlib.h>\nint main(void) { return 0; }\n",
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        done = None
    if done is None or done.returncode:
        raise MissingPrograms(
            "to build MicroPython with 32-bit words, which takes a gcc that knows -m32: "
            "on Debian for x86-64, apt install gcc-multilib make"
        )


def build() -> str:
    """The path of the `micropython`, built the first time.

    Raises MissingPrograms, BuildFailed, NotDebian (no apt here) or RuntimeError (apt failed, or it doesn't start).
    """
    program = _FOLDER / "build" / "micropython"
    stamp = _FOLDER / "inputs"
    with build_lock():
        micropython_source.fetch()
        digest = hashlib.sha256(f"{micropython_source.versions()} {_SETTINGS}".encode()).hexdigest()
        if not (program.exists() and stamp.exists() and stamp.read_text() == digest):
            require_to_build()
            _compile(program.parent)
            stamp.write_text(digest)
    if not version(str(program)):
        raise RuntimeError(f"{program} does not start: this computer runs no programs with 32-bit words")
    return str(program)


def _compile(folder: Path) -> None:
    print("building MicroPython with 32-bit words (a minute or so) ...", file=sys.stderr, flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    log = _FOLDER / "build.log"
    log.write_text("")
    port = micropython_source.TREE / "ports" / "unix"
    command = ["make", "-j2", "-C", str(port), f"BUILD={folder}", *_SETTINGS]
    run(command, log, micropython_source.build_environment())


if __name__ == "__main__":
    try:
        print(build())
    except (BuildFailed, MissingPrograms, NotDebian, RuntimeError) as problem:
        sys.exit(f"unix_port_32_bit: {problem}")
