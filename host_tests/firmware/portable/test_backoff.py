"""Waits grow, differ, and end."""

from checks import raises
from cognito_app.backoff import Backoff, NotYet, describe
from cognito_mp import CognitoError
from fake_device import run
from fakes import FakeClock


async def fail():
    raise OSError(5, "no")


async def succeed():
    return "yes"


def failed(backoff, times: int, clock) -> list:
    waits = []
    for _ in range(times):
        raises(OSError, run, backoff.attempt(fail))
        waits.append(backoff.wait())
        clock.pass_time(backoff.wait())
    return waits


def test_waits_grow_to_a_limit():
    clock = FakeClock(1)
    waits = failed(Backoff(clock, 4, 100), 30, clock)
    assert waits[0] <= 5 and min(waits[8:]) >= 50 and max(waits) <= 101
    assert len(set(waits[8:])) > 5, "they differ"


def test_what_failed_a_moment_ago_is_not_tried():
    clock = FakeClock(1)
    backoff = Backoff(clock, 4, 100)
    raises(OSError, run, backoff.attempt(fail))
    error = raises(NotYet, run, backoff.attempt(succeed))
    assert "no" in str(error)
    clock.pass_time(backoff.wait())
    assert run(backoff.attempt(succeed)) == "yes" and backoff.wait() == 0 and backoff.failures == 0


def test_soon_is_no_longer_than_a_first_failure():
    clock = FakeClock(1)
    backoff = Backoff(clock, 4, 600)
    failed(backoff, 12, clock)
    raises(OSError, run, backoff.attempt(fail))
    assert backoff.wait() > 100
    backoff.soon()
    assert 0 < backoff.wait() <= 5
    backoff.clear()
    assert backoff.wait() == 0


def test_a_clock_that_is_set_meanwhile_does_not_prolong_a_wait():
    clock = FakeClock(1)
    backoff = Backoff(clock, 4, 100)
    raises(OSError, run, backoff.attempt(fail))
    clock.error -= 86400
    clock.pass_time(6)
    assert backoff.wait() == 0


def test_a_throttle_has_waits_of_its_own():
    clock = FakeClock(1)
    for throttled, longest in (((60, 1200), 61), (None, 5)):
        backoff = Backoff(clock, 4, 100, throttled)
        backoff.failed(CognitoError("TooManyRequestsException", "slow down", 400))
        assert longest // 2 <= backoff.wait() <= longest
    backoff.failed(CognitoError("InternalErrorException", "down", 500))
    assert backoff.wait() <= 9


def test_what_an_error_says_steers_no_terminal():
    for error in (OSError(5, "Wi-Fi '\x1b[2J\u202ecaf\u00e9'"), ValueError("Wi-Fi '\x1b[2J\u202ecaf\u00e9'")):
        assert describe(error) == "Wi-Fi '?[2J?caf\u00e9'"
