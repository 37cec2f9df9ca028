"""Seconds since something happened, on a device whose wall clock is stepped and whose tick counter wraps."""


class Stopwatch:
    """Runs from when it is made, or restarted."""

    def __init__(self, clock) -> None:
        """`clock`: the module cognito_mp.clock, or any object with its functions."""
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Count from now."""
        self._wall = self._clock.now()
        self._ticks = self._clock.ticks_ms()

    def seconds(self) -> int:
        """Seconds since the start by whichever of the two counts ran further.

        Either alone could make a dead token look alive: the wall clock may be stepped back, and the tick counter
        wraps (or stops in light sleep).
        """
        clock = self._clock
        return max(clock.now() - self._wall, clock.ticks_diff(clock.ticks_ms(), self._ticks) // 1000)
