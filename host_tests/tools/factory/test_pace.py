"""Cognito's quotas, kept by all boards together. The clock is the test's own."""

from __future__ import annotations

import pytest
from cognito_mp_tools.factory.pace import Pace, Throttled
from cognito_mp_tools.failures import ToolFailed


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_calls_are_spread_out() -> None:
    time = Time()
    pace = Pace(10, time.clock, time.sleep)
    moments = [pace.call(time.clock) for _ in range(5)]
    assert moments == pytest.approx([100.0, 100.1, 100.2, 100.3, 100.4])


def test_a_throttle_holds_everybody_for_longer_each_time() -> None:
    time = Time()
    pace = Pace(10, time.clock, time.sleep, chance=lambda: 1.0)
    moments: list[float] = []

    def busy() -> str:
        moments.append(time.now)
        if len(moments) < 4:
            raise Throttled("Rate exceeded")
        return "done"

    assert pace.call(busy) == "done"
    waits = [later - earlier for earlier, later in zip(moments, moments[1:], strict=False)]
    assert waits == pytest.approx([1, 2, 4])


def test_a_service_that_stays_busy_is_given_up() -> None:
    time = Time()
    pace = Pace(10, time.clock, time.sleep, chance=lambda: 1.0)

    def busy() -> None:
        raise Throttled("Rate exceeded")

    with pytest.raises(ToolFailed, match="still busy after 8 tries .Rate exceeded.*--rate"):
        pace.call(busy)
    assert time.now - 100 < 180
