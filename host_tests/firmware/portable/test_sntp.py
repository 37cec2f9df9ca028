"""The time server's answers: the right one is believed, and no other."""

import errno

from checks import raises
from cognito_app import sntp
from fake_device import run
from fakes import FakeClock

TRUE = 1800000000


class FakeUdp:
    """A socket whose peer answers with answer(query); None is silence."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.closed = False
        self.query = b""

    def __call__(self, *family):
        return self

    def connect(self, address) -> None:
        pass

    def setblocking(self, flag) -> None:
        assert flag is False

    def send(self, data: bytes) -> None:
        self.query = data

    def recv(self, size: int) -> bytes:
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
        return run(sntp.ask("127.0.0.1", (clock or FakeClock()).sleep, open_socket=udp))
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
        run(sntp.ask("127.0.0.1", FakeClock().sleep, open_socket=udp))
        seen.add(udp.query[40:48])
    assert len(seen) == 4
