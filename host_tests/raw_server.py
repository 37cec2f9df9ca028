"""A TLS server that does to each connection what a test tells it: the ways a reply can go wrong."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

from fake_cognito.service_model import violations

Behaviour = Callable[[ssl.SSLSocket], None]


class RawServer:
    """Accepts connections on 127.0.0.1, completes TLS, and lets `behave` do the rest.

    received    bytes, all that clients sent after the handshake
    violations  list of str, what was wrong with requests by botocore's model: there must be none
    port      int
    """

    def __init__(self, context: ssl.SSLContext, behave: Behaviour) -> None:
        self.received = b""
        self.violations: list[str] = []
        self._context = context
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            secure = self._context.wrap_socket(connection, server_side=True)
            self._open.append(secure)
            self._behave(secure)
            secure.close()

    def read_request(self, connection: ssl.SSLSocket) -> bytes:
        """The next whole request on `connection`."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._receive(connection)
        target = head.lower().split(b"x-amz-target: ")[1].split(b"\r\n")[0]
        at = head.lower().index(target)
        self.violations += violations(head[at : at + len(target)].decode(), body)
        return head + b"\r\n\r\n" + body

    def _receive(self, connection: ssl.SSLSocket) -> bytes:
        data = connection.recv(65536)
        if not data:
            raise OSError("the client hung up")
        self.received += data
        return data

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # close() alone does not wake accept()
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.close()
        self._thread.join()
        assert not self.violations
