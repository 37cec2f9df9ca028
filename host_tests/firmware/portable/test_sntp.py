"""The time server's answers: the right one is believed, and no other."""

import errno

from checks import raises
from cognito_app import sntp
from fake_device import run
from fakes import FakeClock

TRUE = 1800000000


class FakeUdp:
    """The module `socket`, and the one socket in it, whose peer answers with answer(query); None is silence."""

    AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM = 2, 10, 1, 2

    def __init__(self, *answers) -> None:
        self.__name__ = "socket"
        self.asked: list = []  # families
        self.found: dict = {2: "127.0.0.1"}
        self.answers = list(answers)
        self.closed = False
        self.query = b""

    def socket(self, family=AF_INET, kind=SOCK_STREAM, proto=0):
        assert kind == self.SOCK_DGRAM
        self.family = family
        return self

    def getaddrinfo(self, host, port, family=0, kind=0) -> list:
        self.asked.append(family)
        found = self.found[family]
        if isinstance(found, Exception):
            raise found
        return [(family, kind, 0, "", (found, port))]

    def connect(self, address) -> None:
        pass

    def setblocking(self, blocks) -> None:
        assert blocks is False

    def send(self, data: bytes) -> None:
        self.query = data

    def recv(self, most: int) -> bytes:
        answer = self.answers.pop(0) if self.answers else None
        if answer is None:
            raise OSError(errno.EAGAIN, "again")
        return answer(self.query)

    def close(self) -> None:
        self.closed = True


def answer(seconds: int = TRUE, first: int = 0x24, stratum: int = 2, cookie: "bytes | None" = None):
    """What answers a query as a server does."""

    def write(query: bytes) -> bytes:
        time = ((seconds + 2208988800) % (1 << 32)).to_bytes(4, "big") + bytes(4)
        return bytes((first, stratum)) + bytes(22) + (cookie or query[40:48]) + bytes(8) + time

    return write


def ask(*answers, clock=None):
    udp = FakeUdp(*answers)
    try:
        return run(sntp.ask("127.0.0.1", (clock or FakeClock()).sleep, socket=udp))
    finally:
        assert udp.closed and len(udp.query) == 48


def test_the_time():
    assert ask(answer()) == TRUE
    assert ask(None, None, answer()) == TRUE


def test_the_time_after_2036():
    assert ask(answer(2200000000)) == 2200000000


def test_a_datagram_that_is_no_answer_is_passed_over():
    others = answer(5, cookie=b"12345678"), answer(5, first=0x23), lambda query: b"x", lambda query: query
    assert ask(*others, answer()) == TRUE


def test_a_server_that_does_not_know_the_time_is_not_believed():
    for wrong in (answer(first=0xE4), answer(stratum=0), answer(stratum=16), answer(seconds=-2208988800)):
        raises(OSError, ask, wrong)


def test_a_time_before_this_program_was_made_is_not_believed():
    for seconds in (0, 946684800, sntp.EARLIEST - 1):
        assert "before" in str(raises(OSError, ask, answer(seconds)))
    assert ask(answer(sntp.EARLIEST)) == sntp.EARLIEST


def test_servers_are_asked_in_turn():
    asked: list = []

    async def one(host: str, sleep, port: int) -> int:
        asked.append((host, port))
        raise OSError(errno.ETIMEDOUT)

    servers = sntp.TimeServers(["a", "b"], FakeClock().sleep, 1123, one)
    for _ in range(3):
        raises(OSError, run, servers.ask())
    assert asked == [("a", 1123), ("b", 1123), ("a", 1123)]


def test_silence_ends():
    clock = FakeClock()
    start = clock.true
    error = raises(OSError, ask, clock=clock)
    assert error.errno == errno.ETIMEDOUT and 3 < clock.true - start < 6


def test_a_network_that_refuses_is_told_at_once():
    def refuse(query):
        raise OSError(111, "refused")

    assert raises(OSError, ask, refuse).errno == 111


def test_cookies_differ():
    seen = set()
    for _ in range(4):
        udp = FakeUdp(answer())
        run(sntp.ask("127.0.0.1", FakeClock().sleep, socket=udp))
        seen.add(udp.query[40:48])
    assert len(seen) == 4


def test_a_server_of_ipv6_is_looked_up_once_ipv4_gave_nothing():
    turns = []
    clock = FakeClock()

    async def sleep(seconds) -> None:
        turns.append((seconds, list(udp.asked)))
        await clock.sleep(seconds)

    udp = FakeUdp(answer())
    udp.found = {2: OSError(-2), 10: "2600::1"}
    assert run(sntp.ask("time.example", sleep, socket=udp, platform="linux")) == TRUE
    assert udp.asked == [2, 10] and udp.family == 10
    assert turns[0] == (0, [2]), "the loop has a turn between the two"

    udp = FakeUdp(answer())
    assert run(sntp.ask("time.example", clock.sleep, socket=udp)) == TRUE
    assert udp.asked == [2] and udp.family == 2

    udp = FakeUdp()
    udp.found = {2: OSError(-2, "no such name"), 10: OSError(-5, "no address")}
    error = raises(OSError, run, sntp.ask("time.example", clock.sleep, socket=udp, platform="linux"))
    assert error.errno == -2 and "no address found for the time server time.example" in str(error)
