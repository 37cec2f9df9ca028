"""Connections that break: at each byte of the TLS records in both directions, refreshes of a real client over real TLS.

A proxy between client and server closes, resets, stalls, splits or spoils the stream there. The client may get its
tokens or an OSError, in its time, with nothing left open; and it must get tokens once the line is good again.
"""

from __future__ import annotations

import json
import random
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import TlsFront
from cognito_mp_tools.project import LIBRARY

from faults.on_micropython import NETWORKED, OLDEST, PROGRAMS, Died, command, environment, side_by_side
from faults.table import Plan, Row
from faults.wire.breaking_proxy import (
    CLOSE,
    DRIBBLE,
    FLIP,
    RESET,
    SPLIT,
    STALL,
    TO_CLIENT,
    TO_SERVER,
    BreakingProxy,
    Fault,
    Loop,
)
from faults.wire.small_pool import CLIENT_ID, SmallPool

_PROGRAM = "refresh_on_demand.py"
_TIMEOUT = 0.25  # seconds of the hasty client: what a stall costs
_LATE = 20  # seconds after which a program is said to hang
_AT_ONCE = 4  # clients side by side: they wait more than they work
_STALLED_AT_ONCE = 24  # that wait out a stall
_CHECK_EVERY = 8  # faults
_QUICK_CASES = 25
CPYTHON = "CPython"
_STEP = {"forky": 3, "pypi": 5}  # bytes from one offset to the next, where it is not one


class Server:
    """A pool over TLS, and the root certificate to trust."""

    def __init__(self, folder: Path, token_bytes: int = 60) -> None:
        self.pool = SmallPool(token_bytes)
        ca = ThrowawayCa()
        self.ca = folder / "ca.der"
        self.ca.write_bytes(ca.der)
        self.front = TlsFront(self.pool.handle, ca.server_context("127.0.0.1"))


class Device:
    """A program that refreshes when it is told to, behind a proxy of its own."""

    def __init__(self, python: str, server: Server, proxy: BreakingProxy) -> None:
        self.proxy = proxy
        words = (f"https://127.0.0.1:{proxy.port}", server.ca, CLIENT_ID, _TIMEOUT)
        start = command(python, _PROGRAM, *words) if python != CPYTHON else _on_cpython(words)
        path = environment() if python != CPYTHON else {"PYTHONPATH": str(LIBRARY)}
        self._program = subprocess.Popen(
            start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=path
        )
        self._open = self.refresh("patient", None)[2]  # how many files are open when all is well

    def refresh(self, how: str, fault: Fault | None) -> tuple[str, str, int, int]:
        """(outcome, text, open files, milliseconds) of one refresh. Raises Died."""
        self.proxy.fault = fault
        assert self._program.stdin and self._program.stdout
        try:
            self._program.stdin.write(f"{how}\n".encode())
            self._program.stdin.flush()
        except OSError as gone:
            raise Died("the program is dead") from gone
        if not select.select([self._program.stdout], [], [], _LATE)[0]:
            raise Died("the program hangs")
        said = self._program.stdout.readline()
        try:
            outcome, text, files, ms = json.loads(said)
        except ValueError:
            rest = self._program.stdout.read() if self._program.poll() is not None else b""
            raise Died(f"the program said {(said + rest)[-600:].decode(errors='replace')}") from None
        return outcome, text, files, ms

    def suffer(self, fault: Fault) -> str | None:
        """What went wrong in a refresh with `fault`; None when nothing did."""
        outcome, text, files, ms = self.refresh("hasty", fault)
        documented = ["tokens", "OSError"] + ["CertificateError"] * (fault.kind == FLIP)
        if outcome not in documented:
            return f"{outcome}: {text}"
        if files != self._open:
            return f"{files} files are open in place of {self._open}"
        if ms > 1000 * (_LATE / 2):
            return f"it took {ms} ms"
        return None

    def recovers(self) -> str | None:
        """What went wrong in a refresh over a good line; None when nothing did."""
        outcome, text, _, _ = self.refresh("patient", None)
        return None if outcome == "tokens" else f"afterwards: {outcome}: {text}"

    def close(self) -> None:
        """End the program."""
        self._program.kill()
        self._program.communicate()


def _on_cpython(words: tuple[object, ...]) -> list[str]:
    return [sys.executable, str(PROGRAMS / _PROGRAM), *map(str, words)]


def _suffered(python: str, server: Server, loop: object, faults: list[Fault]) -> list[str]:
    """The failures of a device that meets `faults`, one after the other."""
    proxy = BreakingProxy(loop, server.front.port)  # type: ignore[arg-type]
    failures = []
    device: Device | None = None
    try:
        for number, fault in enumerate(faults):
            device = device or Device(python, server, proxy)
            try:
                found = device.suffer(fault)
                if number % _CHECK_EVERY == 0 or number == len(faults) - 1:
                    found = found or device.recovers()
            except Died as end:
                found = str(end)
                device.close()
                device = None
            if found:
                failures.append(f"{fault.kind} after {fault.offset} bytes {fault.direction}: {found}")
    finally:
        if device:
            device.close()
    return failures


def _lengths(python: str, server: Server, loop: object) -> dict[str, int]:
    """How many bytes a refresh takes in each direction."""
    proxy = BreakingProxy(loop, server.front.port)  # type: ignore[arg-type]
    device = Device(python, server, proxy)
    try:
        device.refresh("patient", None)
        time.sleep(0.1)
        return dict(proxy.passed)
    finally:
        device.close()


def _shares(faults: list[Fault], count: int) -> Iterator[list[Fault]]:
    for start in range(min(count, len(faults))):
        yield faults[start::count]


def _python(python: str, server: Server, loop: object, plan: Plan) -> list[Row]:
    lengths = _lengths(python, server, loop)
    name = CPYTHON if python == CPYTHON else f"MicroPython {NETWORKED[python]}"
    rows = []
    for kind in (CLOSE, RESET, SPLIT, FLIP, STALL, DRIBBLE):
        faults = [
            Fault(kind, direction, offset)
            for direction in (TO_SERVER, TO_CLIENT)
            for offset in range(0, lengths[direction], _STEP.get(python, 1))
        ]
        if kind == DRIBBLE:  # it is the whole stream that comes byte by byte
            faults = [Fault(kind, direction, 0) for direction in (TO_SERVER, TO_CLIENT)] * (10 if plan.full else 1)
        elif not plan.full:
            faults = random.Random(10).sample(faults, _QUICK_CASES if kind != STALL else 8)
        side = (_STALLED_AT_ONCE if kind == STALL else _AT_ONCE) if plan.full else 4
        work = [partial(_suffered, python, server, loop, share) for share in _shares(faults, side)]
        row = Row(f"{kind}, {name}", len(faults))
        row.failures = sum(side_by_side(side, work), [])
        missed = sum(not fault.reached for fault in faults)
        row.apart = f"not reached: {missed}" if missed else ""
        rows.append(row)
    return rows


def run(plan: Plan) -> list[Row]:
    """See the module."""
    pythons = [CPYTHON, *NETWORKED] if plan.full else [CPYTHON, OLDEST]
    with tempfile.TemporaryDirectory() as folder, Loop() as loop:
        server = Server(Path(folder))
        with server.front:
            rows = [row for python in pythons for row in _python(python, server, loop, plan)]
    rows[0].failures += server.pool.violations
    return rows
