"""RequestsTransport over fakes of the three kinds of library."""

import sys

from checks import Skip, raises
from cognito_mp import CertificateError, Client, CognitoError
from cognito_mp.clock import sleep_ms
from cognito_mp.requests_transport import RequestsTransport
from cognito_mp.transports.connection_errors import ConnectError
from fakes import FakeClock

URL = "https://127.0.0.1:4566"
HEADERS = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "X.GetUser"}
REPLY = b'{"Username":"alice"}'
MICROPYTHON = sys.implementation.name == "micropython"
CIRCUITPYTHON = sys.implementation.name == "circuitpython"


class Socket:
    closed = False


class Raw:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int) -> bytes:
        data, self._data = self._data[:size], self._data[size:]
        return data


class Response:
    def __init__(self, session, status: int, headers: dict, body: bytes) -> None:
        self.status_code = status
        self.headers = headers
        self.raw = Raw(body)
        self.closed = False

    def close(self) -> None:
        self.closed = True


class WithPieces(Response):
    """As requests and adafruit_requests have it."""

    def iter_content(self, size: int):
        while True:
            piece = self.raw.read(size)
            if not piece:
                return
            yield piece


class Session:
    """A requests.Session, and on MicroPython the module requests."""

    kind = Response if MICROPYTHON else WithPieces

    def __init__(self, *replies) -> None:
        self.replies = list(replies)
        self.options: list = []
        self.sent: list = []
        self.responses: list = []
        self.raised: list = []

    def post(self, url, **options):
        self.options.append((url, options))
        return self.answer(options)

    def take(self, data) -> None:
        self.sent.append(data if isinstance(data, bytes) else data.read())

    def answer(self, options):
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            self.raised.append(reply)
            raise reply
        self.take(options["data"])
        status, headers, body = reply
        if "parse_headers" in options:
            parsed: dict = {}
            for name in headers:
                options["parse_headers"](("%s: %s\r\n" % (name, headers[name])).encode(), parsed)
            headers = parsed
        response = self.kind(self, status, headers, body)
        self.responses.append(response)
        return response


class Pool:
    """adafruit_connectionmanager's."""

    def __init__(self) -> None:
        self.closed: list = []

    def close_socket(self, socket) -> None:
        if socket.closed:
            raise RuntimeError("Socket not managed")
        socket.closed = True
        self.closed.append(socket)


class OutOfRetries(Exception):
    """As adafruit_requests has it: no OSError."""


class Adafruit(Session):
    """An adafruit_requests.Session, which sends a request twice when no reply comes."""

    kind = WithPieces

    def __init__(self, *replies) -> None:
        super().__init__(*replies)
        self._connection_manager = Pool()
        self._ssl_context = None
        self.socket = None

    def take(self, data) -> None:
        data.seek(0)
        assert len(data.read(4)) == 4  # is it binary?
        length = data.seek(0, 2)
        data.seek(0)
        sent, buffer = b"", bytearray(9)
        while True:
            size = data.readinto(buffer)
            if not size:
                break
            sent += bytes(buffer[:size])
        assert len(sent) == length
        self.sent.append(sent)

    def request(self, method, url, data, json, headers, **options):
        assert (method, json) == ("POST", None)
        options.update(data=data, headers=headers)
        self.options.append((url, options))
        for _ in range(2):
            try:
                response = self.answer(options)
            except OSError as error:
                if "no reply" in str(error):
                    self.take(options["data"])
                    self.replies.insert(0, error)
                continue
            if not self.socket or self.socket.closed:
                self.socket = Socket()
            response.socket = self.socket
            self._last_response = response
            return response
        raise OutOfRetries("Repeated socket failures")


BODY = b'{"Username": "not-me"}'


def transport(session, **named):
    return RequestsTransport(session, allow_unverified=True, **named)


def ok(body: bytes = REPLY, **headers):
    return 200, dict({"Content-Type": "application/x-amz-json-1.1", "Content-Length": str(len(body))}, **headers), body


def kinds(*replies):
    """A session of each kind that this Python may have."""
    return [Session(*replies)] if MICROPYTHON else [Session(*replies), Adafruit(*replies)]


def test_a_post():
    for session in kinds(ok()):
        status, headers, body = transport(session, timeout=7).post(URL, HEADERS, BODY)
        assert (status, bytes(body)) == (200, REPLY)
        assert headers == {"content-type": "application/x-amz-json-1.1", "content-length": "20"}
        url, options = session.options[0]
        assert url == URL and session.sent == [BODY] and options["timeout"] == 7
        for name in HEADERS:
            assert options["headers"][name] == HEADERS[name]
        assert session.responses[0].closed
        if not MICROPYTHON:  # its requests asks for no compression; those of CPython would, and adafruit's does not
            plain = "Accept-Encoding" in options["headers"]
            assert plain == (not isinstance(session, Adafruit)) and "Accept-Encoding" not in HEADERS


