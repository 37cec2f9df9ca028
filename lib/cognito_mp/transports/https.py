"""The default transport: one verified TLS connection, HTTP/1.1 with keep-alive, bounded in bytes and in time.

Sockets never block: generators yield (stream, poll flags, milliseconds) where they have to wait, so
one deadline covers a whole request, and asyncio can drive the same code. The flags are 1 to read and
4 to write, as select.POLLIN and POLLOUT are on every port.
"""

import sys
from errno import EINPROGRESS, ETIMEDOUT

from .. import clock
from ..protocol import split_url

if sys.implementation.name == "micropython":
    import select
    import socket

    import tls

    def tls_context(root: bytes):
        """A context that checks the server's name, and its chain against `root`, a certificate in DER."""
        context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        context.verify_mode = tls.CERT_REQUIRED
        context.load_verify_locations(root)
        return context

    def connect(host: str, port: int, context) -> tuple:
        """(stream, socket): a connection in the making, inside TLS where there is a context.

        Looking up the host blocks, on every port; Cognito's endpoints are IPv4.
        """
        address = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)[0]
        sock = socket.socket(*address[:3])
        sock.setblocking(False)
        try:
            sock.connect(address[-1])
        except OSError as error:
            if error.errno != EINPROGRESS:
                raise
        if not context:
            return sock, sock
        # The first write does the handshake, as in asyncio's streams, so that it never blocks.
        return context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False), sock

    def wait(stream, flags: int, ms: int) -> None:
        """Return when `stream` is ready for `flags`, or after `ms` milliseconds."""
        poller = select.poll()
        poller.register(stream, flags)
        poller.poll(ms)

else:
    from ..ports.https_cpython import connect, tls_context, wait  # type: ignore[no-redef]  # CPython has its own


class HttpsTransport:
    """Posts over one connection, kept until close(), a failure or the server ends it.

    timeout  seconds for one request in all: connecting, TLS, sending, and the reply however slow
    cadata   bytes, one DER root or a PEM bundle; None for Amazon's roots
    clock    the module cognito_mp.clock, or any object with its functions
    """

    _origin: list
    _roots: tuple
    _streams: tuple

    def __init__(self, timeout: int = 10, cadata: bytes | None = None, clock=clock) -> None:
        self._timeout = timeout
        self._clock = clock
        self._context = None
        self._streams = self._roots = ()
        if cadata:
            self._roots = (cadata,)
            if cadata[:1] != b"0":  # the first byte of any certificate in DER
                from .pem import roots

                self._roots = roots(cadata)

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        """(status: int, headers: dict with lower-case names, body: bytes-like of up to 32 kB).

        Raises ConnectError when nothing was sent, CertificateError, OSError for any other fault of
        the network or of HTTP, and ValueError for a URL that is neither https nor loopback.
        """
        steps = self.exchange(url, headers, body)
        try:
            while True:
                wait(*next(steps))
        except StopIteration as done:
            return done.value

    def close(self) -> None:
        """Close the connection, if there is one."""
        # The TLS stream and its socket: after a failed handshake closing the stream leaves the socket open.
        for stream in self._streams:
            stream.close()
        self._streams = ()

    def exchange(self, url: str, headers: dict, body: bytes):
        """The steps of post(), a generator."""
        *origin, path = split_url(url)
        # Host as the URL has it: a signature (SigV4) covers it, and has no ":443".
        lines = "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n" % (path, url.split("/")[2], len(body))
        for name in headers:
            lines += "%s: %s\r\n" % (name, headers[name])
        head = lines.encode() + b"\r\n"
        # With two short writes Nagle's algorithm waits for the first one's acknowledgement; a long body is not copied.
        if len(body) < 1000:
            head += body
            body = b""
        self._start = self._clock.ticks_ms()
        keep = False
        try:
            if self._streams and self._origin == origin and self._is_open():
                yield from self._all(head)
            else:
                self._origin = origin
                yield from self._begin(head)
            yield from self._all(body)
            reply = yield from self._reply()
            keep = reply[1].get("connection") != "close"
            return reply
        finally:
            if not keep:
                self.close()

    def _is_open(self) -> bool:
        """False once the server has closed the connection: reading then gives an end or an error."""
        try:
            return self._streams[0].read(1) is None
        except OSError:
            return False

    def _begin(self, request: bytes):
        secure, host, port = self._origin
        if secure and not self._roots:
            from .amazon_roots import ROOTS

            self._roots = ROOTS
        self._sent = False
        # The context that served last, then one root at a time: MicroPython keeps them outside the GC heap.
        for root in (None,) + self._roots:
            self.close()
            if root:
                self._context = tls_context(root)
            elif secure and not self._context:
                continue
            try:
                if secure and not self._clock.is_set():
                    raise ValueError  # without words: https_faults has them
                self._streams = connect(host, port, secure and self._context)
                return (yield from self._all(request))
            except (ValueError, OSError) as error:
                if self._sent:
                    raise
                from .connection_errors import unopened

                failure = unopened(error, host)
        raise failure

    def _all(self, data, method: str = "write", flags: int = 4):
        view = memoryview(data)
        while view:
            view = view[(yield from self.call(method, view, flags)) :]
            self._sent = True
        return data

    def call(self, method: str, argument, flags: int = 1):
        """What `method` of the stream returns, a generator, once it need not wait.

        Raises OSError when the server is done, or has had its time.
        """
        stream = self._streams[0]
        while True:
            ms = self._timeout * 1000 - self._clock.ticks_diff(self._clock.ticks_ms(), self._start)
            if ms <= 0:
                raise OSError(ETIMEDOUT, "no whole reply in %s s" % self._timeout)
            value = getattr(stream, method)(argument)
            if value:
                return value
            if value is not None:
                raise OSError(5, "reply cut short")
            yield stream, flags, int(ms)

    def line(self):
        """One line of the reply's head, of up to 1 kB, without its end."""
        line = b""
        while line[-1:] != b"\n":
            # In small pieces: MicroPython allocates the most that it may read.
            line += yield from self.call("readline", len(line) < 1024 and 128)
        return line.strip()

    def _reply(self):
        headers: dict[str, str] = {}
        try:
            status = int((yield from self.line()).split()[1])
            while len(headers) < 64:
                line = yield from self.line()
                if not line:
                    break
                name, value = line.decode().split(":", 1)
                headers[name.lower()] = value.strip()
            if "content-length" in headers:
                body = yield from self.sized(int(headers["content-length"]))
            else:
                from .http_bodies import unsized

                body = yield from unsized(self, headers)
            return status, headers, body
        except (ValueError, IndexError):
            raise OSError(5, "no HTTP reply")

    def sized(self, length: int, before: int = 0):
        """`length` bytes of the reply, a generator, when they and the `before` bytes before them fit in 32 kB."""
        if not 0 <= length <= 32768 - before:
            raise OSError(5, "over 32 kB")
        return (yield from self._all(bytearray(length), "readinto", 1))
