"""Cognito's quotas, kept: so many calls a second for all boards together, fewer for a while once the service says so.

Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from cognito_mp_tools.failures import ToolFailed

# Tries in all for a call that is throttled; the waits between them are some two minutes in the worst case.
_TRIES = 8
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 30.0

_Result = TypeVar("_Result")


class Throttled(Exception):
    """The service says that there are too many calls; str() is its words."""


class Pace:
    """per_second: calls that all threads together make in a second, at most."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """clock: seconds; sleep: waits for seconds; chance: a random number from 0 to 1."""
        self._interval = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._lock = threading.Lock()
        self._next = clock()

    def call(self, function: Callable[[], _Result]) -> _Result:
        """What `function` returns, called in turn; again, after a growing random wait of all, while it is Throttled.

        Raises ToolFailed when it is for too long.
        """
        for attempt in range(_TRIES):
            self._wait_for_turn()
            try:
                return function()
            except Throttled as problem:
                busy = problem
                self._hold_all(min(_FIRST_WAIT * 2**attempt, _LONGEST_WAIT) * self._chance())
        raise ToolFailed(f"Cognito is still busy after {_TRIES} tries ({busy}): go on later, or with a lower --rate.")

    def _wait_for_turn(self) -> None:
        with self._lock:
            turn = max(self._next, self._clock())
            self._next = turn + self._interval
        wait = turn - self._clock()
        if wait > 0:
            self._sleep(wait)

    def _hold_all(self, seconds: float) -> None:
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)
