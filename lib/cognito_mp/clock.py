"""Time that survives both epochs, clock steps and the lack of an RTC; and how old a token is by it.

A `clock` given to a Client is this module or anything with its functions.
"""

import time
from os import urandom

try:
    from time import sleep_ms, ticks_diff, ticks_ms
except ImportError:
    from .ports.clock_cpython import sleep_ms, ticks_diff, ticks_ms  # type: ignore[no-redef]  # noqa: F401


def now() -> int:
    """Seconds since 1970 by the device's own clock, an int: the ports' floats have 24 bits.

    Source: https://docs.micropython.org/en/latest/library/time.html.
    """
    # On ESP32 and RP2 time.time() may count from 2000. The moment asked about is 2001 or 2031, so that no time zone
    # matters; CircuitPython's boards take none before 2000 (OverflowError).
    epoch = 946684800 if time.localtime(1000000000)[0] > 2020 else 0
    return epoch + int(time.time())


def is_set() -> bool:
    """False while the clock plainly has not been set since power-up (it reads 2024 or earlier)."""
    return time.localtime()[0] > 2024


def jitter() -> int:
    """A random number from 0 to 255, for delays that must differ between devices."""
    return urandom(1)[0]


class Lifetime:
    """The life of a token, from the moment this is made.

    expires_in: int, seconds in all.
    """

    def __init__(self, clock, expires_in: int, age: int = 0, due: "int | None" = None) -> None:
        """
        clock       the module cognito_mp.clock, or any object with its functions
        expires_in  seconds in all
        age         seconds that it has lived already
        due         the age, in seconds, at which it should be replaced; None for three quarters of its life
        """
        self.clock = clock
        self.expires_in = expires_in
        self._count_from(age)
        # 65 to 85 %, so that a fleet does not move in step. Integers: small chips' floats have 24 bits.
        self.due = expires_in * (13 * 255 + 4 * clock.jitter()) // (20 * 255) if due is None else due

    def _count_from(self, age: int) -> None:
        self._age = age
        self._wall = self.clock.now()
        self._ticks = self.clock.ticks_ms()

    def age(self, now: "int | None" = None) -> int:
        """Seconds since it came, by whichever of two counts ran further.

        The wall clock may be stepped, and the tick counter wraps (or stops in light sleep): either alone
        could make a dead token look alive, so the one that makes it older is believed.

        now  what the wall clock reads; None: ask it
        """
        by_wall = (self.clock.now() if now is None else now) - self._wall
        by_ticks = self.clock.ticks_diff(self.clock.ticks_ms(), self._ticks) // 1000
        age = self._age + max(by_wall, by_ticks)
        if by_ticks > 200000:  # two days: ticks_diff() is wrong beyond six
            self._count_from(age)
        return age

    def clock_was_set(self, before: "int | None" = None) -> None:
        """The wall clock has just been set, and read `before`; None: believe the ticks alone for the time until now."""
        self._count_from(max(self._age, self.age(self._wall if before is None else before)))

    def until_due(self) -> int:
        """Seconds until it should be replaced; 0 when it should be now."""
        return max(0, min(self.due, self.expires_in) - self.age())

    def left(self) -> int:
        """Seconds that it is good for; 0 when it is dead."""
        return max(0, self.expires_in - self.age())

    def postpone(self, seconds: int) -> None:
        """It should be replaced in `seconds` from now, such as when a try has failed; 0 for at once."""
        self.due = self.age() + seconds
