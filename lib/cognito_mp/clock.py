"""Time that survives both epochs, clock steps and the lack of an RTC.

A `clock` given to a Client is this module or anything with its functions.
"""

import time
from os import urandom

try:
    from time import sleep_ms, ticks_diff, ticks_ms
except ImportError:
    from .ports.clock_cpython import sleep_ms, ticks_diff, ticks_ms  # type: ignore[no-redef]  # noqa: F401


def now() -> int:
    """Seconds since 1970 by the device's own clock, an int: the ports' floats have 24 bits."""
    # ESP32 and RP2 may count from 2000: https://docs.micropython.org/en/latest/library/time.html
    return int(time.time()) + (946684800 if time.localtime(0)[0] == 2000 else 0)


def is_set() -> bool:
    """False while the clock plainly has not been set since power-up (it reads 2024 or earlier)."""
    return time.localtime()[0] > 2024


def jitter() -> int:
    """A random number from 0 to 255, for delays that must differ between devices."""
    return urandom(1)[0]
