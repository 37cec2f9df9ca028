"""A host is looked up by IPv4, and by IPv6 only where that gave nothing and a second look-up can give something."""

from checks import Skip, raises

try:
    from cognito_mp.transports.https import connect
except ImportError as reason:
    raise Skip(str(reason))
from cognito_mp.transports.ipv6 import getaddrinfo

V4, V6 = 2, 10
NO_NAME, TRY_AGAIN = -2, -3  # EAI_NONAME, EAI_AGAIN of the C library: netdb.h


class FakeSocket:
    def __init__(self, sockets, family, kind, proto) -> None:
        assert (kind, proto) == (1, 6), "as the look-up said"
        self.sockets, self.family = sockets, family

    def setblocking(self, blocks) -> None:
        assert not blocks

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
    connect("cognito.example", 443, None, sockets)
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
