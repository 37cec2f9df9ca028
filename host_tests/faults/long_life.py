"""Long life: 20,000 refreshes in one process on MicroPython, over TLS, with rotation and faults; a wearable's year.

At the end the heap must be what it was after the first hundred, and the flash written once for each rotation. The year
is the firmware's session keeper on a simulated device: what it asks of network and flash in a day, and what of the
flash's endurance that is.
"""

from __future__ import annotations

import gc
import importlib
import json
import random
import re
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from cognito_mp_tools.project import ROOT

from faults.on_micropython import OLDEST, VERSIONS, command, environment, side_by_side, told
from faults.table import Plan, Row
from faults.wire.small_pool import CLIENT_ID, SmallPool

_REFRESHES = 20_000
_HEAP = "256K"
_REAL_SIZE = 1100  # bytes of a token
_FAULTY = 0.03  # share of the requests
_STRAY = 512  # bytes by which two counts of the heap may differ: what the last error, or reply, has left
# Of the largest free block: where tokens came to lie moves the best of five looks by 4 %, up or down.
_STAYS = 0.9
_DAY = 86400
# Winbond, W25Q16JV data sheet, revision H, Features: "Min. 100K Program-Erase cycles per sector". It is a Pico's flash.
_ENDURANCE = 100_000
_BLOCKS = 352  # of 4 kB: the file system of a Pico with 2 MB, 1.4 MB
_WEAR_ROTATIONS = 4000


class _FaultyPool:
    """A pool that fails now and then: before it has done anything, or after.

    Right after the sign-in each kind of failure comes three times in a row, which a refresh gives up at: what a device
    loads to deal with them is loaded before anybody looks at its heap.
    """

    def __init__(self, seed: int) -> None:
        self.pool = SmallPool(_REAL_SIZE)
        self._chance = random.Random(seed)
        self._again = [
            Response(429, b'{"__type":"TooManyRequestsException","message":"slow down"}'),
            Response(500, b'{"__type":"InternalErrorException"}'),
            Response(503, b"<html>busy</html>", {"Content-Type": "text/html"}),
            Response(drop=True),
        ]
        self._at_first = [response for response in self._again for _ in range(3)]

    def handle(self, request: Request) -> Response:
        """The answer to `request`."""
        is_sign_in = b"PASSWORD" in request.body
        if self._at_first and not is_sign_in:
            return self._at_first.pop()
        if self._chance.random() >= _FAULTY or is_sign_in:
            return self.pool.handle(request)
        if self._chance.random() < 0.5:
            self.pool.handle(request)  # done, and the reply is lost
            return Response(drop=True)
        return self._chance.choice(self._again)


def _life(suite: str, refreshes: int, seed: int) -> Row:
    row = Row(f"refreshes in one process, MicroPython {VERSIONS[suite]}", refreshes, str(seed))
    service = _FaultyPool(seed)
    ca = ThrowawayCa()
    with (
        tempfile.TemporaryDirectory() as name,
        TlsFront(service.handle, ca.server_context("127.0.0.1")) as front,
    ):
        folder = Path(name)
        (folder / "ca.der").write_bytes(ca.der)
        words = (refreshes, f"https://127.0.0.1:{front.port}", folder / "ca.der", CLIENT_ID, folder / "session")
        start = command(suite, "long_life.py", *words, heap=_HEAP)
        done = subprocess.run(start, capture_output=True, text=True, timeout=1500, env=environment())
    if done.returncode:
        row.failures.append((done.stdout + done.stderr)[-1500:])
        return row
    *looks, end = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    used = [look["used"] for look in looks]
    free = [32 * int(size) for size in re.findall(r"max free sz: (\d+)", done.stdout)]  # told in blocks of 32 bytes
    half = len(looks) // 2
    # The best of several looks: where the last tokens came to lie is chance, and a hole that stays shows in each.
    used_first, used_last = min(used[:half]), min(used[half:])
    free_first, free_last = max(free[:half]), max(free[half:])
    row.apart = (
        f"heap in use {used_first:,} then {used_last:,} bytes; largest free block {free_first:,} then "
        f"{free_last:,}; {end['failed']} refreshes failed; {end['saves']:,} writes"
    )
    if used_last > used_first + _STRAY:
        row.failures.append("the heap in use grew: " + row.apart)
    if free_last < free_first * _STAYS:
        row.failures.append("the largest free block shrank: " + row.apart)
    if end["saves"] != end["refreshes"] + 1:  # and the sign-in
        row.failures.append("writes are not as many as rotations: " + row.apart)
    row.failures += service.pool.violations
    return row


def _year(life: int, days: int, wear: dict[str, int]) -> Row:
    """A wearable whose radio is off but for what it asks, in a pool that rotates."""
    for folder in ("host_tests/portable", "host_tests/firmware/portable", "firmware"):
        if str(ROOT / folder) not in sys.path:
            sys.path.append(str(ROOT / folder))
    fake_device: Any = importlib.import_module("fake_device")
    device = fake_device.FakeDevice(grace=60, radio_idle_s=30)
    gc.freeze()  # the client collects after each reply, and all that other parts have loaded would be looked through
    device.cognito.life = life
    device.live(days * _DAY)
    calls, writes = device.cognito.requests / days, device.store.saves / days
    row = Row(f"a wearable's {days} days, access tokens of {life // 3600} h, rotation", days)
    row.apart = (
        f"a day: {calls:.1f} network calls, {device.link.tries / days:.1f} times on Wi-Fi, {writes:.1f} flash writes"
    )
    if wear:
        most = wear["most"] / _WEAR_ROTATIONS * writes * 365
        row.apart += f"; a year takes {100 * most / _ENDURANCE:.2g} % of the life of the block that is erased most"
    if not device.has_session:
        row.failures.append("the session is gone")
    if device.store.saves > device.cognito.requests:
        row.failures.append("more flash writes than network calls")
    return row


def _wear() -> dict[str, int]:
    """See host_tests/device/flash_wear.py."""
    return dict(told(OLDEST, "flash_wear.py", _WEAR_ROTATIONS, _BLOCKS)[0])


def run(plan: Plan) -> list[Row]:
    """See the module."""
    seed = 10 if plan.seed is None else plan.seed
    suites = list(VERSIONS) if plan.full else [OLDEST]
    lives = [partial(_life, suite, _REFRESHES if plan.full else 200, seed) for suite in suites]
    rows: list[Row] = side_by_side(plan.processes, lives)
    wear = _wear() if plan.full else {}
    days = 365 if plan.full else 2
    return [*rows, *(_year(life, days, wear) for life in (3600, 24 * 3600))]
