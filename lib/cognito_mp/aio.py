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
    """A Once that several tasks wait for, in a task of its own: one that gives up must not end it.

    It is among `others`, by its key, until it is done: what it brought, or raised, is kept by nobody then.
    """

    def __init__(self, client: "AsyncClient", once, others: dict) -> None:
        self.done = asyncio.Event()
        self.once = once
        self._outcome: object = None
        self._error: Exception | None = OSError(EIO, "the event loop has ended")
        others[once.key] = self
        # Kept, because CPython's loop does not keep it.
        self.task = asyncio.create_task(self._run(client, others))

    async def _run(self, client: "AsyncClient", others: dict) -> None:
        try:
            self._outcome = await client.run(self.once.flow, self.once.key)
            self._error = None
        except Exception as error:
            self._error = error
        finally:
            if others.get(self.once.key) is self:
                del others[self.once.key]
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
    refresh is under way share that one refresh, and its failure; a refresh(client_metadata) waits for one that was
    asked for with other metadata, and has its own. A task that is cancelled ends no refresh, nothing that follows a
    sign-in whose tokens came, and no sign-out. The client outlives its loop: it can be made before asyncio.run(), and
    used over several.

    Nothing is read or sent until a call is awaited. A ValueError or TypeError about an argument may be raised by the
    call, or when it is awaited.

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

    async def run(self, flow, key=None):
        """What `flow` returns, a generator: see flows/password.py. `key`: that of its Once; None for a call."""
        self.session.save_pending()
        self._enter_loop()
        if key is None and "settle" not in self._shared:  # a token that is good waits for no other's sign-in
            flow = self._held(flow)
        go_on, value = flow.send, None
        loop = self._loop
        self._holders += 1
        try:  # not `async with`: where there is no memory left, __aexit__ could not be awaited
            while True:
                step = go_on(value)
                try:
                    go_on, value = flow.send, await self._outcome(step)
                except (CognitoError, NotSignedIn, OSError, MemoryError) as error:
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
        """As Client.settle(), once nothing is under way that must not be cut off.

        That is a refresh, whose rotated token would be lost, a sign-out, and what follows a sign-in.
        """
        self._enter_loop()
        await self._done()
        left = self._held(None)
        if left:
            await self.run(left, "settle")
            await self._done()
        self.session.save_pending(sys.implementation.name != "cpython")

    async def _done(self) -> None:
        while True:
            under_way = [shared for shared in self._shared.values() if not shared.task.done()]
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
                for shared in self._shared.values():
                    shared.once.flow.close()  # MicroPython's collector doesn't: a refresh holds its token
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
        while True:
            shared = self._shared.get(step.key)  # a Once
            if shared is None or shared.task.done():  # one that was cancelled before it began
                shared = _Shared(self, step, self._shared)
            if step.parameters in (None, shared.once.parameters):
                return await shared.outcome()
            await shared.done.wait()

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
                ms = delay(error, request, tried, self)
            await asyncio.sleep(ms / 1000)
