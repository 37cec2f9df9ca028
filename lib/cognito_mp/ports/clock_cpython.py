"""MicroPython's millisecond counter for CPython and CircuitPython, which lack it."""

import time

_PERIOD = 1 << 30  # as on MicroPython


def ticks_ms() -> int:
    """Milliseconds of a counter that never steps, and wraps."""
    return time.monotonic_ns() // 1000000 % _PERIOD


def ticks_diff(end: int, start: int) -> int:
    """Milliseconds from `start` to `end`, right while they are less than six days apart."""
    return (end - start + _PERIOD // 2) % _PERIOD - _PERIOD // 2


def sleep_ms(ms: int) -> None:
    """Wait `ms` milliseconds."""
    time.sleep(ms / 1000)
