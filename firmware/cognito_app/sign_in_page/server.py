"""The site on a TCP port, by microdot; every request is bounded in length, and in time."""

import asyncio
from errno import ECONNRESET

from microdot import Microdot, Request, Response  # type: ignore[import-not-found]  # it comes from PyPI

_LONGEST = 6144  # bytes of one request, head and body
_LONGEST_BODY = 3072
_SECONDS = 90  # for a request and its response; the site itself holds some for 20
_MOST = 4  # connections at a time: sockets are few
_PIECE = 512  # bytes that are sent at a time


class _Connection:
    """A stream for microdot: it reads no more than _LONGEST bytes, and sends small pieces together."""

    def __init__(self, reader, writer) -> None:
        self._reader = reader
        self._writer = writer
        self._left = _LONGEST
        self._read_ahead = b""
        self._to_send = bytearray()

    def get_extra_info(self, name: str):
        return self._writer.get_extra_info(name)

    async def _more(self) -> None:
        data = await self._reader.read(min(_PIECE, self._left))
        if not data:
            raise OSError(ECONNRESET, "the browser hung up" if self._left else "the request is too long")
        self._left -= len(data)
        self._read_ahead += data

    async def readline(self) -> bytes:
        while b"\n" not in self._read_ahead:
            await self._more()
        line, _, self._read_ahead = self._read_ahead.partition(b"\n")
        return line + b"\n"

    async def readexactly(self, count: int) -> bytes:
        while len(self._read_ahead) < count:
            await self._more()
        data, self._read_ahead = self._read_ahead[:count], self._read_ahead[count:]
        return data

    async def awrite(self, data) -> None:
        self._to_send += data
        if len(self._to_send) >= _PIECE:
            await self._send()

    async def _send(self) -> None:
        data, self._to_send = bytes(self._to_send), bytearray()
        self._writer.write(data)
        await self._writer.drain()

    async def aclose(self) -> None:
        if self._to_send:
            await self._send()


class Server:
    """Serves `site` until close()."""

    def __init__(self, site) -> None:
        self._site = site
        self._open = 0
        self._servers: list = []
        Request.max_content_length = Request.max_body_length = _LONGEST_BODY
        self._app = Microdot()
        for pattern in ("/", "/<path:path>"):
            self._app.route(pattern, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])(self._respond)

    async def _respond(self, request, path: str = "") -> Response:
        def read_form():
            return request.form

        status, headers, body = await self._site.respond(request.method, request.path, request.headers, read_form)
        return Response(body, status, headers)

    async def _serve(self, reader, writer) -> None:
        self._open += 1
        try:
            if self._open <= _MOST:
                connection = _Connection(reader, writer)
                await asyncio.wait_for(self._app.handle_request(connection, connection), _SECONDS)
        except (OSError, asyncio.TimeoutError):  # the phone is gone, or dawdles
            pass
        finally:
            self._open -= 1
            writer.close()
            try:
                await writer.wait_closed()
            except OSError:
                pass

    async def open(self, listen: str, port: int) -> None:
        """Serve on this address too. Raises OSError when the port can't be had."""
        self._servers.append(await asyncio.start_server(self._serve, listen, port))

    async def close(self) -> None:
        while self._servers:
            server = self._servers.pop()
            server.close()
            await server.wait_closed()
