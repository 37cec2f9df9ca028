"""Little memory, on MicroPython: heaps that shrink, and MemoryError at one allocation after the other.

A call succeeds, or ends with MemoryError or an OSError that says what is short; then the connection is closed, the
session is there, and the next call with memory works.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from functools import partial
from pathlib import Path

from cognito_mp import FileStore

from faults.broken_connections import Server
from faults.on_micropython import NETWORKED, OLDEST, VERSIONS, Died, command, environment, side_by_side, told
from faults.table import Plan, Row
from faults.wire.small_pool import CLIENT_ID

_REAL_SIZE = 1100  # bytes of a token
_ONE_BLOCK = 32  # bytes: what MicroPython's heap gives at least, where words have 64 bits
# Blocks from case to case. With asyncio a call takes four times as many small allocations, most of them asyncio's own.
_STEPS = {"refresh": 1, "sign in": 1, "sign out": 1, "async refresh": 2}
_LARGEST, _SMALLEST = 104, 24  # kB of heap: where the call succeeds, and where not even the imports do


def _each_allocation(call: str, step: int, server: Server, folder: Path) -> Row:
    row = Row(f"{call}, MemoryError every {step} bytes, MicroPython {VERSIONS[OLDEST]}", 0)
    words = (f"https://127.0.0.1:{server.front.port}", server.ca, CLIENT_ID, folder / call.replace(" ", "-"))
    # The call finds one free piece and nothing else. In the quick slice the largest has 115 kB (20 successes in a row,
    # in steps of 4,096 bytes), and it must be there in one piece beforehand.
    try:
        said = told(OLDEST, "scarce_memory.py", call, step, step, *words, heap="800K")[0]
    except Died as end:
        row.failures.append(str(end))
        return row
    row.cases = said["cases"]
    row.failures += [f"with {free} bytes: {what}" for free, what in said["failures"]]
    row.apart = f"needs {said['needed']:,} bytes; " + ", ".join(
        f"{n} {how}" for how, n in sorted(said["ended"].items())
    )
    return row


def _sessions_token(store: FileStore) -> tuple[int, ...]:
    """(chain, number) of the refresh token that is stored, by SmallPool's count; () when there is none."""
    stored = json.loads(store.load() or b"{}").get("refresh_token", "")
    return tuple(int(number) for number in stored.split(".")[:2])


def _shrinking(source: str, kilobytes: list[float], server: Server, folder: Path) -> Row:
    """A start, a sign-in over the session that is there, and a refresh, in a heap that gets smaller."""
    row = Row(f"heaps of {kilobytes[0]:.0f} kB down to {kilobytes[-1]:.0f} kB, MicroPython {NETWORKED[source]}", 0)
    store = FileStore(str(folder / f"heaps-{source}"))
    words = (f"https://127.0.0.1:{server.front.port}", server.ca, folder / f"heaps-{source}")
    before: tuple[int, ...] = ()
    least = 0.0
    for size in kilobytes:
        row.cases += 1
        start = command(source, "small_heap.py", *words, heap=str(int(size * 1024)))
        done = subprocess.run(start, capture_output=True, text=True, timeout=60, env=environment())
        said = done.stdout + done.stderr  # PyPI's MicroPython prints tracebacks with everything else
        if done.returncode == 0:
            least = size
        elif done.returncode != 1 or not ("MemoryError" in said or "not enough memory" in said):
            row.failures.append(f"{size} kB: it ended with {done.returncode}: {said[-300:]}")
        token = _sessions_token(store)
        if token < before or not token:
            row.failures.append(f"{size} kB: refresh token {token} after {before}")
        before = token
    row.apart = f"the least that is enough: {least} kB of 64-bit words"
    return row


def run(plan: Plan) -> list[Row]:
    """See the module."""
    sources = list(NETWORKED) if plan.full else [OLDEST]
    count = (_LARGEST - _SMALLEST) if plan.full else 4
    sizes = [_LARGEST - (_LARGEST - _SMALLEST) * at / count for at in range(count + 1)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Server(folder, _REAL_SIZE)
        with server.front:
            work = [
                partial(_each_allocation, call, blocks * _ONE_BLOCK if plan.full else 4096, server, folder)
                for call, blocks in _STEPS.items()
            ]
            work += [partial(_shrinking, source, sizes, server, folder) for source in sources]
            rows: list[Row] = side_by_side(plan.processes, work)
    rows[0].failures += server.pool.violations
    return rows
