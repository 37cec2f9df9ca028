"""HttpsTransport over a stream that a test makes: what it keeps, closes, and tries again."""

from errno import ENOMEM

from checks import Skip, raises

try:
    from cognito_mp.transports.https import HttpsTransport
except ImportError as reason:
    raise Skip(str(reason))
from cognito_mp.transports.connection_errors import CertificateError, ConnectError
from fakes import FakeClock

URL = "http://127.0.0.1:80/"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n%s"


class FakeStream:
    """A connection whose server answers each request with the next of `replies`; `closed` counts."""

    def __init__(self, *replies) -> None:
        self.replies = list(replies)
        self.sent = self.ahead = b""
        self.closed = 0

    def write(self, view):
        self.sent += bytes(view)
        if self.replies:
            self.ahead += self.replies.pop(0)
        return len(view)

    def read(self, size):
        return self._taken(size)

    def _taken(self, size):
        if self.closed:
            raise OSError(9)
        data, self.ahead = self.ahead[:size], self.ahead[size:]
        return data or None

    def readline(self, size):
        end = self.ahead.find(b"\n") + 1
        return self._taken(min(size, end) if end else size)

    def readinto(self, view):
        data = self._taken(len(view))
        if data is None:
            return None
        view[: len(data)] = data
        return len(data)

    def close(self):
        self.closed += 1


class Connections:
    """A connect() that gives the next of `outcomes`: a FakeStream, or an exception to raise."""

    def __init__(self, *outcomes) -> None:
        self.outcomes = list(outcomes)
        self.asked = 0

    def __call__(self, host, port, context):
        self.asked += 1
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return (outcome,)


def transport(*outcomes):
    connections, clock = Connections(*outcomes), FakeClock()
    return HttpsTransport(10, None, clock, connections), connections, clock


def body(reply):
    return bytes(reply[2])


def test_a_connection_is_kept_and_used_again():
    stream = FakeStream(OK % b"{}", OK % b"[]")
    https, connections, _ = transport(stream)
    assert body(https.post(URL, {}, b"1")) == b"{}" and body(https.post(URL, {}, b"2")) == b"[]"
    assert connections.asked == 1 and not stream.closed


def test_what_was_broken_off_is_never_read_by_the_next_call():
    for steps in (1, 2):
        first, second = FakeStream(b"HTTP/1.1 2"), FakeStream(OK % b"[]")
        https, connections, _ = transport(first, second)
        exchange = https.exchange([URL, {}, b"1"])
        for _ in range(steps):
            next(exchange)  # it waits for the rest of the reply, and nobody asks it again, nor closes it
        first.ahead = (OK % b"{}")[10:]  # which comes after all
        assert body(https.post(URL, {}, b"2")) == b"[]"
        assert connections.asked == 2 and first.closed


def test_a_reply_that_ends_the_connection():
    for ending in (b"Connection: close", b"connection:Close", b"CONNECTION: keep-alive, Close"):
        first = FakeStream((OK % b"{}").replace(b"\r\nContent", b"\r\n" + ending + b"\r\nContent"))
        https, connections, _ = transport(first, FakeStream(OK % b"[]"))
        https.post(URL, {}, b"1")
        assert first.closed, ending
        assert body(https.post(URL, {}, b"2")) == b"[]" and connections.asked == 2
    first = FakeStream((OK % b"{}").replace(b"1.1", b"1.0"))
    https, _, _ = transport(first)
    https.post(URL, {}, b"1")
    assert first.closed, "HTTP/1.0"


def test_a_request_is_let_go_of_before_its_reply_is_read():
    stream = FakeStream(b"")
    https, _, _ = transport(stream)
    request = [URL, {}, b"1"]
    exchange = https.exchange(request)
    next(exchange)  # it waits for the reply
    assert request == [] and stream.sent.endswith(b"\r\n\r\n1")
    stream.ahead = OK % b"{}"
    try:
        next(exchange)
    except StopIteration as done:
        assert body(done.value) == b"{}"


