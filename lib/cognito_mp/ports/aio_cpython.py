"""Waiting for a socket in CPython's asyncio, for aio.py."""

import asyncio

from .https_cpython import Stream
from .https_cpython import wait as wait_blocking


async def wait(stream: Stream, flags: int, ms: int) -> None:
    """Return when `stream` is ready for `flags` (1 to read, 4 to write), or after `ms` milliseconds."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    descriptor = stream.fileno()
    reads = (stream.wants or flags) & 1
    try:
        (loop.add_reader if reads else loop.add_writer)(descriptor, ready.set)
    except NotImplementedError:  # Windows' proactor loop watches no sockets of others
        await loop.run_in_executor(None, wait_blocking, stream, flags, ms)
        return
    try:
        await asyncio.wait_for(ready.wait(), ms / 1000)
    except asyncio.TimeoutError:
        pass
    finally:
        (loop.remove_reader if reads else loop.remove_writer)(descriptor)
