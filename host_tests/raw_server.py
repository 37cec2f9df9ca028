"""A TLS server that does to each connection what a test tells it: the ways a reply can go wrong."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable

from fake_cognito.service_model import violations
from loopback_server import LoopbackServer, received, whole_request

Behaviour = Callable[[ssl.SSLSocket], None]


class RawServer(LoopbackServer):
    """Completes TLS on each connection, and lets `behave` do the rest.

    received    bytes, all that clients sent after the handshake
    violations  list of str, what was wrong with requests by botocore's model: there must be none
    """

    def __init__(self, context: ssl.SSLContext, behave: Behaviour) -> None:
        self.received = b""
        self.violations: list[str] = []
        self._context = context
        self._behave = behave
        super().__init__()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            secure = self._context.wrap_socket(connection, server_side=True)
            self._keep(secure)
            self._behave(secure)
            secure.close()

    def read_request(self, connection: ssl.SSLSocket) -> bytes:
        """The next whole request on `connection`."""
        head, body = whole_request(lambda: self._receive(connection))
        target = head.lower().split(b"x-amz-target: ")[1].split(b"\r\n")[0]
        at = head.lower().index(target)
        self.violations += violations(head[at : at + len(target)].decode(), body)
        return head + b"\r\n\r\n" + body

    def _receive(self, connection: ssl.SSLSocket) -> bytes:
        data = received(connection)
        self.received += data
        return data

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        assert not self.violations
