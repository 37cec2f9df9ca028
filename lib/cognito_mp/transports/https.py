"""The default transport: one verified TLS connection, HTTP/1.1 with keep-alive, bounded in bytes and in time.

Sockets never block: generators yield (stream, poll flags, milliseconds) where they have to wait, so
one deadline covers a whole request, and asyncio can drive the same code. The flags are 1 to read and
4 to write, as select.POLLIN and POLLOUT are on every port.
"""

import sys
from errno import EINPROGRESS, EIO, ETIMEDOUT

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

    def connect(host: str, port: int, context, addresses: list, socket=socket) -> tuple:
        """(stream, socket): a connection in the making, inside TLS where there is a context.

        addresses  getaddrinfo()'s tuples that are left to try, of which the first is taken; [] to have them looked up
        socket     the module, or its like

        Looking up the host blocks, on every port.
        """
        if not addresses:
            # A resolver may know localhost by another address, or not at all.
            name = "127.0.0.1" if host == "localhost" else host
            try:
                addresses += socket.getaddrinfo(name, port, socket.AF_INET, socket.SOCK_STREAM)
            except OSError as error:
                from .ipv6 import getaddrinfo

                addresses += getaddrinfo(socket, name, port, error)
        address = addresses.pop(0)
        try:
            sock = socket.socket(*address[:3])
        except OSError:  # on rp2 ENOMEM, which would be taken for a lack of memory for TLS
            raise OSError(23)  # ENFILE: second_tries has the words
        try:
            sock.setblocking(False)
            # Nagle's algorithm would hold a part of each handshake until the server has acknowledged what came before.
            # The option's number is lwIP's own where modlwip.c is the port's socket (0x40), elsewhere it is 1.
            sock.setsockopt(6, getattr(socket, "TCP_NODELAY", 1), 1)  # IPPROTO_TCP
            try:
                sock.connect(address[-1])
            except OSError as error:
                if error.errno != EINPROGRESS:
                    raise
            if not context:
                return sock, sock
            # The first write does the handshake, as in asyncio's streams, so that it never blocks.
            return context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False), sock
        except BaseException:  # a socket without an owner stays open: no finalizer can be relied on
            sock.close()
            raise

    def wait(stream, flags: int, ms: int) -> None:
        """Return when `stream` is ready for `flags`, or after `ms` milliseconds."""
        poller = select.poll()
        poller.register(stream, flags)
        poller.poll(ms)

else:
    from ..ports.https_cpython import connect, tls_context, wait  # type: ignore[no-redef]  # CPython has its own


