"""An event loop of asyncio whose time is a FakeClock's: where it would wait, that time passes, and none else."""

import asyncio
import sys


class Stuck(BaseException):
    """Nothing is left that could wake anybody."""


def _on_micropython(clock) -> None:
    """asyncio.core asks `ticks` for the time and _io_queue to wait (extmod/asyncio/core.py, run_until_complete).

    Its queue of tasks, in C, takes the computer's ticks for whatever is to run at once: the two begin together.
    """
    from asyncio import core
    from time import ticks_add, ticks_ms

    began, begun = ticks_ms(), clock.true_ms

    class Queue(core.IOQueue):
        def wait_io_event(self, dt) -> None:
            if dt < 0:
                raise Stuck
            if dt:
                clock.pass_time(dt / 1000)
            clock.turn()

    core.ticks = lambda: ticks_add(began, clock.true_ms - begun)
    core.new_event_loop()
    core._io_queue = Queue()
    real = core.new_event_loop

    def new_event_loop():
        loop = real()
        core._io_queue = Queue()
        return loop

    core.new_event_loop = asyncio.new_event_loop = new_event_loop


def _on_cpython(clock) -> None:
    import selectors

    class Selector(selectors.SelectSelector):
        def select(self, timeout=None):
            if timeout is None:
                raise Stuck
            if timeout > 0:
                clock.pass_time(-int(-timeout * 1000 // 1) / 1000)
            clock.turn()
            return super().select(0)

    class Policy(asyncio.DefaultEventLoopPolicy):
        def new_event_loop(self):
            loop = asyncio.SelectorEventLoop(Selector())
            loop.set_exception_handler(lambda *_: None)  # a board that loses its power tells nobody
            loop.time = lambda: clock.true_ms / 1000  # type: ignore[method-assign]
            return loop

    asyncio.set_event_loop_policy(Policy())


def live_by(clock) -> None:
    """From now on asyncio.run() goes by `clock`, whose turn() is called at each turn of the loop."""
    (_on_micropython if sys.implementation.name == "micropython" else _on_cpython)(clock)
