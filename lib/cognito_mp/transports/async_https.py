"""HttpsTransport whose waiting is done by asyncio.

Looking up a host blocks the loop, on every port: it is what getaddrinfo does.
"""

import asyncio
import gc
import sys

from .https import HttpsTransport

if sys.implementation.name == "micropython":
    from asyncio import core  # type: ignore[attr-defined]  # the stubs lack it

    _spare = [bytearray(64)]  # memory for _forget()

    def _ready(stream, flags: int):
        # What asyncio's own streams do; there is no public way to await a stream of one's own.
        queue = core._io_queue
        try:
            if flags & 1:
                yield queue.queue_read(stream)
            else:
                yield queue.queue_write(stream)
        except MemoryError:
            _forget(queue, stream)
            raise

    def _forget(queue, stream) -> None:
        """Take `stream` out of asyncio's poller, which had no memory to take it in.

        It keeps an entry that is half made, of which the next poll of the loop would die: so says a comment in
        poll_set_add_obj() of MicroPython's extmod/modselect.c.
        """
        _spare.clear()
        gc.collect()
        queue.poller.register(stream, 1)  # makes the entry whole, so that it can be taken out
        queue.poller.unregister(stream)
        queue.map.pop(id(stream), None)
        _spare.append(bytearray(64))

    async def wait(stream, flags: int, ms: int) -> None:
        """Return when `stream` is ready for `flags` (1 to read, 4 to write), or after `ms` milliseconds."""
        try:
            await asyncio.wait_for_ms(_ready(stream, flags), ms)  # type: ignore[attr-defined]  # as above
        except asyncio.TimeoutError:
            pass

else:
    from ..ports.aio_cpython import wait  # type: ignore[no-redef]  # CPython has its own


class AsyncHttpsTransport(HttpsTransport):
    """HttpsTransport whose post() is awaited."""

    async def post(self, url: str, headers: dict, body: bytes) -> tuple:  # type: ignore[override]  # awaited
        """As HttpsTransport.post(); the loop turns while the network is waited for."""
        return await self.post_once([url, headers, body, 9999])

    async def post_once(self, request: list) -> tuple:  # type: ignore[override]  # awaited
        """As HttpsTransport.post_once()."""
        steps = self.exchange(request)
        try:
            while True:
                await wait(*next(steps))
        except StopIteration as done:
            return done.value
        finally:
            steps.close()
