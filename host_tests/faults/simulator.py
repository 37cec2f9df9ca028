"""Simulated worlds that try to lose a session: the real library and firmware, one seed for each world.

simulated_world/world.py says what is in a world, events.py what can happen there, truth.py what must hold.
"""

from __future__ import annotations

import gc
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from faults.simulated_world.events import drawn
from faults.simulated_world.shortening import outcome, shortened
from faults.table import Plan, Row

QUICK = range(1, 9)
FULL = range(1, 2001)
_AT_ONCE = 25  # worlds that a process is given at a time


@dataclass
class Tally:
    """What some worlds came to."""

    worlds: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    apart: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, str, str]] = field(default_factory=list)  # seed, letter, words

    def add(self, other: Tally) -> None:
        self.worlds += other.worlds
        self.steps += other.steps
        self.apart += other.apart
        self.failures += other.failures


def lived_through(seeds: Iterable[int]) -> Tally:
    """What the worlds of `seeds` came to."""
    # A device that loses power never awaits what it had begun.
    warnings.filterwarnings("ignore", category=RuntimeWarning, message="coroutine .* was never awaited")
    tally = Tally()
    for seed in seeds:
        found = outcome(drawn(seed))
        tally.worlds += 1
        tally.steps += found.steps
        tally.apart += found.apart
        tally.failures += [(seed, *violation) for violation in found.violations[:1]]
    return tally


def settle_in() -> None:
    """Load all that worlds need, and keep it out of the collector's way: the clients collect after each reply."""
    for seed in range(1_000_000, 1_000_004):
        gc.freeze()
        lived_through([seed])
    gc.collect()
    gc.freeze()


def _in_processes(seeds: range, processes: int) -> Iterator[Tally]:
    shares = [seeds[at : at + _AT_ONCE] for at in range(0, len(seeds), _AT_ONCE)]
    with ProcessPoolExecutor(processes, initializer=settle_in) as pool:
        yield from pool.map(lived_through, shares)


def replayed(seed: int) -> str:
    """The history of the world of `seed`; when something is violated there, that of a shorter one."""
    scenario = drawn(seed)
    found = outcome(scenario, keeps_history=True)
    if not found.violations:
        return "\n".join([f"seed {seed}: {scenario}", *found.history])
    short = shortened(scenario, found.violations[0][0])
    again = outcome(short, keeps_history=True)
    events = f"{len(short.events)} of its {len(scenario.events)} events are left"
    return "\n".join([f"seed {seed}, shortened: {events}", str(short), *again.history])


def run(plan: Plan) -> list[Row]:
    """One row: all worlds."""
    if plan.seed is not None:
        print(replayed(plan.seed))
        return [_row(lived_through([plan.seed]), str(plan.seed))]
    seeds = plan.seeds or (FULL if plan.full else QUICK)
    tally = Tally()
    if plan.full:
        for one in _in_processes(seeds, plan.processes):
            tally.add(one)
    else:
        tally.add(lived_through(seeds))
    return [_row(tally, f"{seeds[0]} to {seeds[-1]}")]


def _row(tally: Tally, seeds: str) -> Row:
    steps = ", ".join(f"{count:,} {kind}" for kind, count in tally.steps.most_common())
    failures = [f"({letter}) {words}: make faults SEED={seed}" for seed, letter, words in tally.failures]
    apart = "; ".join(f"{count} x {what}" for what, count in tally.apart.most_common())
    tried = f"{tally.worlds:,} worlds; steps: {steps}"
    return Row(tried, sum(tally.steps.values()), seeds, failures, apart)
