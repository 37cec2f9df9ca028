"""The site on a TCP port, by microdot; every request is bounded in length and in time, and so is every client."""

import asyncio
import socket
import sys
from errno import ECONNRESET

from cognito_mp import clock
from microdot import Microdot, Request, Response  # type: ignore[import-not-found]  # it comes from PyPI

from ..unwinding import unwind

_LONGEST = 6144  # bytes of one request, head and body
_LONGEST_BODY = 3072
_SECONDS = 90  # for a request and its response; the site itself holds some for 20
_IDLE_S = 10  # for a request to come whole, and for each piece of the reply to be taken
# Connections at a time. Pico W has 5 TCP control blocks in all (MEMP_NUM_TCP_PCB of lwIP): three here, one that is
# being turned away, and one for Cognito. ESP32 has 10 sockets, of which two listen and one is the name server's.
_MOST = 3
_EACH = 2  # of them, those of one address: a browser opens some ahead of their use
# One more may wait so long for its turn: a browser shows a connection that is closed at once as a page that can't be
# reached, and it comes with a third of its own where it asks for the icon while a page is held.
_WAIT_S = 5
_LOOK_S = 0.1
_ACCEPT_S = 0.05  # between looks for whoever comes
# Before that one that has asked for nothing does not give way: its request may be on the way, and a browser that has
# lost it does not send it again (ShouldResendRequest() in Chromium's http_network_transaction.cc).
_YOUNG_MS = 2000
_PIECE = 512  # bytes that are sent at a time


class _Connection:
    """A stream for microdot: it reads no more than _LONGEST bytes, and sends small pieces together.

    is_idle   bool, its request has not come whole
    gave_way  bool, its place was given to another
    inside    bool, it came through the access point
    """

    gave_way = False

    def __init__(self, reader, writer, task, idle_s: float, is_inside) -> None:
        """
        task       the one that serves it
        is_inside  (address: four ints) -> bool, whether that may be one of the access point's
        """
        self.is_idle = True
        self.since = clock.ticks_ms()
        self.task = task
        self.peer = writer.get_extra_info("peername")
        # The unix port's is a struct sockaddr_in.
        self.address = self.peer[0] if isinstance(self.peer, tuple) else bytes(self.peer[4:8])
        numbers = self.address.split(".") if isinstance(self.address, str) else self.address
        self.inside = is_inside([int(number) for number in numbers])
        self._reader = reader
        self._writer = writer
        self._idle_s = idle_s
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
        try:
            await asyncio.wait_for(self._writer.drain(), self._idle_s)
        except asyncio.TimeoutError:
            raise OSError(ECONNRESET)  # it takes no more: microdot drops it then

    async def aclose(self) -> None:
        if self._to_send:
            await self._send()


