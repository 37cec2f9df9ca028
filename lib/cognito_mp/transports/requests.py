"""Posts through an HTTP library that the application has already: adafruit_requests, requests or urequests.

    import adafruit_connection_manager, adafruit_requests, wifi     # CircuitPython
    pool = adafruit_connection_manager.get_radio_socketpool(wifi.radio)
    context = adafruit_connection_manager.get_radio_ssl_context(wifi.radio)
    client = Client(..., transport=RequestsTransport(adafruit_requests.Session(pool, context)))

Whom to trust is the library's affair: Client's `cadata` and `timeout` have no say here.
"""

import sys
from errno import EIO

from ..clock import ticks_diff, ticks_ms
from ..protocol import split_url
from .connection_errors import CertificateError, ConnectError, words

_LIMIT = 32768
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


class RequestsTransport:
    """A transport for Client(transport=...), blocking.

    session           an adafruit_requests.Session (CircuitPython and CPython), a requests.Session (CPython), or
                      the module requests or urequests (MicroPython)
    allow_unverified  True to use a session that does not check certificates, as no requests or urequests on
                      MicroPython does: whoever is on the way can then read passwords and tokens
    timeout           seconds for each wait of the library's; the reply in all may take as long

    Raises ValueError when the session does not check certificates.
    """

    def __init__(self, session, allow_unverified: bool = False, timeout: int = 10) -> None:
        if not hasattr(session, "post"):
            raise ValueError("session must be an adafruit_requests.Session, a requests.Session or the module requests")
        if not (allow_unverified or _verifies(session)):
            raise ValueError("this session does not check certificates: allow_unverified=True to use it nevertheless")
        self._session = session
        self._timeout = timeout
        self._pool = getattr(session, "_connection_manager", None)  # adafruit_requests
        self._socket = None
        self._last = 0

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        """(status: int, headers: dict with lower-case names, body: bytes of up to 32 kB). Follows no redirect.

        Raises ConnectError when nothing of the body was sent, CertificateError, OSError for any other fault of
        the network or of HTTP, and ValueError for a URL that is neither https nor loopback.
        """
        secure, host, port, path = split_url(url)
        if not secure:
            url = "http://127.0.0.1:%d%s" % (port, path)  # a resolver may know localhost by another address
        for name in headers:  # not every library looks
            if "\r" in headers[name] or "\n" in headers[name]:
                raise ValueError("the header %s has a line end in it" % name)
        if self._socket and not 0 <= ticks_diff(ticks_ms(), self._last) < _FRESH:
            self.close()
        once = _Body(body)
        response = None
        whole = False
        try:
            response = self._send(url, headers, body, once)
            if self._pool:
                self._socket = response.socket
            names = {name.lower(): response.headers[name] for name in response.headers}
            reply = response.status_code, names, self._read(response, names)
            whole = True
            return reply
        except Exception as error:  # adafruit_requests has kinds of its own, which can't be named here
            if isinstance(error, (MemoryError, TypeError)):
                raise
            failure = _fault(error, host, sys.implementation.name == "micropython" or once.started)
        finally:
            self._last = ticks_ms()
            if response:
                response.close()
            if not whole:
                self.close()
        raise failure

    def close(self) -> None:
        """Drop the connection that adafruit_requests keeps; other sessions are their owner's to close."""
        if self._socket:
            try:
                self._pool.close_socket(self._socket)
            except RuntimeError:
                pass  # the session has closed it
        self._socket = None

    def _send(self, url: str, headers: dict, body: bytes, once: _Body):
        headers = dict(headers)
        if sys.implementation.name == "micropython":
            return self._session.post(
                url, data=body, headers=headers, timeout=self._timeout, parse_headers=_parse_header
            )
        options = {"data": once, "headers": headers, "timeout": self._timeout, "allow_redirects": False}
        if not self._pool:
            headers["Accept-Encoding"] = "identity"
            options["stream"] = True
        return self._session.post(url, **options)

    def _read(self, response, headers: dict) -> bytes:
        start = ticks_ms()
        length = int(headers.get("content-length", -1))
        body = b""
        for piece in _pieces(response, length):
            body += piece
            if len(body) > _LIMIT:
                raise OSError(EIO, "more than 32 kB")
            if ticks_diff(ticks_ms(), start) > self._timeout * 1000:
                raise OSError(EIO, "no whole reply in %s s" % self._timeout)
        if len(body) < length:
            raise OSError(EIO, "reply cut short")
        return body


def _verifies(session) -> bool:
    """False when `session` plainly does not check certificates."""
    if sys.implementation.name == "micropython":
        return False
    context = getattr(session, "_ssl_context", None)
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
        yield from response.iter_content(1024)
        return
    left = length if length >= 0 else _LIMIT + 1
    while left:
        piece = response.raw.read(min(left, 1024))
        if not piece:
            return
        left -= len(piece)
        yield piece


def _fault(error: Exception, host: str, started: bool) -> OSError:
    """What happened, in the kinds of error that Client knows."""
    text = words(error)
    number = error.args[0] if error.args and isinstance(error.args[0], int) else EIO
    # The words of OpenSSL and of mbedtls, and mbedtls' number: 0x2700 is a chain or a name that was refused.
    if "certificate" in text.lower() or "CERT_VERIFY" in text or number in (-0x2700, 0x2700):
        return CertificateError("certificate of %s refused: %s" % (host, text))
    if not started:
        return ConnectError(number, "can't connect to %s: %s" % (host, text))
    return OSError(number, "no reply of %s: %s" % (host, text))
