"""`cognito-mp` and serial ports with no device, a busy one, one that talks nonsense, says nothing, or hangs up."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import threading
import tty
from collections.abc import Callable, Iterator

import pytest
import serial
from cognito_mp_tools.board import link as device_link

COMMANDS = ("deploy", "status", "doctor", "provision")


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """A pty: the descriptor of its other end, and the path of the port."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    for descriptor in (master, slave):
        with contextlib.suppress(OSError):
            os.close(descriptor)


@contextlib.contextmanager
def device(master: int, serve: Callable[[int], None]) -> Iterator[None]:
    """Runs `serve` again and again, until the end."""
    over = threading.Event()

    def run() -> None:
        with contextlib.suppress(OSError):
            while not over.is_set():
                serve(master)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    over.set()
    thread.join()


def spew(master: int) -> None:
    if select.select([], [master], [], 0.05)[1]:
        os.write(master, os.urandom(64))
    if select.select([master], [], [], 0)[0]:
        os.read(master, 1000)


def swallow(master: int) -> None:
    if select.select([master], [], [], 0.05)[0]:
        os.read(master, 1000)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_port_that_is_not_there(command: str, refused: Callable[..., str]) -> None:
    assert refused(command, "/dev/ttyNOWHERE").startswith("there is no /dev/ttyNOWHERE: ")


def test_a_file_that_is_no_port(refused: Callable[..., str]) -> None:
    assert "can't be opened as a serial port" in refused("status", "/dev/null")


def test_no_port_named_and_no_board_plugged_in(refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: [])
    assert "no board found on USB" in refused("status")


def test_a_port_that_another_program_has_open(line: tuple[int, str], refused: Callable[..., str]) -> None:
    _, port = line
    with serial.Serial(port, exclusive=True):
        assert refused("status", port).startswith(f"{port} is busy: close the program that has it open")


def test_a_device_that_talks_nonsense(
    line: tuple[int, str], refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_link, "_TIMEOUT", 1.0)
    master, port = line
    with device(master, spew):
        assert "is not MicroPython's REPL" in refused("deploy", port)


def test_a_device_that_says_nothing(
    line: tuple[int, str], refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_link, "_TIMEOUT", 1.0)
    master, port = line
    with device(master, swallow):
        assert refused("status", port).startswith(f"nothing answers on {port}")


def test_a_device_that_hangs_up(line: tuple[int, str], refused: Callable[..., str]) -> None:
    master, port = line

    def read_and_hang_up() -> None:
        os.read(master, 1)
        os.close(master)

    hang_up = threading.Thread(target=read_and_hang_up)
    hang_up.start()
    assert "went away in the middle" in refused("status", port)
    hang_up.join()


BANNER = b"raw REPL; CTRL-B to exit\r\n>"


def test_a_device_that_turns_to_nonsense_in_the_middle(
    line: tuple[int, str], refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_link, "_TIMEOUT", 1.0)
    master, port = line
    asked = 0

    def serve(master: int) -> None:
        nonlocal asked
        if select.select([master], [], [], 0.05)[0]:
            asked += os.read(master, 1000).count(b"\x01")
            os.write(master, BANNER if asked == 1 else b"R\x01\x07")

    with device(master, serve):
        assert "stopped answering as MicroPython does" in refused("status", port)
