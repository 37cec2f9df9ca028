"""An event loop of asyncio in simulated time: it never waits, and may run what is ready in another order."""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from faults.simulated_world.board import Restarted
from faults.simulated_world.clocks import Time
from faults.simulated_world.interruptions import PowerCut


class VirtualLoop:
    """Has what tasks, locks and timers ask of a loop, and no more. Runs one callback each time it is told to.

    shuffles  any of those that are ready may be the next
    """

    def __init__(self, time: Time, randomness: random.Random, shuffles: bool) -> None:
        self._myself: Any = self  # as a loop of asyncio's
        self._time = time
        self._randomness = randomness
        self._shuffles = shuffles
        self._ready: list[asyncio.Handle] = []
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._count = 0
        self.tasks: list[asyncio.Task[Any]] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """While this is open, it is the running loop."""
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self._myself)
        try:
            yield
        finally:
            asyncio._set_running_loop(before)

    # What asyncio asks of a loop

    def time(self) -> float:
        return self._time.ms / 1000

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Any = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self._myself, context)
        self._ready.append(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self._myself, context)
        self._count += 1
        heapq.heappush(self._timers, (when, self._count, timer))
        return timer

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        pass

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self._myself)

    def create_task(self, coro: Any, **_: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self._myself)
        self.tasks = [one for one in self.tasks if not one.done()]
        self.tasks.append(task)
        return task

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Nobody is told: a call's own exception is looked at by who made the call, and a dead device's by nobody."""

    # What the world asks

    @property
    def next_timer(self) -> int | None:
        """When the next timer goes off, in the world's milliseconds; None when there is none."""
        while self._timers and self._timers[0][2].cancelled():
            heapq.heappop(self._timers)
        # Rounded up: a timer never goes off too early.
        return -int(-self._timers[0][0] * 1000 // 1) if self._timers else None

    def turn(self) -> bool:
        """Run one callback that is ready now; False when none is."""
        now = self._time.ms
        while self._timers and (self._timers[0][0] * 1000 <= now or self._timers[0][2].cancelled()):
            self._ready.append(heapq.heappop(self._timers)[2])
        while self._ready:
            many = self._shuffles and len(self._ready) > 1
            handle = self._ready.pop(self._randomness.randrange(len(self._ready)) if many else 0)
            if not handle.cancelled():
                handle._run()
                return True
        return False

    def drop(self) -> None:
        """The device is dead, or its loop has ended: nothing here goes on."""
        self._ready.clear()
        self._timers.clear()
        for task in self.tasks:
            coroutine = task.get_coro()
            try:
                if coroutine is not None:
                    coroutine.close()
            except (RuntimeError, ValueError, PowerCut, Restarted):
                pass  # it would go on, runs this very moment, or touched what is dead
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # nobody is to be told
        self.tasks = []
