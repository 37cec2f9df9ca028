"""Posts through an HTTP library that the application has already: adafruit_requests, requests or urequests.

    import adafruit_connection_manager, adafruit_requests, wifi     # CircuitPython
    pool = adafruit_connection_manager.get_radio_socketpool(wifi.radio)
    context = adafruit_connection_manager.get_radio_ssl_context(wifi.radio)
    client = Client(..., transport=RequestsTransport(adafruit_requests.Session(pool, context)))

Whom to trust is the library's affair: Client's `cadata` and `timeout` have no say here.
"""

import builtins
import gc
import sys
from errno import EIO

from ..clock import ticks_diff, ticks_ms
from ..errors import CognitoError
from ..protocol import split_url
from .connection_errors import CertificateError, ConnectError, words

_PYTHON = sys.implementation.name
_USUAL = 32768  # bytes of a reply that need no look at the memory
# Milliseconds for which a connection that adafruit_requests keeps is used again. It doesn't notice that the server
# has hung up until the request is gone, and a challenge answer can't be sent twice.
_FRESH = 5000


class _Body:
    """The body of a request as a file that is read once: adafruit_requests would send a lost request again.

    started  bool, something of it may have left
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self.started = False

    def read(self, size: int = -1) -> bytes:
        if size == 4 and not self._at:  # adafruit_requests looks whether a file is binary
            return self._data[:4]
        self.started = True
        start = self._at
        self._at = len(self._data) if size < 0 else min(start + size, len(self._data))
        return self._data[start : self._at]

    def readinto(self, buffer) -> int:
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        if self.started:
            raise OSError(EIO, "the request is not sent twice")
        self._at = offset + (len(self._data) if whence == 2 else 0)
        return self._at


class _Unended:
    """The socket of a chunked reply, whose end is a fault: adafruit_requests 4.1.17 would wait for more for ever.

    Source: Response._throw_away, https://github.com/adafruit/Adafruit_CircuitPython_Requests, line 230.
    """

    def __init__(self, socket) -> None:
        self._socket = socket

    def recv_into(self, buffer, size: int = 0) -> int:
        count = self._socket.recv_into(buffer, size)
        if not count:
            raise OSError(EIO, "reply cut short")
        return count


class RequestsTransport:
    """A transport for Client(transport=...), blocking.

    session           an adafruit_requests.Session (CircuitPython and CPython), a requests.Session (CPython), or
                      the module requests or urequests (MicroPython)
    allow_unverified  True to use a session that does not check certificates, as no requests or urequests on
                      MicroPython does, or of which that can't be told: whoever is on the way can then read passwords
                      and tokens
    timeout           seconds for each wait of the library's; the reply in all may take as long, and a refresh no longer
                      than lets three tries end within a minute

    Raises ValueError when the session does not check certificates. On CircuitPython it does when its context is of the
    firmware's own module ssl (a radio that does TLS by itself has another), unless that was given an empty `cadata`,
    which can't be seen from outside. The dates of certificates are not checked there.
    """

    def __init__(self, session, allow_unverified: bool = False, timeout: int = 20) -> None:
        if not hasattr(session, "post"):
            raise ValueError("session must be an adafruit_requests.Session, a requests.Session or the module requests")
        if not (allow_unverified or _verifies(session)):
            raise ValueError("this session does not check certificates: allow_unverified=True to use it nevertheless")
        self._session = session
        self._timeout = self._seconds = timeout
        self._pool = getattr(session, "_connection_manager", None)  # adafruit_requests
        self._socket = None  # that it keeps for us
        self._key: tuple | None = None  # under which it keeps that
        self._under_way = False  # a request was begun, and came to no end yet
        self._last = 0

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        """(status: int, headers: dict with lower-case names, body: bytearray of up to 128 kB). Follows no redirect.

        Raises ConnectError when nothing of the body was sent, CertificateError, OSError for any other fault of
        the network or of HTTP, and ValueError for a URL that is neither https nor loopback. Any other
        error goes through: MemoryError, "pystack exhausted", a mistake in a program.
        """
        return self.post_once([url, headers, body])

    def post_once(self, request: list) -> tuple:
        """post() for `request`, a list of its arguments, which is emptied. Client asks for this one.

        It may have a fourth member: seconds that this request may take at most.
        """
        url, headers, body, *most = request
        self._seconds = min(most + [self._timeout])
        request.clear()
        secure, host, port, path = split_url(url)
        if not secure:
            url = "http://127.0.0.1:%d%s" % (port, path)  # a resolver may know localhost by another address
        for name in headers:  # not every library looks
            if "\r" in headers[name] or "\n" in headers[name]:
                raise ValueError("the header %s has a line end in it" % name)
        if self._under_way or self._socket and not 0 <= ticks_diff(ticks_ms(), self._last) < _FRESH:
            self.close()
        if _PYTHON == "circuitpython":
            gc.collect()  # TLS wants 17 kB in one piece, and there is no gc.threshold() that would have kept them
        if self._pool:
            self._begin("https:" if secure else "http:", host if secure else "127.0.0.1", port)
        once = _Body(body)
        response = None
        try:
            if self._pool:
                # Not by its post(), nor in a function of ours: CircuitPython has 2 kB for all frames of a program.
                response = self._session.request(
                    "POST", url, once, None, headers, timeout=self._seconds, allow_redirects=False
                )
                self._socket = response.socket
            else:
                response = self._send(url, headers, body, once)
            reply = self._read(response)
            response.close()
            self._under_way = False
            response = None
            return reply
        except Exception as error:
            if isinstance(error, CognitoError) or not _is_the_networks(error):
                raise
            failure = _fault(error, host, _PYTHON == "micropython" or once.started)
        finally:
            self._last = ticks_ms()
            if response and not self._pool:
                response.close()
            if self._under_way:
                self.close()
        raise failure

    def close(self) -> None:
        """Drop the connection that adafruit_requests keeps; other sessions are their owner's to close."""
        if self._key and (self._under_way or self._socket):
            begun, self._under_way = self._under_way, True  # so that what is broken off here is done anew
            _drop(self._session, self._pool, self._key, self._socket, begun)
        self._socket = None
        self._under_way = False

    def _begin(self, protocol: str, host: str, port: int) -> None:
        """From now on what is registered for this server is ours to drop, unless somebody else is using it."""
        name = getattr(self._session, "_session_id", None)
        self._key = key = host, port, protocol, str(name) if name else None
        socket = getattr(self._pool, "_managed_socket_by_key", {}).get(key)
        self._under_way = socket is None or socket in getattr(self._pool, "_available_sockets", ())

    def _send(self, url: str, headers: dict, body: bytes, once: _Body):
        headers = dict(headers)
        if _PYTHON == "micropython":
            return self._session.post(
                url, data=body, headers=headers, timeout=self._seconds, parse_headers=_parse_header
            )
        headers["Accept-Encoding"] = "identity"
        return self._session.post(
            url, data=once, headers=headers, timeout=self._seconds, allow_redirects=False, stream=True
        )

    def _read(self, response) -> tuple:
        start = ticks_ms()
        headers = {name.lower(): response.headers[name] for name in response.headers}
        length = int(headers.get("content-length", -1))
        if _PYTHON == "circuitpython":
            gc.collect()
        search = _search(length)  # for a reply that is too large
        body = bytearray(0 if search else max(0, length))  # at once: what grows needs room for itself twice
        at = 0
        for piece in _pieces(response, length):
            if search:
                search.feed(piece)
            elif at + len(piece) > len(body):
                body = body[:at] + piece
            else:
                body[at : at + len(piece)] = piece
            at += len(piece)
            if at > length and not search and at > _USUAL:
                search = _search(at)
                if search:
                    search.feed(body)
                    body = bytearray()
            if search and (search.token or at > 524288):
                break
            if ticks_diff(ticks_ms(), start) > self._seconds * 1000:
                raise OSError(EIO, "no whole reply in %s s" % self._seconds)
        # A head that breaks off between two lines is taken for a whole one: then no length and no body came.
        lacks_body = length < 0 and "transfer-encoding" not in headers and response.status_code not in (204, 304)
        if search:
            from .large_replies import too_large

            raise too_large(max(at, length), search.token)
        if at < length or not at and lacks_body:
            raise OSError(EIO, "reply cut short")
        return response.status_code, headers, body


