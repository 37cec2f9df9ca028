"""Waits grow, differ, and end."""

from backoff import Backoff, NotYet
from checks import raises
from fake_device import FakeWorld, run


async def fail():
    raise OSError(5, "no")


async def succeed():
    return "yes"


def failed(backoff, times: int, world) -> list:
    waits = []
    for _ in range(times):
        raises(OSError, run, backoff.attempt(fail))
        waits.append(backoff.wait())
        world.pass_time(backoff.wait())
    return waits


def test_waits_grow_to_a_limit():
    world = FakeWorld()
    waits = failed(Backoff(world, 4, 100), 30, world)
    assert waits[0] <= 5 and min(waits[8:]) >= 50 and max(waits) <= 101
    assert len(set(waits[8:])) > 5, "they differ"


def test_what_failed_a_moment_ago_is_not_tried():
    world = FakeWorld()
    backoff = Backoff(world, 4, 100)
    raises(OSError, run, backoff.attempt(fail))
    error = raises(NotYet, run, backoff.attempt(succeed))
    assert "no" in str(error)
    world.pass_time(backoff.wait())
    assert run(backoff.attempt(succeed)) == "yes" and backoff.wait() == 0 and backoff.failures == 0


def test_soon_is_no_longer_than_a_first_failure():
    world = FakeWorld()
    backoff = Backoff(world, 4, 600)
    failed(backoff, 12, world)
    raises(OSError, run, backoff.attempt(fail))
    assert backoff.wait() > 100
    backoff.soon()
    assert 0 < backoff.wait() <= 5
    backoff.clear()
    assert backoff.wait() == 0


def test_a_clock_that_is_set_meanwhile_does_not_prolong_a_wait():
    world = FakeWorld()
    backoff = Backoff(world, 4, 100)
    raises(OSError, run, backoff.attempt(fail))
    world.error -= 86400
    world.pass_time(6)
    assert backoff.wait() == 0
