"""Replies that break off at each byte, over the real adafruit_requests: closed, reset, stalled, spoilt.

On CPython, and as on CircuitPython 10.2 (circuitpython_stand_in/); on CPython Ctrl-C and MemoryError too, before each
line of adafruit_requests, of its connection manager and of ours. After each the same session has to get tokens: at
4.1.17 adafruit_requests by itself would say "An existing socket is already connected" for ever.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from circuitpython_stand_in import interpreter
from cognito_mp_tools.project import LIBRARY, ROOT

from faults.table import Missing, Plan, Row
from faults.wire.breaking_server import ENDS, FORMS, REPLIES, STALL, BreakingServer

_PROGRAM = ROOT / "host_tests" / "device" / "refreshes_that_break_off.py"
_INTERRUPTED = _PROGRAM.with_name("interrupted_at_each_line.py")
CPYTHON = "CPython"
CIRCUITPYTHON = f"as on CircuitPython {interpreter.VERSIONS[-1]}"
_STALL = 0.1  # seconds that the client waits
_PATIENCE = 10
_AT_ONCE = 150  # cases of one program
_QUICK = 6
_STALLED_STEP = 3  # bytes from one stall to the next: each costs its time


def _cases(end: str, plan: Plan) -> list[str]:
    step = _STALLED_STEP if end == STALL else 1
    cases = [f"{form} {end} {at}" for form in FORMS for at in range(0, len(REPLIES[form]), step)]
    # What is sent whole but for the last lines of chunks does not count as a failure: see _not_whole.
    cases = [case for case in cases if _not_whole(case)]
    return cases if plan.full else random.Random(24).sample(cases, _QUICK)


def _not_whole(case: str) -> bool:
    """False when all that breaks off is the line behind the last chunk, "0": the body was whole."""
    form, end, at = case.split()
    return "spoil" in end or form == "sized" or int(at) < len(REPLIES[form]) - 4


def _run(python: str, port: int, packages: Path, cases: list[str]) -> list[str]:
    patience = _STALL if STALL in cases[0] else _PATIENCE
    words = (f"http://127.0.0.1:{port}", patience, *cases)
    if python == CPYTHON:
        command, path = [sys.executable, str(_PROGRAM), *map(str, words)], {"PYTHONPATH": str(LIBRARY)}
    else:
        command, path = (
            interpreter.command(interpreter.VERSIONS[-1], _PROGRAM, *words),
            interpreter.environment(packages),
        )
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=path)
    except subprocess.TimeoutExpired:
        return [f"the program hangs at one of {cases[0]} to {cases[-1]}"]
    *failures, last = done.stdout.splitlines() or [""]
    if last != str(len(cases)):
        failures += [last, done.stderr[-600:]]
    return failures


def _interrupted(port: int, plan: Plan) -> Row:
    words = [sys.executable, str(_INTERRUPTED), f"http://127.0.0.1:{port}", "1", "1" if plan.full else "40"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600, env={"PYTHONPATH": str(LIBRARY)})
    *failures, count = done.stdout.splitlines() or [""]
    if not count.isdigit():
        failures, count = [*failures, count, done.stderr[-600:]], "0"
    return Row(f"Ctrl-C and MemoryError, adafruit_requests {CPYTHON}", int(count), failures=failures)


def run(plan: Plan) -> list[Row]:
    """See the module."""
    rows = []
    with (
        tempfile.TemporaryDirectory() as folder,
        BreakingServer() as server,
        ThreadPoolExecutor(plan.processes) as pool,
    ):
        try:
            interpreter.built()
            packages = interpreter.install(Path(folder))
        except interpreter.Missing as reason:
            raise Missing(str(reason)) from reason
        for python in (CPYTHON, CIRCUITPYTHON):
            for end in ENDS:
                cases = _cases(end, plan)
                row = Row(f"{end}, adafruit_requests {python}", len(cases))
                shares = [cases[at : at + _AT_ONCE] for at in range(0, len(cases), _AT_ONCE)]
                for failures in pool.map(lambda share, on=python: _run(on, server.port, packages, share), shares):
                    row.failures += failures
                rows.append(row)
        rows.append(_interrupted(server.port, plan))
    return rows
