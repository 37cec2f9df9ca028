"""The name server that gives one address for every name."""

import asyncio
import errno
import socket

from checks import raises
from cognito_app.sign_in_page import captive_dns
from fake_device import run
from fakes import FakeClock
from port_models.sockets import EspSockets, LwipSockets

NAME = b"\x07captive\x05apple\x03com\x00"
HEAD = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
QUERY = HEAD + NAME + b"\x00\x01\x00\x01"


def test_an_address_is_ours():
    reply = captive_dns.answer(QUERY, "192.168.4.1")
    assert reply[:12] == b"\x12\x34\x85\x00\x00\x01\x00\x01\x00\x00\x00\x00"
    assert reply[12 : 12 + len(NAME) + 4] == NAME + b"\x00\x01\x00\x01"
    assert reply[-16:] == b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\xc0\xa8\x04\x01"


def test_what_else_is_asked_has_an_answer_without_records():
    for kind in (b"\x00\x1c", b"\x00\x41", b"\x00\x0f"):  # AAAA, HTTPS, MX
        reply = captive_dns.answer(HEAD + NAME + kind + b"\x00\x01", "192.168.4.1")
        assert reply[6:8] == b"\0\0" and reply[3] == 0 and reply.endswith(kind + b"\x00\x01")


def test_what_follows_the_question_is_not_repeated():
    reply = captive_dns.answer(HEAD[:11] + b"\x01" + QUERY[12:] + b"\x00\x00\x29" + bytes(8), "192.168.4.1")
    assert b"\x00\x00\x29" not in reply and reply[10:12] == b"\0\0"


def test_garbage_has_no_answer():
    for query in (b"", b"x", HEAD, HEAD + NAME, QUERY[:-1], HEAD + b"\xc0\x0c\x00\x01\x00\x01", b"\xff" * 60):
        assert captive_dns.answer(query, "192.168.4.1") is None, query
    response = QUERY[:2] + b"\x81" + QUERY[3:]
    assert captive_dns.answer(response, "192.168.4.1") is None
    two = QUERY[:5] + b"\x02" + QUERY[6:]
    assert captive_dns.answer(two, "192.168.4.1") is None
    for at in range(len(QUERY)):
        captive_dns.answer(QUERY[:at] + b"\xff" + QUERY[at + 1 :], "192.168.4.1")


async def _asked(port: int) -> bytes:
    names = captive_dns.NameServer("10.1.2.3", asyncio.sleep, port, "127.0.0.1")
    server = asyncio.create_task(names.run())
    address = socket.getaddrinfo("127.0.0.1", port, 0, socket.SOCK_DGRAM)[0][-1]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setblocking(False)
    try:
        udp.sendto(b"nonsense", address)
        udp.sendto(QUERY, address)
        for _ in range(200):
            await asyncio.sleep(0.01)
            try:
                return udp.recv(512)
            except OSError:
                pass
        return b""
    finally:
        server.cancel()
        names.close()
        udp.close()


def test_over_udp():
    for port in range(49152, 49252):  # one that is free: MicroPython can't ask for the port that it was given
        try:
            reply = run(_asked(port))
        except OSError:
            continue
        if reply:
            break
    assert reply == captive_dns.answer(QUERY, "10.1.2.3")


def test_a_port_that_is_taken_is_told():
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        for port in range(49300, 49400):
            try:
                taken.bind(socket.getaddrinfo("127.0.0.1", port, 0, socket.SOCK_DGRAM)[0][-1])
                break
            except OSError:
                continue
        raises(OSError, captive_dns.NameServer, "10.1.2.3", asyncio.sleep, port, "127.0.0.1")
    finally:
        taken.close()


PHONE = ("192.168.4.2", 40000)


def served(sockets, looks: int) -> int:
    """How many turns another task had, of `looks` that it asked for, while the name server had all that arrived."""
    turns: list = []

    async def other() -> None:
        for _ in range(looks):
            await asyncio.sleep(0)
            turns.append(len(sockets.arrived))

    async def both() -> None:
        names = captive_dns.NameServer("192.168.4.1", asyncio.sleep, sockets=sockets)
        task = asyncio.create_task(names.run())
        await other()
        task.cancel()
        names.close()

    run(both())
    return len([left for left in turns if left])


def test_whoever_sends_without_end_leaves_the_loop_its_turns():
    """2,700 datagrams a second, on a chip that takes 1 ms for each: more arrive than it can ever answer."""
    for kind in (LwipSockets, EspSockets):
        sockets = kind(FakeClock())
        sockets.each_ms = 1
        sockets.arrived = [(QUERY, PHONE)] * 2700
        assert served(sockets, 100) == 100 and 90 <= len(sockets.sent) <= 110
        assert not sockets.open


def test_a_reply_that_cannot_be_sent_is_one_lost_reply():
    for kind in (LwipSockets, EspSockets):
        sockets = kind(FakeClock())
        sockets.arrived = [(QUERY, PHONE), (QUERY, PHONE), (QUERY, ("192.168.4.2", 0)), (QUERY, PHONE)]
        sockets.send_fails = [errno.ENOMEM, errno.EHOSTUNREACH if hasattr(errno, "EHOSTUNREACH") else 113]
        served(sockets, 20)
        assert [peer for _, peer in sockets.sent] == [PHONE]


def test_where_no_socket_is_left_it_is_told():
    sockets = LwipSockets(FakeClock())
    for _ in range(5):
        sockets.socket(sockets.AF_INET, sockets.SOCK_DGRAM)
    error = raises(OSError, captive_dns.NameServer, "192.168.4.1", asyncio.sleep, sockets=sockets)
    assert error.args[0] == errno.ENOMEM
