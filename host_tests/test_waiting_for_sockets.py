"""CPython's waiting: descriptors that select() does not take, and loops that watch no sockets of others."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import resource
import select
import selectors
import socket
import time
import types
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


def select_of_windows(readers: list[int], writers: list[int], failing: list[int], seconds: float) -> Any:
    """select.select(), telling of a connection that was refused in the third set alone.

    https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-select: "exceptfds: If processing a connect
    call (nonblocking), connection attempt failed"; "writefds: [...] connection has succeeded".
    """
    poll = select.poll()
    for descriptor in {*readers, *writers, *failing}:
        wanted = (descriptor in readers and select.POLLIN) | (descriptor in writers and select.POLLOUT)
        poll.register(descriptor, wanted)
    waited_until = time.monotonic() + seconds
    while True:
        found = poll.poll(max(0, int(1000 * (waited_until - time.monotonic()))))
        failed = [one for one, event in found if event & select.POLLERR]
        good = [(one, event) for one, event in found if one not in failed]
        told = (
            [one for one, event in good if one in readers and event & select.POLLIN],
            [one for one, event in good if one in writers and event & select.POLLOUT],
            [one for one in failed if one in failing],
        )
        if any(told) or time.monotonic() >= waited_until:
            return told
        for one in failed:  # this select() does not tell of it
            poll.unregister(one)


def selector_of_windows() -> Any:
    """The standard library's own SelectSelector, as its source makes it on Windows."""
    source = inspect.getsource(selectors)
    question = "sys.platform == 'win32'"
    assert source.count(question) == 1
    module: Any = types.ModuleType("selectors")
    exec(compile(source.replace(question, "True"), "selectors.py", "exec"), module.__dict__)
    module.select = types.SimpleNamespace(select=select_of_windows)
    return module.SelectSelector


@pytest.mark.parametrize("selector", [selectors.DefaultSelector, selectors.SelectSelector, selector_of_windows()])
def test_a_refused_connection_is_not_waited_for(selector: Any) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        (stream,) = https_cpython.connect("127.0.0.1", nobody_listens.getsockname()[1], None, [])
        try:
            started = time.monotonic()
            https_cpython.wait(stream, 4, 20000, selector)
            assert time.monotonic() - started < 10
            with pytest.raises(ConnectionRefusedError):
                stream.write(b"x")
        finally:
            stream.close()


@pytest.mark.parametrize("selector", [selectors.DefaultSelector, selectors.SelectSelector, selector_of_windows()])
def test_what_is_not_ready_is_waited_for_and_no_longer_than_asked(selector: Any) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream: Any = Readable(ours.fileno())
        https_cpython.wait(stream, 4, 20000, selector)  # there is room to write
        started = time.monotonic()
        https_cpython.wait(stream, 1, 50, selector)
        assert time.monotonic() - started >= 0.045


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