def _search(size: int):
    """A RefreshTokenSearch where there is no memory for a reply of `size` bytes, else None."""
    if size <= _USUAL:
        return None
    from .large_replies import RefreshTokenSearch, room

    return RefreshTokenSearch() if size > room() else None


def _drop(session, pool, key: tuple, socket, begun: bool) -> None:
    """Close the connection that `pool` keeps for the server of `key`: when a request of ours was `begun` in whatever
    state that has left it, else only while nobody is using it.

    A reply that breaks off in its head leaves it registered as in use, and each later request would be "An existing
    socket is already connected", for ever; adafruit_requests closes nothing there, and has no public name for it:
    https://github.com/adafruit/Adafruit_CircuitPython_Requests, 4.1.17, adafruit_requests.py, line 680 (`resp =
    Response(...)`, outside the `try`). Ctrl-C and MemoryError can break off its manager's own close_socket().
    """
    last = getattr(session, "_last_response", None)
    if last and begun:  # else it is the application's
        try:
            last.close()
        except RuntimeError:  # "Socket not managed": the application has closed all of them
            last.socket = None
    by_key = getattr(pool, "_managed_socket_by_key", {})
    socket = by_key.get(key, socket)
    if socket and (begun or socket in getattr(pool, "_available_sockets", (socket,))):
        try:
            pool.close_socket(socket)
        except (RuntimeError, KeyError, OSError):
            pass
        by_key.pop(key, None)
        getattr(pool, "_key_by_managed_socket", {}).pop(socket, None)
        getattr(pool, "_available_sockets", set()).discard(socket)


