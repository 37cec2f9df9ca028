"""A host is looked up by IPv4, and by IPv6 only where that gave nothing and a second look-up can give something.

Every address that comes of it is tried, within the time that connecting has.
"""

from errno import ECONNREFUSED, ETIMEDOUT

from checks import Skip, raises

try:
    from cognito_mp.transports.https import HttpsTransport, connect
except ImportError as reason:
    raise Skip(str(reason))
from cognito_mp.protocol import split_url
from cognito_mp.transports.connection_errors import ConnectError
from cognito_mp.transports.ipv6 import getaddrinfo
from cognito_mp.transports.second_tries import opened
from fakes import FakeClock

V4, V6 = 2, 10
NO_NAME, TRY_AGAIN = -2, -3  # EAI_NONAME, EAI_AGAIN of the C library: netdb.h


class FakeSocket:
    def __init__(self, sockets, family, kind, proto) -> None:
        assert (kind, proto) == (1, 6), "as the look-up said"
        self.sockets, self.family = sockets, family

    def setblocking(self, blocks) -> None:
        assert not blocks

    def setsockopt(self, *option) -> None:
        self.sockets.options.append(option)

    def connect(self, address) -> None:
        self.sockets.connected.append((self.family, address))

    def close(self) -> None:
        pass


class FakeSockets:
    """The module `socket`; `answers`: by family, a list of addresses, or an exception to raise."""

    AF_INET, SOCK_STREAM = V4, 1

    def __init__(self, v4, v6=None, name="socket") -> None:
        self.answers = {V4: v4, V6: v6}
        self.asked: list = []
        self.connected: list = []
        self.options: list = []
        self.__name__ = name
        if v6 is not None:
            self.AF_INET6 = V6

    def getaddrinfo(self, host, port, family=0, kind=0) -> list:
        self.asked.append(family)
        answer = self.answers[family]
        if isinstance(answer, Exception):
            raise answer
        return [(family, kind, 6, "", (address, port)) for address in answer]

    def socket(self, *words):
        return FakeSocket(self, *words)


def connected(sockets) -> list:
    connect("cognito.example", 443, None, [], sockets)
    return sockets.connected


def test_ipv4_answers_and_nothing_else_is_asked():
    sockets = FakeSockets(["1.2.3.4"], ["2600::1"])
    assert connected(sockets) == [(V4, ("1.2.3.4", 443))]
    assert sockets.asked == [V4]


def test_ipv6_where_ipv4_gave_nothing():
    for nothing in (OSError(NO_NAME), OSError("[addrinfo error -2]")):
        sockets = FakeSockets(nothing, ["2600::1"])
        assert connected(sockets) == [(V6, ("2600::1", 443))]
        assert sockets.asked == [V4, V6]


def test_the_failure_is_that_of_ipv4():
    first = OSError(NO_NAME, "no such name")
    sockets = FakeSockets(first, OSError(-9))
    assert raises(OSError, connected, sockets) is first and sockets.asked == [V4, V6]


def test_silent_name_servers_are_not_waited_for_twice():
    for silent in (OSError(TRY_AGAIN, "Temporary failure in name resolution"), OSError("[addrinfo error -3]")):
        sockets = FakeSockets(silent, ["2600::1"])
        assert raises(OSError, connected, sockets) is silent and sockets.asked == [V4]


def test_no_second_look_up_where_it_can_give_nothing():
    """lwIP's own module has asked for both, ESP32's gives no address of IPv6, and others have no such constant."""
    lwip = FakeSockets(OSError(NO_NAME), ["2600::1"], "lwip")
    without = FakeSockets(OSError(NO_NAME))
    for sockets in (lwip, without):
        raises(OSError, connected, sockets)
        assert sockets.asked == [V4]
    esp32 = FakeSockets(OSError(-202), [None])
    raises(OSError, getaddrinfo, esp32, "cognito.example", 443, OSError(-202), "esp32")
    assert esp32.asked == []


REFUSES, SILENT, ANSWERS = "refuses", "silent", "answers"
URL = "http://127.0.0.1:80/"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Stream:
    """A connection to a server that does as `what` says."""

    def __init__(self, what) -> None:
        self.what = what
        self.is_open = True
        self.ahead = OK

    def write(self, view):
        if self.what == REFUSES:
            raise OSError(ECONNREFUSED)
        return len(view) if self.what == ANSWERS else None

    def readline(self, size):
        return self.readinto(self.ahead[: self.ahead.find(b"\n") + 1])

    def readinto(self, view):
        data, self.ahead = self.ahead[: len(view)], self.ahead[len(view) :]
        if isinstance(view, bytes):
            return data
        view[:] = data
        return len(data)

    def close(self) -> None:
        self.is_open = False


class Servers:
    """A connect() to a host with so many addresses, and what each of their servers does."""

    def __init__(self, *addresses) -> None:
        self.addresses = list(addresses)
        self.looked_up = 0
        self.streams: list = []

    def __call__(self, host, port, context, left):
        if not left:
            self.looked_up += 1
            left += self.addresses
        assert all([not stream.is_open for stream in self.streams]), "one connection at a time"
        self.streams.append(Stream(left.pop(0)))
        return (self.streams[-1],)


