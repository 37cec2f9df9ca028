"""A serial port that other programs open: a pty, joined to the socket where an emulated device sends its bytes."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import socket
import sys
import termios
import tty
from collections.abc import Callable, Iterator

_CHUNK = 4096
# How soon a program that opens the port is noticed.
_NOTICE_MS = 20
# Ctrl-] and Ctrl-X, as in mpremote.
_LEAVE = (b"\x1d", b"\x18")


def open_pty(link: str) -> int:
    """The master side of a new pty, in raw mode, whose other side other programs find as the path `link`."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    new = f"{link}.new"
    os.symlink(os.ttyname(slave), new)
    os.replace(new, link)
    # Closed here, it is open only while another program has it, which is how relay() knows that one listens.
    os.close(slave)
    return master


def connect(path: str) -> socket.socket:
    """A connection to the Unix socket of the emulator at `path`. Raises OSError when it is gone."""
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line


def relay(
    line: socket.socket, terminal: int, seen: Callable[[bytes], None] | None = None, *, wait_for_reader: bool = False
) -> None:
    """Copy bytes between a socket and the master side of a pty until the socket ends, or the pty's other side does.

    `seen` is called with what the socket brings. With `wait_for_reader` a pty that nobody has open ends nothing: what
    the socket brings is then dropped, as a serial port without a listener does.
    """
    os.set_blocking(terminal, False)
    to_terminal = bytearray()
    to_line = bytearray()
    while True:
        attached = not _hung_up(terminal)
        if not attached:
            if not wait_for_reader:
                return
            to_terminal.clear()
        poll = select.poll()
        poll.register(line, (select.POLLIN if len(to_terminal) < _CHUNK else 0) | (select.POLLOUT if to_line else 0))
        if attached:
            reading = select.POLLIN if len(to_line) < _CHUNK else 0
            poll.register(terminal, reading | (select.POLLOUT if to_terminal else 0))
        ready = dict(poll.poll(None if attached else _NOTICE_MS))
        at_line, at_terminal = ready.get(line.fileno(), 0), ready.get(terminal, 0)
        try:
            if at_line & (select.POLLIN | select.POLLHUP | select.POLLERR):
                brought = line.recv(_CHUNK)
                if not brought:
                    return
                if seen is not None:
                    seen(brought)
                to_terminal += brought if attached else b""
            if at_line & select.POLLOUT:
                del to_line[: line.send(to_line)]
        except OSError:
            return
        with contextlib.suppress(OSError):  # the other side was closed meanwhile: _hung_up() tells
            if at_terminal & select.POLLIN:
                to_line += os.read(terminal, _CHUNK)
            if at_terminal & select.POLLOUT:
                del to_terminal[: os.write(terminal, to_terminal)]


def _hung_up(terminal: int) -> bool:
    poll = select.poll()
    poll.register(terminal, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


@contextlib.contextmanager
def raw_terminal() -> Iterator[None]:
    """Every key of this terminal reaches us as it is, Ctrl-C too; without a terminal, nothing changes."""
    if not sys.stdin.isatty():
        yield
        return
    restore = termios.tcgetattr(0)
    try:
        tty.setraw(0)
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, restore)


def talk(path: str) -> bool:
    """Join this terminal to the serial port at `path`.

    True when the port went away, False when the person wants to leave (Ctrl-], Ctrl-X) or stdin ended.
    """
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(port, b"\r")  # shows a prompt
        while True:
            ready, _, _ = select.select([0, port], [], [])
            if port in ready:
                try:
                    said = os.read(port, _CHUNK)
                except OSError:
                    return True
                if not said:
                    return True
                os.write(1, said)
            if 0 in ready:
                typed = os.read(0, _CHUNK)
                if not typed or any(key in typed for key in _LEAVE):
                    return False
                os.write(port, typed)
    finally:
        os.close(port)