def test_a_reply_that_dribbles_in():
    class Slow(Session):
        def post(self, url, **options):
            response = super().post(url, **options)
            read = response.raw.read

            def slowly(size):
                sleep_ms(4)
                return read(1)

            response.raw.read = slowly
            return response

    error = raises(OSError, transport(Slow(ok()), timeout=0.02).post, URL, HEADERS, BODY)
    assert "no whole reply" in str(error)


def test_a_refusal_is_a_reply():
    for session in kinds((400, {"X-Amzn-ErrorType": "UserNotFoundException:"}, b"{}")):
        client = Client("eu-west-1", "client", endpoint=URL, transport=transport(session), clock=FakeClock())
        error = raises(CognitoError, client.call, "ForgotPassword", {"Username": "not-me"})
        assert error.code == "UserNotFoundException" and error.status == 400


def test_redirects_are_not_followed():
    moved = 302, {"Location": "https://example.com/", "Content-Length": "0"}, b""
    for session in kinds(moved):
        if MICROPYTHON:
            error = raises(OSError, transport(session).post, URL, HEADERS, BODY)
            assert "redirect" in str(error)
        else:
            assert transport(session).post(URL, HEADERS, BODY)[0] == 302
            assert session.options[0][1]["allow_redirects"] is False
        assert len(session.options) == 1


def test_no_more_than_128_kB_and_a_refresh_token_is_kept():
    for size, fits in ((32768, True), (131072, True), (131073, False)):
        for named in (True, False):
            text = b'{"RefreshToken":"r2","x":"' + b"x" * (size - 26)
            reply = ok(text) if named else (200, {}, text)
            for session in kinds(reply):
                if fits:
                    assert len(transport(session).post(URL, HEADERS, BODY)[2]) == size
                else:
                    error = raises(CognitoError, transport(session).post, URL, HEADERS, BODY)
                    assert error.code == "ReplyTooLarge" and error.refresh_token == "r2"
                assert session.responses[0].closed


def test_a_reply_cut_short():
    for session in kinds(ok(REPLY[:9], **{"Content-Length": "20"})):
        assert "cut short" in str(raises(OSError, transport(session).post, URL, HEADERS, BODY))


def test_only_https_or_this_machine():
    for session in kinds(ok()):
        for url in ("http://example.com", "ftp://127.0.0.1", "example.com"):
            raises(ValueError, transport(session).post, url, HEADERS, BODY)
        assert not session.options
        assert transport(session).post("http://127.0.0.1:4566", HEADERS, BODY)[0] == 200


def test_localhost_is_this_machine_whatever_the_resolver_says():
    class Watched(Session):
        def post(self, url, **options):
            urls.append(url)
            return super().post(url, **options)

    for url in ("http://localhost:4566", "http://localhost:4566/", "http://127.0.0.1:4566"):
        urls: list = []
        assert transport(Watched(ok())).post(url, HEADERS, BODY)[0] == 200
        assert urls == ["http://127.0.0.1:4566/"]


def test_a_header_with_a_line_end_is_named_and_sent_nowhere():
    for value in ("x\r\ny: z", "x\ny", "\r"):
        for session in kinds(ok()):
            assert "X-Watch" in str(raises(ValueError, transport(session).post, URL, {"X-Watch": value}, BODY))
            assert not session.options


def test_a_session_that_does_not_verify_is_refused():
    class Context:
        check_hostname = True
        verify_mode = 2

    class Unverified(Adafruit):
        _ssl_context = None

        def __init__(self, **named):
            super().__init__()
            self._ssl_context = Context()
            for name in named:
                setattr(self._ssl_context, name, named[name])

    careless = Session()
    careless.verify = False
    for session in [careless, Unverified(check_hostname=False), Unverified(verify_mode=0)]:
        assert "allow_unverified" in str(raises(ValueError, RequestsTransport, session))
        RequestsTransport(session, allow_unverified=True)
    assert "session" in str(raises(ValueError, RequestsTransport, object()))
    if not (MICROPYTHON or CIRCUITPYTHON):
        RequestsTransport(Unverified())
        RequestsTransport(Session())


def test_circuitpythons_own_context_checks():
    if not CIRCUITPYTHON:
        raise Skip("it is CircuitPython's")
    import ssl

    class OfTheRadio:
        """adafruit_connection_manager's _FakeSSLContext: the radio does TLS, and nobody here knows how."""

    session = Adafruit()
    for context in (ssl.create_default_context(), None):  # without one it can speak no https
        session._ssl_context = context
        RequestsTransport(session)
    for session._ssl_context in (OfTheRadio(), object()):
        assert "allow_unverified" in str(raises(ValueError, RequestsTransport, session))
    assert "allow_unverified" in str(raises(ValueError, RequestsTransport, Session()))