def test_a_connection_that_was_idle_for_long_costs_one_new_one():
    first, second = FakeStream(OK % b"{}", OK % b"{}"), FakeStream(OK % b"[]")
    https, connections, clock = transport(first, second)
    https.post(URL, {}, b"1")
    clock.pass_time(51)
    assert body(https.post(URL, {}, b"2")) == b"[]"
    assert first.closed and connections.asked == 2


def test_replies_before_the_reply_are_dropped():
    for before in (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 3):
        https, _, _ = transport(FakeStream(before + OK % b"{}"))
        assert body(https.post(URL, {}, b"1")) == b"{}"


def test_a_reply_without_a_body():
    stream = FakeStream(b"HTTP/1.1 204 No Content\r\n\r\n", OK % b"{}")
    https, connections, _ = transport(stream)
    assert https.post(URL, {}, b"1")[0] == 204
    assert body(https.post(URL, {}, b"2")) == b"{}" and connections.asked == 1


def test_replies_whose_end_cannot_be_told_are_errors_and_end_the_connection():
    for head in (
        b"Content-Length: 2\r\nContent-Length: 3",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip, chunked",
        b"Content-Length: +2",
        b"Content-Length: -2",
        b"Content-Length: 2, 2",
        b"Content-Length: 2\r\nContent-Encoding: gzip",
        b"X: y\r\n" * 70 + b"Content-Length: 2",
    ):
        stream = FakeStream(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n{}{}")
        https, _, _ = transport(stream)
        raises(OSError, https.post, URL, {}, b"1")
        assert stream.closed, head
    stream = FakeStream((OK % b"{}").replace(b"\r\nC", b"\r\nContent-Length: 2\r\nC"))
    assert body(transport(stream)[0].post(URL, {}, b"1")) == b"{}", "twice the same length is one length"


def test_a_header_with_a_line_end_is_named_and_sent_nowhere():
    for value in ("x\r\ny: z", "x\ny", "\r"):
        https, connections, _ = transport(FakeStream())
        assert "X-Watch" in str(raises(ValueError, https.post, URL, {"X-Watch": value}, b"1"))
        assert not connections.asked


def test_tls_that_runs_out_of_memory_is_tried_once_more():
    for error in (
        OSError(16),
        OSError(-17040, "MBEDTLS_ERR_RSA_PUBLIC_FAILED+MBEDTLS_ERR_MPI_ALLOC_FAILED"),
        OSError(-32512),
        OSError(ENOMEM),
        OSError(-0x5180, "MBEDTLS_ERR_MD_ALLOC_FAILED"),
    ):
        https, connections, _ = transport(error, FakeStream(OK % b"{}"))
        assert body(https.post(URL, {}, b"1")) == b"{}" and connections.asked == 2
        https, connections, _ = transport(error, error)
        failure = raises(ConnectError, https.post, URL, {}, b"1")
        assert failure.errno == ENOMEM and "ESP-IDF" in str(failure) and connections.asked == 2
    # With one root memory was short, another is not this server's: each is a reason of its own to go on.
    stranger = ValueError("The certificate is not correctly signed by the trusted CA")
    https, connections, _ = transport(OSError(16), stranger, OSError(16), FakeStream(OK % b"{}"))
    assert body(https.post("https://127.0.0.1:80/", {}, b"1")) == b"{}" and connections.asked == 4
    https, connections, _ = transport(*[stranger] * 9)
    raises(CertificateError, https.post, "https://127.0.0.1:80/", {}, b"1")
    https, connections, _ = transport(OSError(111))
    raises(ConnectError, https.post, URL, {}, b"1")
    assert connections.asked == 1


class InterruptedStream(FakeStream):
    """Ctrl-C comes while it is closed, the first time."""

    def close(self):
        super().close()
        if self.closed == 1:
            raise KeyboardInterrupt

    def read(self, size):
        return None


def test_a_connection_that_ctrl_c_left_half_closed_is_not_used_again():
    https, connections, _ = transport(InterruptedStream(OK % b"a1"), FakeStream(OK % b"b2"))
    assert bytes(https.post(URL, {}, b"")[2]) == b"a1"
    raises(KeyboardInterrupt, https.close)
    assert bytes(https.post(URL, {}, b"")[2]) == b"b2" and connections.asked == 2
