"""HttpsTransport over a stream that a test makes: what it keeps, closes, and tries again."""

from errno import EIO, ENOMEM, ETIMEDOUT

from checks import Skip, raises

try:
    from cognito_mp.transports.https import HttpsTransport
except ImportError as reason:
    raise Skip(str(reason))
from cognito_mp.transports.amazon_roots import ROOTS
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

    def __call__(self, host, port, context, addresses):
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
        exchange = https.exchange([URL, {}, b"1", 9999])
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
    request = [URL, {}, b"1", 9999]
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


HTTPS = "https://127.0.0.1:80/"


def test_a_bundle_is_tried_to_its_end_whatever_one_root_is_refused_for():
    """The words are mbedtls': an anchor that has expired, one that is not valid yet, a chain that is cross-signed."""
    stranger = ValueError("The certificate is not correctly signed by the trusted CA")
    expired = ValueError("The certificate validity has expired")
    for refusals in (
        [expired],
        [stranger, expired],
        [expired, ValueError("The certificate validity starts in the future"), stranger],
        [ValueError("unknown critical extension"), stranger, stranger, expired],
    ):
        https, connections, _ = transport(*(refusals + [FakeStream(OK % b"{}")]))
        assert body(https.post(HTTPS, {}, b"1")) == b"{}" and connections.asked == len(refusals) + 1
    # What says most is told, also where time or the network ends in the middle.
    for last in ([stranger], [OSError(113)]):
        https, _, _ = transport(*[stranger, expired, stranger, stranger] + last)
        assert "has expired" in str(raises(CertificateError, https.post, HTTPS, {}, b"1"))
    https, _, _ = transport(stranger, OSError(113))
    raises(ConnectError, https.post, HTTPS, {}, b"1")
    # The name is no better for another root.
    https, connections, _ = transport(
        ValueError("The certificate Common Name (CN) does not match with the expected CN")
    )
    raises(CertificateError, https.post, HTTPS, {}, b"1")
    assert connections.asked == 1


def test_numbers_of_a_failed_look_up_are_neither_errno_nor_memory():
    """lwIP's err_t on rp2, its EAI_* on ESP32, the C library's on a computer; the unix port says it in words."""
    unix = OSError("[addrinfo error -2]")
    for number in (-2, -3, -6, -12, -16, -200, -201, -202, -203, -204, 202):
        https, connections, _ = transport(OSError(number))
        error = raises(ConnectError, https.post, HTTPS, {}, b"1")
        assert connections.asked == 1 and error.errno == EIO, number
        assert "look up 127.0.0.1 (%d)" % number in str(error) and "memory" not in str(error), error
    error = raises(ConnectError, transport(unix)[0].post, HTTPS, {}, b"1")
    assert "look up 127.0.0.1" in str(error) and error.errno == EIO


def test_an_error_is_told_once():
    for error in (OSError(111, "refused"), OSError("refused")):
        words = str(raises(ConnectError, transport(error)[0].post, URL, {}, b"1"))
        assert words.count("refused") == 1 and words.count("Errno") <= 1, words


def test_a_socket_that_the_pool_has_not_got_is_no_lack_of_memory():
    https, connections, _ = transport(OSError(23), FakeStream(OK % b"{}"))
    assert body(https.post(HTTPS, {}, b"1")) == b"{}" and connections.asked == 2, "a lost one goes back to the pool"
    https, connections, _ = transport(OSError(23), OSError(23))
    error = raises(ConnectError, https.post, HTTPS, {}, b"1")
    assert error.errno == 23 and "no socket is left" in str(error) and "memory" not in str(error)
    assert connections.asked == 2


INVALID = "invalid cert"  # what MicroPython says of any root that it can't parse, for want of memory too


def test_a_root_that_is_one_and_cannot_be_read_is_a_lack_of_memory():
    https, connections, _ = transport(ValueError(INVALID), FakeStream(OK % b"{}"))
    assert body(https.post(HTTPS, {}, b"1")) == b"{}" and connections.asked == 2
    https, connections, _ = transport(ValueError(INVALID), ValueError(INVALID))
    error = raises(ConnectError, https.post, HTTPS, {}, b"1")
    assert error.errno == ENOMEM and "memory" in str(error) and connections.asked == 2
    # The others of Amazon's are as good.
    stranger = ValueError("The certificate is not correctly signed by the trusted CA")
    https, connections, _ = transport(stranger, ValueError(INVALID), FakeStream(OK % b"{}"))
    assert body(https.post(HTTPS, {}, b"1")) == b"{}" and connections.asked == 3


def test_a_root_of_the_callers_that_cannot_be_read():
    def with_root(*outcomes):
        connections = Connections(*outcomes)
        return HttpsTransport(10, ROOTS[1], FakeClock(), connections), connections

    https, connections = with_root(ValueError(INVALID), FakeStream(OK % b"{}"))
    assert body(https.post(HTTPS, {}, b"1")) == b"{}" and connections.asked == 2
    https, connections = with_root(ValueError(INVALID), ValueError(INVALID))
    error = raises(CertificateError, https.post, HTTPS, {}, b"1")
    assert "cadata" in str(error) and "memory" in str(error) and connections.asked == 2
    # By it a server was trusted before, so it is one.
    first = FakeStream((OK % b"{}").replace(b"1.1", b"1.0"))
    https, connections = with_root(first, ValueError(INVALID), ValueError(INVALID))
    assert body(https.post(HTTPS, {}, b"1")) == b"{}"
    assert raises(ConnectError, https.post, HTTPS, {}, b"1").errno == ENOMEM and connections.asked == 3


