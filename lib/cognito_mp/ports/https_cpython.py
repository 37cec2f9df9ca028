"""CPython's sockets with the face of MicroPython's streams, for https.py: non-blocking, None where it would block."""

import sys

if sys.implementation.name == "circuitpython":
    raise ImportError("on CircuitPython give the Client transport=RequestsTransport(adafruit_requests.Session(...))")

import contextlib
import os
import selectors
import socket
import ssl

_IN, _OUT = 1, 4


def tls_context(root: bytes) -> ssl.SSLContext:
    """A TLS 1.2+ context that checks the server's name, and its chain against `root`, certificates in DER."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cadata=root)
    except ssl.SSLError as error:
        raise ValueError(f"cadata holds no certificate ({error.reason})") from error
    return context


class Stream:
    """A connection in the making, then made; `wants` is what its socket must be ready for next."""

    def __init__(self, sock, host: str, context: ssl.SSLContext | None) -> None:
        """`sock`: a socket that does not block, and is about to be connected to `host`."""
        self._sock = sock
        self.wants = 0
        self._context, self._host = context, host
        self._connected = False
        self._ahead = b""

    def _connect(self) -> bool:
        """True once TCP is connected (and TLS laid over it)."""
        if not self._connected:
            error = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                raise OSError(error, os.strerror(error))
            try:
                self._sock.getpeername()
            except OSError:
                self.wants = _OUT
                return False
            self._connected = True
            if self._context:
                self._sock = self._context.wrap_socket(
                    self._sock, server_hostname=self._host, do_handshake_on_connect=False
                )
        return True

    def _attempt(self, operation, *arguments):
        """What `operation` returns; None, and `wants` is set, where it would block."""
        try:
            self.wants = 0
            return operation(*arguments)
        except ssl.SSLWantReadError:
            self.wants = _IN
        except ssl.SSLWantWriteError:
            self.wants = _OUT
        except BlockingIOError:
            pass
        return None

    def write(self, view) -> int | None:
        return self._attempt(self._sock.send, view) if self._connect() else None

    def _receive(self, size: int) -> bytes | None:
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        return self._attempt(self._sock.recv, size)

    def read(self, size: int) -> bytes | None:
        return self._receive(size)

    def readinto(self, view) -> int | None:
        data = self._receive(len(view))
        if data is None:
            return None
        view[: len(data)] = data
        return len(data)

    def readline(self, size: int) -> bytes | None:
        data = self._receive(size)
        if data:
            end = data.find(b"\n") + 1
            if end:
                self._ahead = data[end:] + self._ahead
                return data[:end]
        return data

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        self._sock.close()


def connect(
    host: str,
    port: int,
    context: ssl.SSLContext | None,
    addresses: list,
    socket=socket,
    platform: str = sys.platform,
) -> tuple:
    """A connection in the making, inside TLS where there is a context; looking up the host blocks.

    addresses  getaddrinfo()'s tuples that are left to try, of which the first is taken; [] to have them looked up
    socket     the module, or its like
    platform   as sys.platform
    """
    if not addresses:
        # A resolver may know localhost by another address, or not at all.
        name = "127.0.0.1" if host == "localhost" else host
        try:
            addresses += socket.getaddrinfo(name, port, socket.AF_INET, socket.SOCK_STREAM)
        except OSError as error:
            from ..transports.ipv6 import getaddrinfo

            addresses += getaddrinfo(socket, name, port, error, platform)
    address = addresses.pop(0)
    sock = socket.socket(*address[:3])
    try:
        sock.setblocking(False)
        sock.setsockopt(6, getattr(socket, "TCP_NODELAY", 1), 1)  # IPPROTO_TCP; see transports/https.py
        with contextlib.suppress(BlockingIOError):
            sock.connect(address[-1])
    except BaseException:
        sock.close()
        raise
    return (Stream(sock, host, context),)


def wait(stream: Stream, flags: int, ms: int, selector=selectors.DefaultSelector) -> None:
    """Return when `stream` is ready or has failed, or after `ms` milliseconds.

    selector: for tests, a class of the module selectors, which knows how each system tells of a failure (on Windows,
    select() does so in its third set alone), and which takes descriptors of 1024 and more where the system does.
    """
    flags = stream.wants or flags
    events = (selectors.EVENT_READ if flags & _IN else 0) | (selectors.EVENT_WRITE if flags & _OUT else 0)
    with selector() as waiting:
        waiting.register(stream, events)
        waiting.select(ms / 1000)
