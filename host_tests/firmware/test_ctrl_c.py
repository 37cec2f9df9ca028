"""Ctrl-C on the application itself, on MicroPython's unix port: whenever it comes, nothing is left behind."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.project import ROOT
from conftest import Interpreter
from firmware.page_device import PageDevice
from firmware.test_application import environment
from time_server import TimeServer

FIRMWARE = ROOT / "firmware"

# The application as main.py starts it, on a board whose watchdog, speed and interrupt character a test can see. At the
# n-th sleep of a task, for each n in turn, the byte of Ctrl-C comes: KeyboardInterrupt, in that task.
INTERRUPTED = """
import socket, sys
sys.path.insert(0, {firmware!r})
from cognito_app import app, at_reset, hardware

class Dog:
    on = False
    def feed(self): pass
    def stop(self): self.on = False

class Freq:
    hertz = 160
    def freq(self, hertz=None):
        if hertz is None: return self.hertz
        self.hertz = hertz

def bound(port, kind):
    address = socket.getaddrinfo({address!r}, port)[0][-1]
    tried = socket.socket(socket.AF_INET, kind)
    try:
        tried.bind(address)
        return True
    except OSError:
        return False
    finally:
        tried.close()

set_to = []
for moment in {moments!r}:
    board = hardware.this_board()
    dog, left = Dog(), [moment]
    freq = Freq()
    board.full_speed = hardware.FullSpeed(freq, "esp32")
    def watchdog(seconds):
        dog.on = True
        return dog
    board.watchdog = watchdog
    sleep = board.sleep
    async def sleeps(seconds):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        await sleep(seconds)
    board.sleep = sleeps
    start = at_reset.this_start()
    start.ctrl_c = at_reset.CtrlC(set_to.append)
    app.run(start, board=board)
    gone = bound({port}, socket.SOCK_STREAM) and bound({port}, socket.SOCK_DGRAM)
    came = "interrupted" if left[0] <= 0 else "NOT interrupted"
    print("after", moment, came, "watchdog", dog.on, "last", set_to[-1], "hertz", freq.hertz, "free", gone)
"""


def test_whenever_ctrl_c_comes_nothing_is_left_on(oldest_micropython: Interpreter, tmp_path: Path) -> None:
    time_server = TimeServer()
    settings = {"client_id": "1example23456789", "endpoint": "https://127.0.0.1:1", "watchdog_s": 60}
    device = PageDevice(oldest_micropython, tmp_path, time_server, settings, ThrowawayCa().der, online=False)
    moments = [*range(1, 10), 14, 20, 31, 44]
    program = tmp_path / "start.py"
    port = int(device.url.rsplit(":", 1)[1].strip("/"))
    program.write_text(INTERRUPTED.format(firmware=str(FIRMWARE), address=device.address, port=port, moments=moments))
    paths = [".frozen", str(oldest_micropython.library), str(Path(__file__).parent / "unix_wifi")]
    paths.append(str(Path(__file__).parent / "portable"))
    paths += [str(tmp_path / "microdot_from_pypi"), str(tmp_path)]
    try:
        done = subprocess.run(
            [*oldest_micropython.command, str(program)],
            cwd=tmp_path,
            env={**os.environ, "MICROPYPATH": ":".join(paths)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        time_server.close()
    said = done.stdout + done.stderr
    after = re.findall(r"^after (\d+) (.*)$", said, re.MULTILINE)
    assert [int(moment) for moment, _ in after] == moments, said
    for moment, state in after:
        assert state == "interrupted watchdog False last 3 hertz 160 free True", (moment, state, said)
    assert "sign-in page open" in said, "some came while it was"
    ups = [line for line in device.radio_log.splitlines() if line in ("access point up", "access point down")]
    assert ups and ups[-1] == "access point down", ups


# main.py on a port whose terminal raises at the byte of Ctrl-C until micropython.kbd_intr(-1), as a board's does: the
# kernel's line discipline (ISIG) stands in for tud_cdc_rx_cb() and its like.
BOARD = """
import sys, termios
import micropython as real
sys.path.insert(0, {firmware!r})

def kbd_intr(character):
    attributes = termios.tcgetattr(0)
    attributes[3] = attributes[3] & ~1 | (1 if character == 3 else 0)  # ISIG
    termios.tcsetattr(0, 0, attributes)

class micropython:
    pass

for name in dir(real):
    setattr(micropython, name, getattr(real, name))
micropython.kbd_intr = kbd_intr
sys.modules["micropython"] = micropython
import cognito_app.at_reset  # a board has it frozen, or as .mpy: some milliseconds
with open({firmware!r} + "/main.py") as file:
    source = file.read()
print("boots")
kbd_intr(3)
try:
    exec(source)
except KeyboardInterrupt:
    print("the REPL in place of the application")