class SlowStream(FakeStream):
    """A connection whose server says the next byte when a test has it say one."""

    def write(self, view):
        self.sent += bytes(view)
        return len(view)


def test_one_time_limit_is_for_a_whole_request():
    """However steadily bytes come: in the head, in the body, in chunks, in a body without a length."""
    for head in (
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n384\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
    ):
        stream = SlowStream()
        https, _, clock = transport(stream)
        steps = https.exchange([URL, {}, b"1", 9999])
        stream.ahead = head
        waited = 0
        try:
            while True:
                _, _, ms = next(steps)
                assert 0 < ms <= 10000 - waited * 1000, (head, ms, waited)
                assert waited < 10, "it waits for longer than its time"
                clock.pass_time(1)
                waited += 1
                stream.ahead += b"x"
        except OSError as error:
            assert error.errno == ETIMEDOUT and "no whole reply in 10 s" in str(error), error
        assert waited == 10 and stream.closed, head


def test_the_time_limit_is_one_for_head_and_body_and_chunks():
    for reply in (
        OK % b"{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK % b"{}",
    ):
        for at in range(len(reply)):
            stream = SlowStream()
            https, _, clock = transport(stream)
            steps = https.exchange([URL, {}, b"1", 9999])
            next(steps)
            clock.pass_time(6)  # what comes then is in time, and no reason to wait for another ten seconds
            stream.ahead = reply[:at]
            next(steps)
            clock.pass_time(4)
            stream.ahead += reply[at:-1]
            assert raises(OSError, next, steps).errno == ETIMEDOUT and stream.closed, reply[:at]


def test_a_reply_has_its_time_for_itself():
    """A Lambda trigger takes 11 seconds, or 15, after a handshake that took nine; a refresh has a limit in all."""
    for limit, waits in ((18, 9), (9999, 20)):
        stream, clock = SlowStream(), FakeClock()
        connections = Connections(stream)

        def slow(*given, clock=clock, connections=connections):
            clock.pass_time(9)
            return connections(*given)

        steps = HttpsTransport(20, None, clock, slow).exchange([URL, {}, b"1", limit])
        assert next(steps)[2] == waits * 1000
        clock.pass_time(waits - 1)
        stream.ahead = (OK % b"{}")[:-1]
        assert next(steps)[2] == 1000
        stream.ahead = b"}"
        try:
            next(steps)
        except StopIteration as done:
            assert body(done.value) == b"{}"


class Unconnected(FakeStream):
    """A connection in the making, for ever."""

    def write(self, view):
        return None


def test_connecting_has_ten_seconds_or_half_of_a_longer_time():
    for timeout, seconds in ((20, 10), (5, 5), (60, 30)):
        clock = FakeClock()
        steps = HttpsTransport(timeout, None, clock, Connections(Unconnected())).exchange([URL, {}, b"1", 9999])
        assert next(steps)[2] == seconds * 1000
        clock.pass_time(seconds)
        assert "no answer" in str(raises(ConnectError, next, steps))


class Unwritable(FakeStream):
    """A connection that takes a byte a second: so does a handshake that goes on for ever."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock

    def write(self, view):
        self.clock.pass_time(1)
        return 1


def test_the_time_limit_is_for_sending_too():
    clock = FakeClock()
    stream = Unwritable(clock)
    https = HttpsTransport(10, None, clock, Connections(stream))
    start = clock.true_ms
    error = raises(OSError, https.post, URL, {}, b"1" * 900)
    assert error.errno == ETIMEDOUT and clock.true_ms - start == 10000 and stream.closed


def test_a_head_is_no_longer_than_any_that_a_server_sends():
    for line, number_of_lines in (
        (b"X-%d: " + b"x" * 900, 63),
        (b"X-%d: " + b"x" * 900, 9),
        (b"X%d: y", 68),
        (b"X-%d: " + b"x" * 4500, 1),
        (b"X-%d: " + b"x" * 4096, 2),
    ):
        lines = b"".join([line % number + b"\r\n" for number in range(number_of_lines)])
        https, _, _ = transport(FakeStream(b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 2\r\n\r\n{}"))
        assert "no HTTP reply" in str(raises(OSError, https.post, URL, {}, b"1"))
    line = b"Set-Cookie: " + b"x" * 4096  # of somebody's proxy
    head = b"HTTP/1.1 200 OK\r\n" + line + b"\r\nContent-Length: 2\r\n\r\n{}"
    assert body(transport(FakeStream(head))[0].post(URL, {}, b"1")) == b"{}"
    lines = b"".join([b"X-%d: " % number + b"y" * 200 + b"\r\n" for number in range(20)])
    head = b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 2\r\n\r\n{}"
    assert body(transport(FakeStream(head))[0].post(URL, {}, b"1")) == b"{}"


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
