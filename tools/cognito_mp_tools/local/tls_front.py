"""An HTTPS server on this computer that hands each request to a Python function: the front of every local Cognito."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cognito_mp_tools.local.host_addresses import LOOPBACK

_LARGEST_BODY = 256 * 1024  # bytes: Cognito's longest request is far below


@dataclass
class Request:
    """One HTTP request: method, path, headers with lower-case names, body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """The API operation that X-Amz-Target names, such as "InitiateAuth"; "" when there is none."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]


@dataclass
class Response:
    """One HTTP response. Content-Length is added to `headers`. `drop`: hang up without a byte of it."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/x-amz-json-1.1"})
    drop: bool = False


Handler = Callable[[Request], Response]


class TlsFront:
    """Serves `handler` over TLS (plain where `context` is None) on a port of the OS's choosing, until closed.

    connections  int, TCP connections accepted so far
    handshakes   int, TLS handshakes completed so far
    """

    def __init__(
        self,
        handler: Handler,
        context: ssl.SSLContext | None,
        idle: float = 60.0,
        address: str = LOOPBACK,
        most: int = 128,
    ) -> None:
        """idle: seconds after which a kept-alive connection with no request is closed. address: where to listen.
        most: connections, each with a thread, at the same time; one more is hung up on.

        Raises OSError when `address` is none of this computer's.
        """
        self.connections = 0
        self.handshakes = 0
        self._live: set[socket.socket] = set()
        room = threading.BoundedSemaphore(most)
        front = self

        class Connection(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = idle

            def setup(self) -> None:
                front.connections += 1
                self.request.settimeout(idle)  # for the handshake too
                if context:
                    self.request = context.wrap_socket(self.request, server_side=True)
                    front.handshakes += 1
                front._live.add(self.request)
                self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                super().setup()

            def finish(self) -> None:
                front._live.discard(self.request)
                with contextlib.suppress(OSError):
                    super().finish()
                # The server closes the socket it accepted, which wrap_socket has detached.
                self.request.close()

            def _serve(self) -> None:
                length = self.headers.get("Content-Length") or "0"
                if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > _LARGEST_BODY:
                    self.close_connection = True
                    self.send_error(413 if length.isdigit() and "Transfer-Encoding" not in self.headers else 411)
                    return
                body = self.rfile.read(int(length))
                if len(body) < int(length):  # the client hung up in the middle
                    self.close_connection = True
                    return
                names = {name.lower(): value for name, value in self.headers.items()}
                response = handler(Request(self.command, self.path, names, body))
                if response.drop:
                    self.close_connection = True
                    return
                self.send_response(response.status)
                for name, value in response.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(response.body)))
                self.end_headers()
                self.wfile.write(response.body)

            do_POST = do_GET = do_PUT = do_DELETE = do_HEAD = _serve

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: a request line is of no use to anybody here."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def process_request(self, request: Any, client_address: Any) -> None:
                if room.acquire(blocking=False):
                    super().process_request(request, client_address)
                else:
                    self.shutdown_request(request)

            def process_request_thread(self, request: Any, client_address: Any) -> None:
                try:
                    super().process_request_thread(request, client_address)
                finally:
                    room.release()

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that refuses our certificate or hangs up is what some tests are about."""

        self._server = Server((address, 0), Connection)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def drop_connections(self) -> None:
        """Close every connection that a client keeps open, as a server does that tires of waiting."""
        for connection in list(self._live):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop serving, and hang up on every client."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.drop_connections()

    def __enter__(self) -> TlsFront:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
