"""AsyncClient: the same client, awaited. The flows are the same; only waiting is done by asyncio.

Looking up a host blocks the loop, on every port: it is what getaddrinfo does.
"""

import asyncio
import gc
import sys
from errno import EIO

from .client import BaseClient
from .errors import CognitoError, NotSignedIn
from .protocol import Request

if sys.implementation.name == "cpython":
    _running_loop = asyncio.get_running_loop  # type: ignore[attr-defined]  # MicroPython has none
else:
    from asyncio import core  # type: ignore[attr-defined]  # the stubs lack it

    def _running_loop():  # type: ignore[no-redef]  # the same for another Python
        # new_event_loop() makes a new queue for the same class of loop; there is no public way to tell.
        return core._io_queue


class _Shared:
    """Work that several tasks wait for, in a task of its own: one that gives up must not end it."""

    def __init__(self, work) -> None:
        self.done = asyncio.Event()
        self._outcome: object = None
        self._error: Exception | None = OSError(EIO, "the event loop has ended")
        # Kept, because CPython's loop does not keep it.
        self._task = asyncio.create_task(self._run(work))

    async def _run(self, work) -> None:
        try:
            self._outcome = await work
            self._error = None
        except Exception as error:
            self._error = error
        finally:
            self.done.set()

    async def outcome(self):
        """What came of the work; raises what it raised."""
        await self.done.wait()
        if self._error:
            raise self._error
        return self._outcome


class AsyncClient(BaseClient):
    """Client with each call awaited: `await client.sign_in(...)`, `async with client:`. signed_in stays a property.

    Calls of several tasks take turns on one connection, request by request. Tasks that ask for a token while a
    refresh is under way share that one refresh, and its failure. A task that is cancelled ends no refresh. The
    client outlives its loop: it can be made before asyncio.run(), and used over several.

    transport  may have a post() that is awaited, or one that blocks
    """

    _loop: object = None
    _turn: asyncio.Lock
    _shared: dict

    async def __aenter__(self) -> "AsyncClient":
        self._enter_loop()
        self._holders += 1
        return self

    async def __aexit__(self, *error: object) -> None:
        self._let_go(_running_loop())

    def __enter__(self):
        raise TypeError("an AsyncClient wants `async with`, not `with`")

    def __exit__(self, *error: object) -> None:
        """Never reached: there so that `with` gets as far as to say what is wrong."""

    async def run(self, flow):
        """What `flow` returns, a generator: see flows/password.py."""
        self.session.save_pending()
        go_on, value = flow.send, None
        self._enter_loop()
        loop = self._loop
        self._holders += 1
        try:  # not `async with`: where there is no memory left, __aexit__ could not be awaited
            while True:
                step = go_on(value)
                try:
                    go_on, value = flow.send, await self._outcome(step)
                except (CognitoError, NotSignedIn, OSError) as error:
                    go_on, value = flow.throw, error
        except StopIteration as done:
            return done.value
        finally:
            try:
                flow.close()  # it lets go of the refresh token, which others may be waiting for
            finally:
                self._let_go(loop)

    def _let_go(self, loop: object) -> None:
        if loop is self._loop:
            self._holders -= 1
            if not self._holders:
                self.close()

    async def settle(self) -> None:
        """Return once no refresh is under way: before a deep sleep or a reset, which would lose a rotated token."""
        self._enter_loop()
        while True:
            under_way = [shared for shared in self._shared.values() if not shared.done.is_set()]
            if not under_way:
                return
            await under_way[0].done.wait()

    def _new_transport(self, timeout, cadata, clock):
        from .transports.async_https import AsyncHttpsTransport

        return AsyncHttpsTransport(timeout, cadata, clock)

    def _enter_loop(self) -> None:
        """Make what belongs to a loop anew in another one: tasks of the old one will never go on."""
        loop = _running_loop()
        if loop is not self._loop:
            if self._loop is not None:
                self.close()
            self._loop = loop
            self._holders = 0
            self._turn = asyncio.Lock()
            self._shared = {}

    async def _outcome(self, step):
        if isinstance(step, Request):
            return await self._reply(step)
        if isinstance(step, int):
            return await asyncio.sleep(step / 1000)
        if isinstance(step, str):  # NOW, and its like
            return getattr(self.clock, step)()
        shared = self._shared.get(step.key)  # a Once
        if shared is None or shared.done.is_set():
            shared = self._shared[step.key] = _Shared(self.run(step.flow))
        return await shared.outcome()

    async def _reply(self, request):
        tried = 0
        while True:
            try:
                async with self._turn:
                    reply = self._post(request)
                    if not isinstance(reply, tuple):
                        reply = await reply
                gc.collect()  # the tokens need kilobytes in one piece each
                return request.read(*reply)
            except (CognitoError, OSError) as error:
                from .retry import delay

                tried += 1
                ms = delay(error, request.repeatable, tried, self.attempts, self.clock)
            await asyncio.sleep(ms / 1000)
