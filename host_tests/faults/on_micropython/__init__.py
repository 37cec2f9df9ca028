"""Runs the programs of host_tests/device on MicroPython's unix port for the parts of `make faults`."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cognito_mp_tools.library import mpy_size
from cognito_mp_tools.packages import unix_port
from cognito_mp_tools.packages.debian import NotDebian
from cognito_mp_tools.project import ROOT

from faults.table import Missing

PROGRAMS = ROOT / "host_tests" / "device"
VERSIONS = unix_port.TESTED  # Debian's release -> MicroPython's version
# For what stands on a port's sockets and its TLS, also the newest; where from -> MicroPython's version.
NETWORKED = {**VERSIONS, **unix_port.PYPI}
OLDEST = next(iter(VERSIONS))


class Died(Exception):
    """The program did not end as it should; the text has the last that it said."""


def environment(*folders: Path) -> dict[str, str]:
    """The environment variables that put the library, compiled, and `folders` on a program's path."""
    path = ":".join(map(str, (mpy_size.compile_library(), *folders)))
    return {**os.environ, "MICROPYPATH": f"{path}:.frozen"}  # asyncio is frozen in


def command(source: str, program: str, *words: object, heap: str = "16M") -> list[str]:
    """What to start to run `program` of host_tests/device on the MicroPython of `source`. Raises Missing."""
    try:
        interpreter = unix_port.from_pypi() if source in unix_port.PYPI else unix_port.from_debian(source)
    except (NotDebian, unix_port.NotInstalled) as reason:
        raise Missing(f"MicroPython {NETWORKED[source]}: {reason}") from reason
    return [interpreter, "-X", f"heapsize={heap}", str(PROGRAMS / program), *map(str, words)]


def told(
    source: str, program: str, *words: object, heap: str = "16M", timeout: float = 400, folders: Iterable[Path] = ()
) -> list[Any]:
    """The lines of JSON that `program` prints. Raises Died when it does not end with 0, and Missing."""
    try:
        done = subprocess.run(
            command(source, program, *words, heap=heap),
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment(*folders),
        )
    except subprocess.TimeoutExpired as late:
        raise Died(f"{program} {words} hangs on MicroPython {NETWORKED[source]}: {late}") from late
    if done.returncode:
        said = (done.stdout + done.stderr)[-1500:]
        raise Died(f"{program} {words} on MicroPython {NETWORKED[source]} ended with {done.returncode}:\n{said}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def side_by_side(processes: int, work: Iterable[Any]) -> list[Any]:
    """What each function in `work` returns, in its order; as many run at the same time as there are `processes`."""
    with ThreadPoolExecutor(processes) as pool:
        return [future.result() for future in [pool.submit(one) for one in work]]