def tried(*addresses):
    """(the outcome, what each address did that was tried, seconds that it took, seconds that each had)."""
    servers, clock = Servers(*addresses), FakeClock()
    start = clock.true_ms
    waits = []
    outcome: object = None
    steps = HttpsTransport(20, None, clock, servers).exchange([URL, {}, b"1", 9999])
    try:
        while True:
            _, _, ms = next(steps)
            if servers.streams[-1].what == SILENT:
                waits.append(ms / 1000)
                clock.pass_time(ms / 1000)
    except StopIteration as done:
        outcome = done.value[0]
    except ConnectError as error:
        outcome = error
    assert servers.looked_up == 1
    return outcome, [stream.what for stream in servers.streams], (clock.true_ms - start) / 1000, waits


def test_every_address_is_tried():
    assert tried(REFUSES, REFUSES, ANSWERS, REFUSES)[:3] == (200, [REFUSES, REFUSES, ANSWERS], 0)
    outcome, asked, seconds, _ = tried(REFUSES, REFUSES, REFUSES)
    assert outcome.errno == ECONNREFUSED and len(asked) == 3 and not seconds


def test_one_that_is_silent_leaves_time_for_the_others():
    for addresses, shares in (
        ((SILENT, ANSWERS), [5]),
        ((SILENT, SILENT, REFUSES, SILENT, ANSWERS), [2, 2, 3]),
        ((REFUSES, SILENT, ANSWERS), [5]),
    ):
        outcome, asked, seconds, waits = tried(*addresses)
        assert outcome == 200 and asked == list(addresses) and waits == shares and seconds < 10
    outcome, asked, seconds, _ = tried(SILENT, SILENT, SILENT)
    assert outcome.errno == ETIMEDOUT and "no answer" in str(outcome) and len(asked) == 3 and seconds == 10
    outcome, asked, seconds, waits = tried(SILENT)
    assert outcome.errno == ETIMEDOUT and waits == [10], "the only one has all of it"


class Opening:
    """What opened() wants of a transport, whose every address refuses but `good`."""

    def __init__(self, good) -> None:
        self.clock = FakeClock()
        self.roots: tuple = ()
        self.root = None
        self.sent = False
        self.addresses: list = []
        self.start, self.most = self.clock.ticks_ms(), 10000
        self.good = good
        self.tried: list = []

    def open(self, root):
        self.tried.append(self.addresses.pop(0)[-1][0])
        if self.tried[-1] != self.good:
            raise OSError(ECONNREFUSED)
        yield self, 4, 1

    def close(self) -> None:
        pass


def test_ipv6_where_no_address_of_ipv4_answers():
    refused = OSError(ECONNREFUSED)
    for good in ("2600::2", "none"):
        opening, sockets = Opening(good), FakeSockets(["1.2.3.4"], ["2600::1", "2600::2"])
        steps = opened(opening, [False, "cognito.example", 443], None, refused, sockets)
        if good == "none":
            assert raises(ConnectError, list, steps).errno == ECONNREFUSED
        else:
            list(steps)
        assert opening.tried == ["2600::1", "2600::2"] and sockets.asked == [V6]
    # There is nothing to look up, nothing to be had, or no time left.
    for host, sockets, most in (
        ("127.0.0.1", FakeSockets([], ["2600::1"]), 10000),
        ("localhost", FakeSockets([], ["2600::1"]), 10000),
        ("cognito.example", FakeSockets([], ["2600::1"], "lwip"), 10000),
        ("cognito.example", FakeSockets([], ["2600::1"]), 0),
    ):
        opening = Opening("2600::1")
        opening.most = most
        raises(ConnectError, list, opened(opening, [False, host, 443], None, refused, sockets))
        assert not opening.tried and (sockets.asked == [] or not most)


def test_literals_in_brackets():
    assert split_url("https://[::1]:8443/x?y") == (True, "::1", 8443, "/x?y")
    assert split_url("https://[2600:1f18::a.b]".replace("a.b", "1.2.3.4")) == (True, "2600:1f18::1.2.3.4", 443, "/")
    assert split_url("http://[::1]:80") == (False, "::1", 80, "/")
    for url in (
        "http://[2600::1]",
        "https://[::1",
        "https://::1]",
        "https://[]",
        "https://[::1]8443",
        "https://[::1]:0",
        "https://[::1]:99999",
        "https://[::g]",
        "https://a[::1]",
        "https://[1.2.3.4]",
        "https://[::1]x:1",
        "https://[::1%25eth0]",
    ):
        assert "endpoint" in str(raises(ValueError, split_url, url)), url
    sockets = FakeSockets(OSError(-9), ["::1"])
    connect("::1", 8443, None, [], sockets)
    assert sockets.connected == [(V6, ("::1", 8443))]


def test_nothing_of_a_handshake_waits_for_an_acknowledgement():
    for constant, expected in ((None, 1), (0x40, 0x40)):  # lwIP's number of TCP_NODELAY is its own
        sockets = FakeSockets(["10.0.0.1"])
        if constant:
            sockets.TCP_NODELAY = constant  # type: ignore[attr-defined]  # as a port's module has it
        connect("localhost", 443, None, [], sockets)
        assert sockets.options == [(6, expected, 1)]