class HttpsTransport:
    """Posts over one connection, kept until close(), a failure or the server ends it.

    It is idle from the end of a whole reply until the next request begins. A connection that is not idle has been
    broken off (Ctrl-C, a cancelled task), and is closed before it could be used again.

    timeout  seconds for a reply, however slow it comes, once its request has left. Connecting, TLS and sending have as
             many for themselves, up to ten, or half of it where that is more
    cadata   bytes, one DER root or a PEM bundle; None for Amazon's roots
    clock    the module cognito_mp.clock, or any object with its functions
    connect  connect(host, port, TLS context or None, addresses: list) -> (stream, ...), for tests
    """

    def __init__(self, timeout: int = 20, cadata: "bytes | None" = None, clock=clock, connect=connect) -> None:
        # Empty for Amazon's.
        self.roots: tuple = () if cadata is None else (cadata,)
        self.root: bytes | None = None  # the one that served last
        self.timeout = timeout
        self.clock = clock
        self.connect = connect
        self._origin: list = []
        self._streams: tuple = ()
        self._idle_since: int | None = None  # in ticks; None while it is not idle
        # "0" is the first byte of any certificate in DER.
        if cadata is not None and not (isinstance(cadata, bytes) and cadata[:1] == b"0"):
            from .pem import roots

            self.roots = roots(cadata)

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        """(status: int, headers: dict with lower-case names, body: bytes-like of up to 128 kB).

        Raises ConnectError when nothing was sent, CertificateError, OSError for any other fault of
        the network or of HTTP, CognitoError with code ReplyTooLarge, and ValueError for a URL that is neither
        https nor loopback.
        """
        return self.post_once([url, headers, body, 9999])

    def post_once(self, request: list) -> tuple:
        """post() for `request`, its arguments and the seconds that it may take in all.

        A list, which is emptied as soon as it can be: its kilobytes are wanted for the reply.
        """
        steps = self.exchange(request)
        try:
            while True:
                wait(*next(steps))
        except StopIteration as done:
            return done.value
        finally:
            steps.close()

    def close(self) -> None:
        """Close the connection, if there is one."""
        self._idle_since = None  # first: wherever Ctrl-C comes, what is half closed is not used again
        # The TLS stream and its socket: after a failed handshake closing the stream leaves the socket open.
        for stream in self._streams:
            stream.close()
        self._streams = ()

    # Generators, for post() and its like; those without an underscore are for the modules of rare cases too

    def exchange(self, request: list):
        """The steps of post_once()."""
        url, headers, body, most = request
        *origin, path = split_url(url)
        # Host as the URL has it: a signature (SigV4) covers it, and has no ":443".
        head = "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n" % (path, url.split("/")[2], len(body))
        for name in headers:
            value = headers[name]
            if "\r" in value or "\n" in value:
                raise ValueError("the header %s has a line end in it" % name)
            head += "%s: %s\r\n" % (name, value)
        # In one piece: with two short writes Nagle's algorithm waits for the first one's acknowledgement.
        self._message: bytes | None = (head + "\r\n").encode() + body  # until it has left
        del head, headers, body
        request.clear()
        self.start = self.clock.ticks_ms()
        idle_since, self._idle_since = self._idle_since, None
        most *= 1000
        timeout = self.timeout * 1000
        # Public are what the modules of rare cases read.
        self.most = min(most, max(timeout // 2, min(timeout, 10000)))  # milliseconds from start on
        keep = False
        try:
            if self._origin == origin and self._is_open(idle_since):
                yield from self.all("write", self._message)
            else:
                self._origin = origin
                yield from self._begin()
            self._message = None
            self.most = min(most, timeout + self.clock.ticks_diff(self.clock.ticks_ms(), self.start))
            reply = yield from self._reply()
            keep = reply[3]
            return reply[:3]
        finally:
            self._message = None
            if keep:
                self._idle_since = self.clock.ticks_ms()
            else:
                self.close()

    def _is_open(self, idle_since: "int | None") -> bool:
        """False when the connection was not idle, or for too long, or the server has closed it."""
        # 50 seconds: AWS closes idle ones after about a minute, and a link that has gone silently (a Wi-Fi that has
        # changed) shows only when a request is lost in it.
        if idle_since is None or self.clock.ticks_diff(self.start, idle_since) > 50000:
            return False
        try:
            # Reading gives an end or an error once the server has closed it.
            return self._streams[0].read(1) is None
        except OSError:
            return False

    def _begin(self):
        """Open a connection with the root that served last, or else the likely one, and send the request."""
        self.sent = False  # a byte of the request has left
        self.addresses: list = []  # of the host, that are left to try
        root = self.root
        if self._origin[0] and not root:
            roots = self.roots
            if not roots:
                from .amazon_roots import ROOTS

                roots = ROOTS
            root = roots[0]
        try:
            yield from self.open(root)
        except (ValueError, OSError) as error:
            if self.sent:
                raise
            from .second_tries import opened

            yield from opened(self, self._origin, root, error)

    def open(self, root: "bytes | None"):
        """Open a connection to a server that `root` vouches for, None for http, and send the request."""
        self.close()
        secure, host, port = self._origin
        if secure and not self.clock.is_set():
            raise ValueError  # second_tries has the words
        # A context is not kept: it and the root in it are kilobytes, on ESP32 and unix outside the GC heap, which the
        # system is short of, and on other ports in it.
        context = tls_context(root) if secure else None  # type: ignore[arg-type]  # https has a root
        self._streams = self.connect(host, port, context, self.addresses)
        if self.addresses:
            from .second_tries import patience

            yield from patience(self, self._streams[-1])
        yield from self.all("write", self._message)
        self.root = root

    def all(self, method: str, data):
        """`data`, once `method` of the stream has written all of it, or filled it."""
        view = memoryview(data)
        while view:
            view = view[(yield from self.call(method, view)) :]
            self.sent = True
        return data

    def call(self, method: str, data):
        """What `method` of the stream returns for `data` (a buffer, or a number of bytes), once it need not wait.

        Raises OSError when the server is done, or has had its time.
        """
        stream = self._streams[0]
        while True:
            ms = self.most - self.clock.ticks_diff(self.clock.ticks_ms(), self.start)
            if ms <= 0:
                raise OSError(ETIMEDOUT, "no whole reply in %s s" % self.timeout)
            value = getattr(stream, method)(data)
            if value:
                return value
            if value is not None:
                raise OSError(EIO, "reply cut short")
            yield stream, 4 if method == "write" else 1, int(ms)

    def line(self):
        """One line of the reply's head, of up to 4 kB, without its end."""
        line = b""
        while line[-1:] != b"\n":
            if len(line) > 4352:
                raise ValueError  # an endless head; _reply() has the words
            # In small pieces: MicroPython allocates the most that it may read.
            line += yield from self.call("readline", 128)
        return line.strip()

    def _reply(self):
        """(status, headers, body, keep: bool)."""
        try:
            keep, status, headers = yield from self.head()
            length = headers.get("content-length", "")
            if status < 200 or not length.isdigit() or "transfer-encoding" in headers or "content-encoding" in headers:
                from .unusual_replies import whole

                return (yield from whole(self, keep, status, headers))
            return status, headers, (yield from self.sized(int(length))), keep
        except ValueError:
            raise OSError(EIO, "no HTTP reply")

    def head(self):
        """(keep: bool, status: int, headers: dict with lower-case names) of a reply; keep: the server listens on."""
        version, status = (yield from self.line()).split()[:2]
        headers: dict[str, str] = {}
        left = 8192  # bytes: what a board can hold, and more than any head that is known of
        while left > 0:
            line = yield from self.line()
            left -= len(line) + 120  # what a name and a value take besides
            if not line:
                keep = version == b"HTTP/1.1" and "close" not in headers.get("connection", "").lower()
                return keep, int(status), headers
            name, value = line.decode().split(":", 1)
            name, value = name.lower(), value.strip()
            # One that comes twice is a list (RFC 9110, 5.3), and two lengths are no length.
            if headers.get(name, value) != value:
                value = headers[name] + ", " + value
            headers[name] = value
        raise ValueError  # an endless head; _reply() has the words

    def sized(self, n: int):
        """`n` bytes of the reply."""
        if n > 8192:
            from .large_replies import sized

            return (yield from sized(self, n))
        return (yield from self.all("readinto", bytearray(n)))