def test_micropythons_requests_is_known_not_to_verify():
    if not MICROPYTHON:
        raise Skip("it is MicroPython's")
    try:
        import requests
    except ImportError:
        raise Skip("no requests in this firmware")
    assert "allow_unverified" in str(raises(ValueError, RequestsTransport, requests))


def test_faults_are_of_the_kinds_that_a_client_knows():
    for fault, kind, words in (
        (OSError(111, "refused"), OSError, "refused"),
        (RuntimeError("An existing socket is already connected"), OSError, "already connected"),
        (ValueError("Unsupported protocol"), OSError, "Unsupported"),
        (OSError("certificate verify failed: self-signed certificate"), CertificateError, "self-signed"),
        (OSError(-0x2700), CertificateError, "refused"),
        (OSError(-12288, "MBEDTLS_ERR_X509_FATAL_ERROR"), CertificateError, "X509"),
        (OSError("MBEDTLS_ERR_X509_CERT_VERIFY_FAILED"), CertificateError, "X509"),
    ):
        session = Session(fault)
        error = raises(kind, transport(session).post, URL, HEADERS, BODY)
        assert words in str(error) and "not-me" not in str(error) + repr(error)
        # Nothing of the body was asked for, so nothing has left; MicroPython's requests does not tell.
        assert MICROPYTHON or isinstance(error, (ConnectError, CertificateError))


def test_a_mistake_and_an_exhausted_interpreter_are_no_fault_of_the_network():
    for mistake in (
        TypeError("unexpected keyword"),
        AttributeError("'NoneType' object has no attribute 'send'"),
        NameError("name 'socket' isn't defined"),
        KeyError("host"),
        ZeroDivisionError(),
        NotImplementedError("no IPv6"),
        MemoryError("memory allocation failed, allocating 17000 bytes"),
        RuntimeError("pystack exhausted"),
        RuntimeError("maximum recursion depth exceeded"),
    ):
        session = Session(mistake)
        client = Client("eu-west-1", "client", endpoint=URL, transport=transport(session), clock=FakeClock())
        assert raises(type(mistake), client.call, "ForgotPassword", {"Username": "not-me"}) is mistake
        assert len(session.options) == 1


def test_why_adafruit_gave_up_is_told():
    session = adafruit(OutOfRetries("Repeated socket failures"))
    if sys.implementation.name == "cpython":
        session.replies[0].__cause__ = OSError(104, "reset by peer")
    failure = raises(ConnectError, transport(session).post, URL, HEADERS, BODY)
    if sys.implementation.name == "cpython":  # and CircuitPython; the stand-in knows no causes
        assert failure.errno == 104 and "reset by peer" in str(failure)
        assert failure.__cause__ is session.raised[0]


def adafruit(*replies) -> Adafruit:
    if MICROPYTHON:
        raise Skip("adafruit_requests is for CircuitPython and CPython")
    return Adafruit(*replies)


def test_adafruit_does_not_send_a_request_twice():
    session = adafruit(OSError(5, "no reply"), OSError(5, "no reply"))
    error = raises(OSError, transport(session).post, URL, HEADERS, BODY)
    assert session.sent == [BODY] and not isinstance(error, ConnectError)


def test_adafruit_may_try_again_when_nothing_has_left():
    session = adafruit(OSError(104, "connection reset"), ok())
    assert transport(session).post(URL, HEADERS, BODY)[0] == 200
    assert session.sent == [BODY]
    session = adafruit(OSError(104, "connection reset"), OSError(104, "connection reset"))
    raises(ConnectError, transport(session).post, URL, HEADERS, BODY)
    assert not session.sent


def test_adafruits_connection_is_kept_until_close_or_a_fault():
    session = adafruit(ok(), ok(), ok(), ok(), ok(REPLY[:9], **{"Content-Length": "20"}))
    posts = transport(session)
    posts.post(URL, HEADERS, BODY)
    posts.post(URL, HEADERS, BODY)
    pool = session._connection_manager
    assert not pool.closed
    posts.close()
    posts.close()
    assert len(pool.closed) == 1
    posts.post(URL, HEADERS, BODY)
    session.socket.closed = True  # by the session itself
    posts.close()
    posts.post(URL, HEADERS, BODY)
    raises(OSError, posts.post, URL, HEADERS, BODY)
    assert len(pool.closed) == 2


def test_adafruits_connection_is_not_trusted_after_a_pause():
    session = adafruit(ok(), ok())
    posts = transport(session)
    posts.post(URL, HEADERS, BODY)
    posts._last -= 6000  # six seconds ago
    posts.post(URL, HEADERS, BODY)
    assert len(session._connection_manager.closed) == 1