print("interrupts", termios.tcgetattr(0)[3] & 1)
"""
PACKET = b"IMPROV\x01\x03\x02\x02\x00\xe5\n"  # what improv-wifi-serial-sdk sends once a second until it is answered


class SerialBoard:
    """A board on a serial port, and a browser that sends packets from before it boots."""

    def __init__(self, interpreter: Interpreter, flash: Path, settings: dict[str, object], job: str = "") -> None:
        values = {"region": "eu-west-1", "client_id": "1example23456789", "ntp_host": "127.0.0.1", **settings}
        (flash / "settings.json").write_text(json.dumps(values))
        (flash / "radio.json").write_text(json.dumps({"address": "127.0.0.1", "station": "", "networks": {}}))
        if job:
            (flash / "job.py").write_text(job)
        program = flash / "start.py"
        program.write_text(BOARD.format(firmware=str(FIRMWARE)))
        self._terminal, slave = pty.openpty()
        attributes = termios.tcgetattr(slave)
        attributes[0] = attributes[1] = attributes[3] = 0  # raw, and ISIG off until the port starts
        attributes[6][termios.VMIN] = 1
        termios.tcsetattr(slave, termios.TCSANOW, attributes)
        found = environment(interpreter, flash)
        places = [str(Path(__file__).parent / "unix_wifi"), str(Path(__file__).parent / "portable")]
        found["MICROPYPATH"] += ":" + ":".join(places)
        self.shown = b""
        self._sends = threading.Event()
        self._process = subprocess.Popen(
            [*interpreter.command, str(program)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=flash,
            env=found,
            start_new_session=True,
            preexec_fn=_takes_its_terminal,
        )
        os.close(slave)

    def browse(self) -> None:
        """A packet ten times a second, until stop_browsing(): ten times as many as there are."""
        self._sends.set()

        def send() -> None:
            while self._sends.is_set():
                os.write(self._terminal, PACKET)
                time.sleep(0.1)

        self._browser = threading.Thread(target=send)
        self._browser.start()

    def stop_browsing(self) -> None:
        if self._sends.is_set():
            self._sends.clear()
            self._browser.join()

    def type(self, data: bytes) -> None:
        os.write(self._terminal, data)

    def wait_for(self, words: bytes, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while words not in self.shown:
            ready, _, _ = select.select([self._terminal], [], [], max(0, end - time.monotonic()))
            try:
                data = os.read(self._terminal, 4096) if ready else b""
            except OSError:  # EIO: it has ended
                data = b""
            if not data:
                pytest.fail(f"no {words!r} in {self.shown!r}")
            self.shown += data

    def close(self) -> None:
        self.stop_browsing()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._terminal)


def _takes_its_terminal() -> None:
    import fcntl
    import signal

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored in the background


@pytest.fixture
def boards() -> Iterator[Callable[..., SerialBoard]]:
    made: list[SerialBoard] = []

    def make(*arguments: object, **named: object) -> SerialBoard:
        made.append(SerialBoard(*arguments, **named))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for board in made:
        board.close()


def test_a_browser_that_sends_from_before_the_boot_stops_nothing(
    oldest_micropython: Interpreter, tmp_path: Path, boards: Callable[..., SerialBoard]
) -> None:
    board = boards(oldest_micropython, tmp_path, {"improv": "serial"})
    board.browse()
    board.wait_for(b"IMPROV\x01\x01\x01\x02")  # ready
    board.wait_for(b"[needs sign-in]")
    board.stop_browsing()
    assert b"the REPL in place" not in board.shown
    time.sleep(0.7)  # longer than the gap within a packet
    board.type(b"\x03")  # and a person, deploy or mpremote gets in
    board.wait_for(b"cognito_mp stopped")
    board.wait_for(b"interrupts 1")


def test_without_improv_it_interrupts_as_it_always_did(
    oldest_micropython: Interpreter, tmp_path: Path, boards: Callable[..., SerialBoard]
) -> None:
    board = boards(oldest_micropython, tmp_path, {"wifi_ssid": "home"})
    board.wait_for(b"> ")
    board.type(b"\x03")
    board.wait_for(b"cognito_mp stopped")
    board.wait_for(b"interrupts 1")


def test_a_makers_code_that_hangs_locks_nobody_out(
    oldest_micropython: Interpreter, tmp_path: Path, boards: Callable[..., SerialBoard]
) -> None:
    panel = "print('in panel.py')\nwhile True:\n    pass\n"
    (tmp_path / "panel.py").write_text(panel)
    board = boards(oldest_micropython, tmp_path, {"improv": "serial", "screen": "panel"})
    board.wait_for(b"in panel.py")
    board.type(b"\x03")
    board.wait_for(b"cognito_mp stopped")
    board.wait_for(b"interrupts 1")
    (tmp_path / "panel.py").unlink()
    job = "print('in job.py')\nwhile True:\n    pass\n"
    board = boards(oldest_micropython, tmp_path, {"improv": "serial"}, job)
    board.wait_for(b"> ")
    time.sleep(0.7)
    board.type(b"\x03")
    board.wait_for(b"cognito_mp stopped")
    assert b"in job.py" not in board.shown, "nobody is signed in, and Ctrl-C could not end it"
