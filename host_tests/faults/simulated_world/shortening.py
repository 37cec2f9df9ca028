"""A scenario that fails, made shorter: events are left out for as long as it still fails in the same way."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from faults.simulated_world.events import Event, Scenario
from faults.simulated_world.world import Outcome, World


def outcome(scenario: Scenario, keeps_history: bool = False) -> Outcome:
    """What comes of a scenario."""
    return World(scenario, keeps_history).run()


def shortened(
    scenario: Scenario, letter: str, seconds: float = 60, outcome_of: Callable[[Scenario], Outcome] = outcome
) -> Scenario:
    """A scenario with fewer events in which `letter` is still violated; tries for so long at the most."""
    deadline = time.monotonic() + seconds

    def fails(events: list[Event]) -> bool:
        found = outcome_of(dataclasses.replace(scenario, events=events)).violations
        return bool(found) and found[0][0] == letter

    events = scenario.events
    size = len(events) // 2
    while size and time.monotonic() < deadline:
        at, before = 0, len(events)
        while at < len(events) and time.monotonic() < deadline:
            fewer = events[:at] + events[at + size :]
            if fails(fewer):
                events = fewer
            else:
                at += size
        if size > 1 or len(events) == before:
            size //= 2
    return dataclasses.replace(scenario, events=events)
