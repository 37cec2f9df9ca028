"""HttpsTransport whose waiting is done by asyncio.

Looking up a host blocks the loop, on every port: it is what getaddrinfo does.
"""

import asyncio
import sys

from .https import HttpsTransport

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
    from ..ports.aio_cpython import wait  # type: ignore[no-redef]  # CPython has its own


class AsyncHttpsTransport(HttpsTransport):
    """HttpsTransport whose post() is awaited."""

    async def post(self, url: str, headers: dict, body: bytes) -> tuple:  # type: ignore[override]  # awaited
        """As HttpsTransport.post(); the loop turns while the network is waited for."""
        return await self.post_once([url, headers, body])

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
