"""AsyncClient: the same client, awaited. The flows are the same; only waiting is done by asyncio.

Looking up a host blocks the loop, on every port: it is what getaddrinfo does.
"""

import asyncio
import gc
import sys

from . import clock
from .client import Client
from .errors import CognitoError
from .https import HttpsTransport
from .protocol import read_reply

if sys.implementation.name == "micropython":
    from asyncio import core  # type: ignore[attr-defined]  # the stubs lack it

    def _ready(stream, flags: int):
        # What asyncio's own streams do; there is no public way to await a stream of one's own.
        if flags & 1:
            yield core._io_queue.queue_read(stream)
        else:
            yield core._io_queue.queue_write(stream)

    async def wait(stream, flags: int, ms: int) -> None:
        """Return when `stream` is ready for `flags` (1 to read, 4 to write), or after `ms` milliseconds."""
        try:
            await asyncio.wait_for_ms(_ready(stream, flags), ms)  # type: ignore[attr-defined]  # as above
        except asyncio.TimeoutError:
            pass

else:
    from .aio_cpython import wait  # type: ignore[no-redef]  # CPython has its own


class AsyncHttpsTransport(HttpsTransport):
    """HttpsTransport whose post() is awaited."""

    async def post(self, url: str, headers: dict, body: bytes) -> tuple:  # type: ignore[override]  # awaited
        """As HttpsTransport.post(); the loop turns while the network is waited for."""
        steps = self.exchange(url, headers, body)
        try:
            while True:
                await wait(*next(steps))
        except StopIteration as done:
            return done.value
        finally:
            steps.close()


class _Refresh:
    """One refresh that several tasks wait for, in a task of its own: one that gives up must not end it."""

    def __init__(self, client, steps) -> None:
        self.done = asyncio.Event()
        self.error: Exception | None = None
        # Kept, because CPython's loop does not keep it.
        self.task = asyncio.create_task(self._run(client, steps))

    async def _run(self, client, steps) -> None:
        try:
            await client._drive(steps)
        except Exception as error:
            self.error = error
        finally:
            client._shared = None
            self.done.set()


class AsyncClient(Client):
    """Client with each call awaited: `await client.sign_in(...)`, `async with client:`. signed_in stays a property.

    Calls of several tasks take turns on one connection. Tasks that ask for a token while a refresh is
    under way share that one refresh, and its failure.
    """

    def __init__(
        self,
        region,
        client_id,
        client_secret=None,
        user_pool_id=None,
        store=None,
        endpoint=None,
        cadata=None,
        transport=None,
        timeout=10,
        attempts=3,
        **named,
    ) -> None:
        """As Client(); a `transport` of the caller's may have a post() that is awaited, or one that blocks."""
        if transport is None:
            transport = AsyncHttpsTransport(timeout, cadata, named.get("clock", clock))
        super().__init__(
            region,
            client_id,
            client_secret,
            user_pool_id,
            store,
            endpoint,
            cadata,
            transport,
            timeout,
            attempts,
            **named,
        )
        self._turn = asyncio.Lock()
        self._shared: _Refresh | None = None

    async def __aenter__(self) -> "AsyncClient":
        self.__enter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        self._held -= 1
        if not (self._held or self._turn.locked()):  # a request of another task ends its own connection
            self.close()

    async def _token(self, name: str) -> str:  # type: ignore[override]  # awaited
        from .refreshing import current, is_due

        while is_due(self):
            refresh = self._shared = self._shared or _Refresh(self, current(self, name))
            await refresh.done.wait()
            if refresh.error:
                raise refresh.error
            if self._tokens:  # else somebody has signed out meanwhile
                break
        return getattr(self._tokens, name)

    async def _drive(self, steps):
        async with self._turn:
            try:
                step = next(steps)
                while True:
                    try:
                        if isinstance(step, int):
                            await asyncio.sleep(step / 1000)
                            step = None
                        else:
                            request = step
                            step = self._transport.post(*request)
                            if not isinstance(step, tuple):
                                step = await step
                            request.clear()
                            gc.collect()
                            step = read_reply(*step)
                    except (CognitoError, OSError) as error:
                        step = steps.throw(error)
                    else:
                        step = steps.send(step)
            except StopIteration as done:
                return done.value
            finally:
                steps.close()
                if not self._held:
                    self.close()
