"""Clients that are slow, many or wrong, at the sign-in page's real server, on real sockets."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import microdot
import pytest
from cognito_mp_tools.project import LIBRARY, ROOT
from conftest import Interpreter
from firmware.page_device import free_address

IDLE_S = 0.7
PROMPT_S = 10.0  # for what is to happen at once, on a machine that has much to do
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Device:
    def __init__(self, process: subprocess.Popen[str], address: str, port: int) -> None:
        self.process = process
        self._address = address
        self._port = port
        self._clients: list[socket.socket] = []

    def client(self, number: int) -> socket.socket:
        """A connection from an address of its own for each `number`."""
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.bind((f"127.0.1.{number}", 0))
        made.settimeout(PROMPT_S)
        made.connect((self._address, self._port))
        self._clients.append(made)
        return made

    def get(self, number: int, path: str = "/") -> str:
        """The whole reply; "" when the connection is closed without one."""
        client = self.client(number)
        with contextlib.suppress(ConnectionError):
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return rest_of(client)

    def wait_for_line(self, line: str) -> None:
        assert self.process.stdout
        assert self.process.stdout.readline() == line + "\n"

    def close(self) -> str:
        """All that it has printed."""
        for client in self._clients:
            client.close()
        self.process.kill()
        return self.process.communicate()[0]


def rest_of(client: socket.socket) -> str:
    """What comes up to the end of the connection."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while data := client.recv(65536):
            found += data
    return found.decode()


@pytest.fixture
def device(interpreter: Interpreter, tmp_path: Path) -> Iterator[Device]:
    address, port = free_address()
    program = Path(__file__).parent / "slow_clients_device.py"
    (tmp_path / "microdot").symlink_to(Path(str(microdot.__file__)).parent)
    paths = [str(tmp_path), str(ROOT / "firmware"), str(interpreter.library or LIBRARY)]
    process = subprocess.Popen(
        [*interpreter.command, str(program), address, str(port), str(IDLE_S)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": ":".join(paths), "MICROPYPATH": ":".join([".frozen", *paths])},
    )
    made = Device(process, address, port)
    made.wait_for_line("open")
    yield made
    assert "Traceback" not in made.close()


def is_served(device: Device, number: int) -> bool:
    return device.get(number).endswith("served GET")


def test_a_head_in_drops(device: Device) -> None:
    client = device.client(1)
    start = time.monotonic()
    with pytest.raises(ConnectionError):  # each drop is a sign of life, and yet it is over
        for _ in range(1000):
            client.send(b"X")
            time.sleep(IDLE_S / 20)
    assert time.monotonic() - start >= IDLE_S / 2
    assert is_served(device, 1)


def test_a_body_that_never_comes(device: Device) -> None:
    client = device.client(1)
    client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nname=")
    assert "served" not in rest_of(client)
    assert is_served(device, 1)


def test_a_reply_that_is_never_read(device: Device) -> None:
    clients = [device.client(number) for number in (1, 2, 3)]
    for client in clients:
        client.sendall(GET.replace(b"GET /", b"GET /long"))
    deadline = time.monotonic() + PROMPT_S
    while not is_served(device, 4):
        assert time.monotonic() < deadline


def test_four_at_once(device: Device) -> None:
    """The oldest that has asked for nothing gives way; the others stay."""
    idle = [device.client(number) for number in (1, 2, 3)]
    idle[2].sendall(b"GET / HTTP/1.1\r\n")  # accepted in this order: all three are there once this is half read
    assert is_served(device, 4)
    assert rest_of(idle[0]) == ""
    idle[2].sendall(b"Host: x\r\n\r\n")
    assert rest_of(idle[2]).endswith("served GET")


def test_two_of_one_address(device: Device) -> None:
    first, second = device.client(1), device.client(1)
    third = device.client(1)
    assert rest_of(first) == ""
    for client in (second, third):
        client.sendall(GET)
        assert rest_of(client).endswith("served GET")


def test_more_than_there_is_room_for_are_turned_away_while_all_are_at_work(device: Device) -> None:
    """Three are held, and a fourth may wait for its turn; then all are closed, so that one is left for Cognito."""
    held = []
    for number in (1, 2, 3):
        held.append(device.client(number))
        held[-1].sendall(GET.replace(b"GET /", b"GET /held"))
        device.wait_for_line("held")
    assert device.get(4) == "" and device.get(5) == "", "and those that are served stay"


def test_a_browsers_third_connection_waits_for_its_turn(device: Device) -> None:
    """It asks for the icon while a page is held, and opens one more for what comes next."""
    busy = [device.client(1) for _ in range(2)]
    for client in busy:
        client.sendall(GET.replace(b"GET /", b"GET /slow"))
        device.wait_for_line("slow")
    assert is_served(device, 1)
    assert all(rest_of(client).endswith("served GET") for client in busy)


@pytest.mark.parametrize(
    "words",
    [
        b"\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",  # TLS
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"GET / HTTP/1.1\r\nCookie: x\r\n\r\n",
        b"GET /?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
        b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    ],
)
def test_a_bad_request_is_no_traceback(device: Device, words: bytes) -> None:
    client = device.client(1)
    client.sendall(words)
    client.shutdown(socket.SHUT_WR)
    assert rest_of(client).startswith(("HTTP/1.0 400", "HTTP/1.0 200")), "it is answered"
    assert is_served(device, 1)
