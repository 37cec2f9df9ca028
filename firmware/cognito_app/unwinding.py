"""Ends tasks whose event loop does not turn any more: after Ctrl-C nobody else unwinds them.

run_until_complete() of extmod/asyncio/core.py catches CancelledError and Exception: KeyboardInterrupt leaves every task
but the one that ran as it was, and no finaliser of a generator runs later.
"""


def unwind(task) -> None:
    """Let each `finally` in `task` run, up to its first `await`."""
    coroutine = task.coro if hasattr(task, "coro") else task.get_coro()  # MicroPython's, CPython's
    try:
        coroutine.close()
    except (RuntimeError, ValueError):  # it wants to wait; it is the one that runs
        pass
