"""The true time of a world, and a device's clock, which can be wrong in the ways that devices' clocks are."""

from __future__ import annotations

import random

YEAR_2000 = 946684800
_YEAR_2025 = 1735689600
_WRAP = 1 << 30


class Time:
    """The true time: milliseconds since the world began. Only the world moves it."""

    def __init__(self, start: int) -> None:
        """`start`: seconds since 1970 when the world begins."""
        self.start = start
        self.ms = 0

    @property
    def seconds(self) -> float:
        """Seconds since 1970."""
        return self.start + self.ms / 1000


class DeviceClock:
    """The functions of cognito_mp.clock. `step` is by how many seconds the wall clock is ahead of the true time."""

    def __init__(self, time: Time, randomness: random.Random, wait, ticks_start: int) -> None:
        """
        wait         (milliseconds) lets that much time pass, for sleep_ms
        ticks_start  what the tick counter reads at power-up
        """
        self._time = time
        self._randomness = randomness
        self._wait = wait
        self._ticks_start = ticks_start
        self.step = 0
        self.power_up()

    def power_up(self) -> None:
        """The tick counter begins anew."""
        self._ticks_zero = self._time.ms - self._ticks_start

    def unset(self) -> None:
        """Power was cut and nothing kept the wall clock: it begins in 2000."""
        self.set(YEAR_2000)

    def set(self, seconds: int) -> None:
        """Set the wall clock to `seconds` since 1970."""
        self.step = int(seconds) - int(self._time.seconds)

    def stop_ticks(self, ms: int) -> None:
        """`ms` have passed of which the tick counter has not taken notice."""
        self._ticks_zero += ms

    @property
    def is_right(self) -> bool:
        """True while a certificate of these months passes."""
        return abs(self.step) < 30 * 86400

    # The functions of cognito_mp.clock

    def now(self) -> int:
        return int(self._time.seconds) + self.step

    def is_set(self) -> bool:
        return self.now() >= _YEAR_2025

    def ticks_ms(self) -> int:
        return (self._time.ms - self._ticks_zero) % _WRAP

    def ticks_diff(self, end: int, start: int) -> int:
        return (end - start + _WRAP // 2) % _WRAP - _WRAP // 2

    def jitter(self) -> int:
        return self._randomness.randrange(256)

    def sleep_ms(self, ms: int) -> None:
        self._wait(ms)
