"""Power cuts while a session is stored, rotated and erased: FileStore on littlefs and FAT, NvsStore, NvmStore.

The filesystems are MicroPython's own, over a block device that notes each operation; NVS and NVM are the fakes of the
portable tests. A session must be there after each cut, the old one or the new, and none once it was erased.
"""

from __future__ import annotations

import importlib
import random
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from cognito_mp import NvmStore, NvsStore
from cognito_mp_tools.project import ROOT

from faults.on_micropython import OLDEST, VERSIONS, side_by_side, told
from faults.table import Plan, Row

sys.path.append(str(ROOT / "host_tests" / "portable"))
fake_nvm: Any = importlib.import_module("fake_nvm")
fake_nvs: Any = importlib.import_module("fake_nvs")

_SEED = 10
_ANY_CUT, _INSIDE = False, True  # ... of an operation
# What no store can prevent, by what the row is called: docs/power_cuts.md says why.
_KNOWN = {
    "FAT": {("space", _ANY_CUT), ("space", _INSIDE)},
    "FAT, sectors of 4 kB on bare flash": {("the filesystem", _INSIDE), ("the means to store another", _INSIDE)},
    "FAT, sectors of 512 bytes, 4 kB of bare flash": {
        ("the filesystem", _INSIDE),
        ("the session", _INSIDE),
        ("the means to store another", _INSIDE),
        ("an end: an older session is back", _INSIDE),
    },
}


def _filesystems(suite: str, seed: int, rotations: int) -> list[Row]:
    rows = []
    for line in told(suite, "cut_filesystems.py", rotations, seed):
        row = Row(f"{line['tried']}, MicroPython {VERSIONS[suite]}", line["cases"], str(seed))
        known = set().union(*(losses for words, losses in _KNOWN.items() if line["tried"].startswith(words)))
        lost: Counter[str] = Counter()
        for what, inside, count, places in line["lost"]:
            if (what, inside) in known:
                lost[what] += count
            else:
                row.failures += [f"lost: {what}; {place}" for place in places]
        row.apart = ", ".join(f"lost {what}: {count}" for what, count in sorted(lost.items()))
        rows.append(row)
    return rows


class _Keys:
    """An ESP32's NVS with a NvsStore over it."""

    name = "NVS of an ESP32, fake"
    may_lose = False

    def __init__(self, chance: random.Random) -> None:
        self._nvs = fake_nvs.FakeNVS(chance.random() < 0.5)

    def power_on(self, steps: int | None) -> NvsStore:
        self._nvs = fake_nvs.FakeNVS(self._nvs.at_once, self._nvs.flash)
        self._nvs.steps = steps
        return NvsStore(nvs=self._nvs)

    def damaged(self) -> set[bytes | None]:
        """What is loaded where one record is lost."""
        flash = self._nvs.flash
        left = [{name: flash[name] for name in flash if name != lost} for lost in flash]
        return {NvsStore(nvs=fake_nvs.FakeNVS(True, one)).load() for one in left}


class _Bytes:
    """CircuitPython's NVM with a NvmStore over it, which loses sessions where it has to erase: it says so itself."""

    name = "NVM of CircuitPython, fake"
    may_lose = True

    def __init__(self, chance: random.Random) -> None:
        self._nvm = fake_nvm.FakeNvm(chance.choice(["rp2040", "esp32"]), chance.choice([300, 600, 4096]))

    def power_on(self, steps: int | None) -> NvmStore:
        self._nvm.steps = steps
        return NvmStore(self._nvm)

    def damaged(self) -> set[bytes | None]:
        """What is loaded where one record is damaged."""
        found = set()
        at = self._nvm.content.find(b"CMP\x01")
        while at >= 0:
            left = bytearray(self._nvm.content)
            left[at + 5] ^= 1  # in its digest
            found.add(NvmStore(left).load())
            at = self._nvm.content.find(b"CMP\x01", at + 1)
        return found


def _life(make: Callable[[random.Random], Any], seed: int) -> tuple[str | None, int]:
    """(what went wrong, sessions lost) in twelve power-ons, each with saves, erasures and a cut somewhere."""
    chance = random.Random(seed)
    device = make(chance)
    stored: bytes | None = None
    lost = 0
    for boot in range(12):
        store = device.power_on(chance.randrange(1, 400) if chance.random() < 0.5 else chance.randrange(6))
        allowed, is_over, new = {stored}, False, None
        try:
            for number in range(4):
                new = None if chance.random() < 0.2 else b"%d.%d.%d " % (seed, boot, number) * chance.randrange(1, 12)
                allowed = {stored, new}
                is_over = new is not None and chance.random() < 0.3
                if new is None:
                    store.erase()
                elif is_over:
                    store.save_over(new)
                else:
                    store.save(new)
                stored = new
                allowed = {stored}
        except (fake_nvs.PowerCut, fake_nvm.PowerCut):
            pass
        found = device.power_on(None).load()
        if found not in allowed:
            if found is not None or not device.may_lose:
                return f"seed {seed}, power-on {boot}: {found!r} where {allowed!r} may be", lost
            lost += 1
        if is_over and found == new and device.damaged() - {new, None}:
            return f"seed {seed}, power-on {boot}: what was saved over comes back: {device.damaged()!r}", lost
        stored = found
    return None, lost


def _lives(make: Any, seeds: range) -> Row:
    row = Row(f"{make.name}, 12 power-ons a seed", 12 * len(seeds), f"{seeds[0]} to {seeds[-1]}")
    lost = 0
    for seed in seeds:
        failure, gone = _life(make, seed)
        lost += gone
        row.failures += [failure] if failure else []
    row.apart = f"lost the session: {lost}" if lost else ""
    return row


def run(plan: Plan) -> list[Row]:
    """See the module."""
    seed = _SEED if plan.seed is None else plan.seed
    suites = list(VERSIONS) if plan.full else [OLDEST]
    work = [partial(_filesystems, suite, seed, 40 if plan.full else 1) for suite in suites]
    rows: list[Row] = sum(side_by_side(plan.processes, work), [])
    seeds = range(3000 if plan.full else 100) if plan.seed is None else range(plan.seed, plan.seed + 1)
    return [*rows, _lives(_Keys, seeds), _lives(_Bytes, seeds)]
