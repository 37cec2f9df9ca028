"""Seconds since something happened, on a device whose wall clock is stepped and whose tick counter wraps."""

_LONGEST = 86400000  # milliseconds; ticks_diff() is right up to 2**29, some six days


class Stopwatch:
    """Runs from when it is made, or restarted.

    It counts ticks alone: the first answer of a time server moves the wall clock by years, at each boot of an RP2. The
    ticks wrap, so it has to be asked at least every six days; keeper, screen and page each do so by the hour.
    """

    def __init__(self, clock) -> None:
        """`clock`: the module cognito_mp.clock, or any object with its functions."""
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Count from now."""
        self._ticks = self._clock.ticks_ms()
        self._seconds = 0  # before those ticks

    def seconds(self) -> int:
        """Seconds since the start."""
        now = self._clock.ticks_ms()
        passed = max(0, self._clock.ticks_diff(now, self._ticks))
        seconds = self._seconds + passed // 1000
        if passed > _LONGEST:  # the rest of a second is lost once a day
            self._seconds, self._ticks = seconds, now
        return seconds
