"""The simulator itself: a seed is one world, the same each time; a world that fails is made shorter."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from faults.simulated_world.events import Event, Scenario
from faults.simulated_world.service import Setting
from faults.simulated_world.world import Outcome, World
from faults.simulator import drawn, outcome, shortened

HERE = Path(__file__).parent
# Worlds of a run of ten million steps in which a session was lost, or a dead token given out, before that was mended.
ONCE_LOST = (2550, 4283, 4837, 6074, 8165, 9733, 10631, 11985, 13449)


def test_a_seed_is_the_same_world_in_each_process() -> None:
    program = "from faults.simulator import replayed; print(replayed(5))"
    histories = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-W", "ignore", "-c", program]
        done = subprocess.run(command, cwd=HERE.parent, env=environment, capture_output=True, text=True, timeout=150)
        assert done.stdout.count("\n") > 100, done.stderr
        histories.add(done.stdout)
    assert len(histories) == 1


@pytest.mark.parametrize("seed", ONCE_LOST)
def test_what_was_lost_once_is_lost_no_more(seed: int) -> None:
    assert outcome(drawn(seed)).violations == []


def test_a_world_that_fails_is_made_shorter() -> None:
    scenario = dataclasses.replace(drawn(1), events=[Event(at, "latency", (at,)) for at in range(1, 60)])

    def fails(tried: object) -> Outcome:
        found = outcome(scenario)
        has_both = {7, 40} <= {event.at_ms for event in tried.events}  # type: ignore[attr-defined]
        return dataclasses.replace(found, violations=[("a", "")] if has_both else [])

    short = shortened(scenario, "a", outcome_of=fails)
    assert [event.at_ms for event in short.events] == [7, 40]


@pytest.mark.parametrize("seed", [2, 3])  # a Pico W and an ESP32, where it is the firmware's
@pytest.mark.parametrize("program", ["blocking", "asyncio", "firmware"])
def test_in_a_world_without_trouble_whoever_signs_in_is_signed_in(program: str, seed: int) -> None:
    """Else nothing could be lost in any world, and all of them would be well."""
    events = [Event(10_000, "person signs in", (0, "alice", "right"))]
    scenario = Scenario(seed, program, Setting(), events, is_rp2=seed == 2, job_s=5)
    world = World(scenario)
    assert world.run().violations == []
    assert world.truth.held and world.truth.is_saved and not world.service.is_over(world.truth.held)
