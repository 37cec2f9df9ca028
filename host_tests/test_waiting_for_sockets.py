"""CPython's waiting: descriptors that select() does not take, and loops that watch no sockets of others."""

from __future__ import annotations

import asyncio
import importlib
import os
import resource
import socket
import time
from typing import Any

import pytest

# The library's stubs, by which the tests are checked, leave out what is for one Python alone.
aio_cpython: Any = importlib.import_module("cognito_mp.ports.aio_cpython")
https_cpython: Any = importlib.import_module("cognito_mp.ports.https_cpython")


class Readable:
    """What is asked of a Stream: its descriptor, and what it wants."""

    wants = 0

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor


def test_descriptors_of_1024_and_more() -> None:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit <= 1100:
        pytest.skip(f"this shell lets a process open {limit} files")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        high = os.dup2(ours.fileno(), 1100)
        try:
            stream: Any = Readable(high)
            theirs.send(b"x")
            started = time.monotonic()
            https_cpython.wait(stream, 1, 20000)
            assert time.monotonic() - started < 10
        finally:
            os.close(high)


class LikeWindowsProactor(asyncio.SelectorEventLoop):
    """A loop that can't watch descriptors."""

    def add_reader(self, *arguments: Any) -> Any:  # type: ignore[override]  # it is never carried out
        raise NotImplementedError

    def add_writer(self, *arguments: Any) -> Any:  # type: ignore[override]  # it is never carried out
        raise NotImplementedError


def test_a_loop_that_watches_no_sockets() -> None:
    ours, theirs = socket.socketpair()
    turns = []

    async def main() -> None:
        stream: Any = Readable(ours.fileno())
        waiting = asyncio.create_task(aio_cpython.wait(stream, 1, 20000))
        for turn in range(5):
            turns.append(turn)
            await asyncio.sleep(0)
        assert not waiting.done()
        theirs.send(b"x")
        await waiting

    with ours, theirs:
        loop = LikeWindowsProactor()
        try:
            started = time.monotonic()
            loop.run_until_complete(main())
            assert time.monotonic() - started < 10 and len(turns) == 5
        finally:
            loop.close()
