"""Time that survives both epochs, clock steps and the lack of an RTC.

A `clock` given to a Client is this module or anything with its functions.
"""

import time
from os import urandom

try:
    from time import sleep_ms, ticks_diff, ticks_ms
except ImportError:
    from .ports.clock_cpython import sleep_ms, ticks_diff, ticks_ms  # type: ignore[no-redef]  # noqa: F401


def _seconds_to_epoch() -> int:
    """From 1970 to where this port's time.time() counts from, which on ESP32 and RP2 may be 2000.

    Source: https://docs.micropython.org/en/latest/library/time.html. The moment asked about is 2001 or 2031, so that
    no time zone matters; CircuitPython's boards take none before 2000 (OverflowError).
    """
    return 946684800 if time.localtime(1000000000)[0] > 2020 else 0


def now() -> int:
    """Seconds since 1970 by the device's own clock, an int: the ports' floats have 24 bits."""
    return int(time.time()) + _seconds_to_epoch()


def is_set() -> bool:
    """False while the clock plainly has not been set since power-up (it reads 2024 or earlier)."""
    return time.localtime()[0] > 2024


def jitter() -> int:
    """A random number from 0 to 255, for delays that must differ between devices."""
    return urandom(1)[0]