class Server:
    """Serves `site` until stop()."""

    def __init__(self, site, idle_s: float = _IDLE_S, wait_s: float = _WAIT_S, young_ms: int = _YOUNG_MS) -> None:
        """
        idle_s    seconds for a request to come whole, and for each piece of the reply to be taken
        wait_s    seconds that one connection may wait for room
        young_ms  milliseconds before which one that has asked for nothing does not give way
        """
        self._young_ms = young_ms
        self._site = site
        self._wait_s = wait_s
        self._idle_s = idle_s
        self._open: list = []  # _Connections, the oldest first
        self._somebody_waits = False
        self._listening: list = []  # (socket, the task that accepts there)
        self._peers: list = []  # the sockets of all who came, also of those whose task has not begun
        Request.max_content_length = Request.max_body_length = _LONGEST_BODY
        self._app = Microdot()
        for pattern in ("/", "/<path:path>"):
            self._app.route(pattern, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])(self._respond)

    async def _respond(self, request, path: str = "") -> Response:
        def read_form():
            return request.form

        answer = self._site.respond(
            request.method,
            request.path,
            request.headers,
            read_form,
            (request.args.get("code") or "") if request.args else "",
            request.client_addr.inside,
        )
        status, headers, body = await answer
        return Response(body, status, headers)

    async def _accept(self, listening, is_inside) -> None:
        """Take whoever comes, for ever. asyncio.start_server() has a turn in which nobody can close its socket."""
        while True:
            try:
                peer, address = listening.accept()
            except OSError:  # nobody, or there is no socket for one more
                await asyncio.sleep(_ACCEPT_S)
                continue
            self._peers.append(peer)
            asyncio.create_task(self._serve(peer, address, is_inside))

    async def _serve(self, peer, address, is_inside) -> None:
        try:
            reader, writer = await _streams(peer, address)
            try:
                await self._answer_in_turn(_Connection(reader, writer, asyncio.current_task(), self._idle_s, is_inside))
            finally:
                writer.close()
                await writer.wait_closed()
        except (OSError, asyncio.TimeoutError):  # the phone is gone, or dawdles
            pass
        finally:
            self._peers.remove(peer)
            peer.close()

    async def _answer_in_turn(self, connection: _Connection) -> None:
        try:
            if await self._gets_room(connection.address):
                self._open.append(connection)
                await asyncio.wait_for(self._answer(connection), _SECONDS)
        except asyncio.CancelledError:
            if not connection.gave_way:
                raise
        finally:
            if connection in self._open:
                self._open.remove(connection)

    async def _gets_room(self, address) -> bool:
        """Whether there is room for one more of `address`, at once or within _WAIT_S: one at a time may wait for it."""
        if self._has_room(address):
            return True
        if self._somebody_waits:
            return False
        self._somebody_waits = True
        try:
            for _ in range(int(self._wait_s / _LOOK_S)):
                await asyncio.sleep(_LOOK_S)
                if self._has_room(address):
                    return True
        finally:
            self._somebody_waits = False
        return False

    def _has_room(self, address) -> bool:
        """Whether one more may come from `address`; where there are too many, the oldest idle one gives way."""
        crowd = [other for other in self._open if other.address == address]
        if len(crowd) < _EACH:
            crowd = self._open if len(self._open) >= _MOST else []
        for other in crowd:
            if other.is_idle and clock.ticks_diff(clock.ticks_ms(), other.since) >= self._young_ms:
                self._open.remove(other)
                other.gave_way = True
                other.task.cancel()
                return True
        return not crowd

    async def _answer(self, connection: _Connection) -> None:
        request = None
        try:
            # What microdot calls the client's address is handed on as it is.
            request = await asyncio.wait_for(
                Request.create(self._app, connection, connection, connection), self._idle_s
            )
        except (ValueError, IndexError, TypeError):  # no request of HTTP's, which microdot answers by 400
            pass
        connection.is_idle = False
        response = await self._app.dispatch_request(request)
        await response.write(connection)
        await connection.aclose()

    async def open(self, listen: str, port: int, is_inside) -> object:
        """Serve on this address too; what close_one() takes. Raises OSError when the port can't be had.

        is_inside  (address: four ints) -> bool: whether a client of that address came through the access point
        """
        listening = socket.socket()
        try:
            listening.setblocking(False)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(socket.getaddrinfo(listen, port)[0][-1])
            listening.listen(5)
        except BaseException:
            listening.close()
            raise
        server = listening, asyncio.create_task(self._accept(listening, is_inside))
        self._listening.append(server)
        return server

    async def close_one(self, server) -> None:
        """Listen no more where open() gave `server`."""
        self._listening.remove(server)
        _end(*server)

    def stop(self) -> None:
        """Listen no more, and serve nobody any longer."""
        while self._listening:
            _end(*self._listening.pop())
        for connection in list(self._open):
            connection.task.cancel()

    def drop(self) -> None:
        """stop(), where the event loop does not turn any more."""
        for listening, _ in self._listening:
            listening.close()
        for connection in list(self._open):
            unwind(connection.task)
        for peer in self._peers:
            peer.close()


def _end(listening, task) -> None:
    listening.close()
    task.cancel()


async def _streams(peer, address) -> tuple:
    """(reader, writer) of a connection that came from `address`."""
    if sys.implementation.name == "micropython":
        peer.setblocking(False)
        stream = asyncio.StreamReader(peer, {"peername": address})  # type: ignore[call-arg,arg-type]
        return stream, stream
    return await asyncio.open_connection(sock=peer)  # type: ignore[call-arg]
