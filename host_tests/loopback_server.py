"""What servers of single tests share: a port of 127.0.0.1 with a thread for each connection, and whole requests."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import TypeVar

_Server = TypeVar("_Server", bound="LoopbackServer")


class LoopbackServer:
    """Accepts connections on 127.0.0.1 until it is closed. port: int."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self.port: int = self._listener.getsockname()[1]
        self._accepts = threading.Thread(target=self._accept, daemon=True)
        self._accepts.start()

    def __enter__(self: _Server) -> _Server:
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # close() alone does not wake accept()
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.close()
        self._accepts.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._keep(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _keep(self, connection: socket.socket) -> None:
        """Close `connection` with the server, should it be open then."""
        with self._lock:
            self._open = [other for other in self._open if other.fileno() >= 0] + [connection]

    def _serve(self, connection: socket.socket) -> None:
        """What becomes of one connection, in a thread of its own."""
        raise NotImplementedError


def received(connection: socket.socket) -> bytes:
    """What comes next. Raises OSError when the client has hung up."""
    data = connection.recv(65536)
    if not data:
        raise OSError("the client hung up")
    return data


def whole_request(receive: Callable[[], bytes]) -> tuple[bytes, bytes]:
    """Head and body of the next HTTP request, which has a Content-Length; `receive` gives what comes next."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive()
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += receive()
    return head, body