def _verifies(session) -> bool:
    """True when `session` checks certificates, as far as that can be told on this Python."""
    if _PYTHON == "micropython":
        return False
    context = getattr(session, "_ssl_context", session)
    if _PYTHON == "circuitpython":
        # Its own context checks chain and name whatever check_hostname says, which is False at first: wrap_socket() in
        # https://github.com/adafruit/circuitpython/blob/main/shared-module/ssl/SSLSocket.c sets VERIFY_REQUIRED.
        try:
            from ssl import SSLContext
        except ImportError:  # a board whose radio does TLS
            SSLContext = ()  # type: ignore[misc,assignment]  # noqa: N806  # none is of it
        return context is None or isinstance(context, SSLContext)  # without one it can speak no https
    checks = getattr(context, "check_hostname", True) and getattr(context, "verify_mode", True)
    return bool(checks and getattr(session, "verify", True))


def _parse_header(line: bytes, headers: dict) -> None:
    """What MicroPython's requests calls for each line of a reply's head; it would follow a redirect."""
    name, value = line.decode().split(":", 1)
    if name.lower() == "location":
        raise OSError(EIO, "redirects are not followed")
    headers[name.lower()] = value.strip()


def _pieces(response, length: int):
    """The body in pieces, a generator."""
    if hasattr(response, "iter_content"):
        if length < 0 and hasattr(response, "socket") and "transfer-encoding" in response.headers:
            yield from _chunks(response)
        else:
            yield from response.iter_content(512)
        return
    left = length if length >= 0 else 524289
    while left:
        piece = response.raw.read(min(left, 1024))
        if not piece:
            return
        left -= len(piece)
        yield piece


def _chunks(response):
    """The body of an adafruit_requests.Response that comes in chunks, a generator."""
    socket = response.socket
    response.socket = _Unended(socket)
    response.close = _nothing  # it would at the end, and give back what is not the manager's
    try:
        yield from response.iter_content(512)
    finally:
        response.socket = socket
        del response.close


def _nothing() -> None:
    pass


def _is_the_networks(error: Exception) -> bool:
    """False for a mistake in a program and for what the interpreter lacks: neither is mended by another try."""
    cause = getattr(error, "__cause__", None)
    if cause and not _is_the_networks(cause):
        return False
    if isinstance(error, RuntimeError):  # adafruit_requests has no other kind for much of what can go wrong
        text = str(error)
        return not ("pystack" in text or "recursion" in text or isinstance(error, NotImplementedError))
    if isinstance(error, (OSError, ValueError)):
        return True
    if _PYTHON == "micropython" and isinstance(error, IndexError):
        return True  # an older requests, of a status line that is not there
    # All other kinds of the language's own are mistakes; those that a library has made, as OutOfRetries, are not.
    return getattr(builtins, type(error).__name__, None) is not type(error)


def _fault(error: Exception, host: str, started: bool) -> OSError:
    """What happened, in the kinds of error that Client knows."""
    cause = getattr(error, "__cause__", None) or error  # of OutOfRetries
    text = words(cause) or words(error)
    number = cause.args[0] if cause.args and isinstance(cause.args[0], int) else EIO
    # The words of OpenSSL and of mbedtls, and mbedtls' numbers: 0x2700 (X509_CERT_VERIFY_FAILED) is a chain or a name
    # that was refused, and so is 0x3000 (X509_FATAL_ERROR), which CircuitPython's built-in roots say.
    if "certificate" in text.lower() or "CERT_VERIFY" in text or abs(number) in (0x2700, 0x3000):
        failure: OSError = CertificateError("certificate of %s refused: %s" % (host, text))
    elif started:
        failure = OSError(number, "no reply of %s: %s" % (host, text))
    else:
        failure = ConnectError(number, "can't connect to %s: %s" % (host, text))
    if _PYTHON == "cpython":  # elsewhere an exception can be given none
        failure.__cause__ = error
    return failure
