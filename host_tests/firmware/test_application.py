"""The application itself, on MicroPython, at a terminal, over TLS, with a real time server on this host."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from cognito_mp_tools.project import ROOT
from conftest import Interpreter
from time_server import TimeServer

MAIN = ROOT / "firmware" / "main.py"
PASSWORD = "Chosen-Pass-2"


def environment(interpreter: Interpreter, flash: Path) -> dict[str, str]:
    """The interpreter's environment; MICROPYPATH replaces MicroPython's path, and asyncio is frozen into it."""
    found = interpreter.environment()
    return {**found, "MICROPYPATH": f".frozen:{found['MICROPYPATH'].removeprefix('.frozen:')}:{flash}"}


def ended(interpreter: Interpreter, program: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`program`, run to its end in `folder`, from which it may import, and with nobody who types."""
    return subprocess.run(
        [*interpreter.command, *options, str(program)],
        cwd=folder,
        env=environment(interpreter, folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


class Terminal:
    """The application in a terminal, as a person has it."""

    def __init__(self, interpreter: Interpreter, folder: Path) -> None:
        self.shown = ""
        self._seen = 0
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*interpreter.command, str(MAIN)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env=environment(interpreter, folder),
            start_new_session=True,
        )
        os.close(slave)

    def read_until(self, pattern: str, seconds: float = 60) -> str:
        """What is shown up to `pattern`, from where the last call ended."""
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.shown[self._seen :])):
            ready, _, _ = select.select([self._master], [], [], max(0, end - time.monotonic()))
            data = b""
            with contextlib.suppress(OSError):  # EIO: the program has ended
                data = os.read(self._master, 4096) if ready else b""
            if not data:
                pytest.fail(f"no {pattern!r} in:\n{self.shown}")
            self.shown += data.decode(errors="replace").replace("\r\n", "\n")
        text = self.shown[self._seen : self._seen + found.end()]
        self._seen += found.end()
        return text

    def type(self, line: str, after: str) -> None:
        """Wait for the question `after`, and answer it."""
        self.read_until(re.escape(after))
        os.write(self._master, line.encode() + b"\r")

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def ended(self) -> int:
        """The exit status; what is shown until the end is read first."""
        with contextlib.suppress(OSError):  # EIO: the program has ended
            while data := os.read(self._master, 4096):
                self.shown += data.decode(errors="replace").replace("\r\n", "\n")
        return self.process.wait(timeout=20)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)


@contextlib.contextmanager
def terminal(interpreter: Interpreter, folder: Path) -> Iterator[Terminal]:
    opened = Terminal(interpreter, folder)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="module")
def ministack() -> Iterator[LocalCognito]:
    with LocalCognito("ministack") as server:
        yield server


@pytest.fixture
def flash(ministack: LocalCognito, time_server: TimeServer, tmp_path: Path) -> Path:
    """A device's flash with its settings; alice has a temporary password."""
    idp = ministack.admin()
    pool, app = ministack.add_pool()
    idp.admin_create_user(UserPoolId=pool, Username="alice", TemporaryPassword="Temporary-1", MessageAction="SUPPRESS")
    (tmp_path / "ca.der").write_bytes(ministack.ca.der)
    settings = {
        "region": REGION,
        "client_id": app["ClientId"],
        "client_secret": app["ClientSecret"],
        "endpoint": ministack.endpoint,
        "ca_file": "ca.der",
        "ntp_host": "127.0.0.1",
        "ntp_port": time_server.port,
    }
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    return tmp_path


def sign_in(screen: Terminal) -> None:
    screen.read_until(r"\[needs sign-in\].*cognito-mp provision")
    screen.type("s", "> ")
    screen.type("alice", "User name: ")
    screen.type("Temporary-1", "Password (not shown): ")
    screen.type(PASSWORD, "New password (not shown): ")
    screen.type(PASSWORD, "Once more: ")
    screen.read_until(r"\[signed in\] access token good for \d+ min")
    screen.read_until("Signed in.")


def test_without_settings_it_says_so_and_gives_the_repl(micropython: Interpreter, tmp_path: Path) -> None:
    done = ended(micropython, MAIN, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "there is no settings.json" in done.stdout and "cognito-mp provision" in done.stdout
    assert done.stderr == ""


def test_a_missing_key_is_named(micropython: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"region": "eu-west-1", "wifi_pasword": "x"}')
    done = ended(micropython, MAIN, tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'no "client_id"' in done.stdout


def test_machine_code_that_is_asked_for_and_not_used_is_told(micropython: Interpreter, tmp_path: Path) -> None:
    """The endpoint is not https, so that nothing more happens."""
    settings = {"region": "eu-west-1", "client_id": "abc", "wifi_ssid": "x", "endpoint": "http://x", "srp_xtensa": True}
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    done = ended(micropython, MAIN, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "SRP takes longer: this MicroPython runs no machine code for Xtensa" in done.stdout
    assert "can't start" in done.stdout


def test_a_person_signs_in_restarts_and_signs_out(
    micropython: Interpreter, flash: Path, time_server: TimeServer
) -> None:
    with terminal(micropython, flash) as screen:
        sign_in(screen)
        # The unix port's Ctrl-C jumps out of whatever runs, a garbage collection too: wait until the console waits.
        screen.read_until("> ")
        screen.interrupt()
        screen.read_until("cognito_mp stopped")
        assert screen.ended() == 0, screen.shown
        for secret in (PASSWORD, "Temporary-1"):
            assert secret not in screen.shown
    assert time_server.asked >= 1
    stored = list(flash.glob("session.*"))
    assert stored and PASSWORD.encode() not in b"".join(path.read_bytes() for path in stored)

    with terminal(micropython, flash) as screen:
        shown = screen.read_until(r"\[signed in\] access token good for")
        assert "[connecting]" in shown and "needs sign-in" not in shown
        screen.type("o", "> ")
        screen.read_until("Signed out, here and at the service.")
    assert not b"".join(path.read_bytes() for path in flash.glob("session.*")).strip(b"\0")


def test_a_device_with_a_session_and_no_server_is_offline_and_keeps_it(micropython: Interpreter, flash: Path) -> None:
    with terminal(micropython, flash) as screen:
        sign_in(screen)
    settings = json.loads((flash / "settings.json").read_text())
    with socket.socket() as nobody:  # a port that is taken, and refuses
        nobody.bind(("127.0.0.1", 0))
        settings["endpoint"] = f"https://127.0.0.1:{nobody.getsockname()[1]}"
        (flash / "settings.json").write_text(json.dumps(settings))
        with terminal(micropython, flash) as screen:
            screen.read_until(r"\[offline with a session\] can't connect to 127.0.0.1")
    assert list(flash.glob("session.*"))


def test_the_makers_job_gets_tokens_and_the_device_sleeps(micropython: Interpreter, flash: Path) -> None:
    with terminal(micropython, flash) as screen:
        sign_in(screen)
    settings = json.loads((flash / "settings.json").read_text())
    settings["sleep_s"] = 60
    (flash / "settings.json").write_text(json.dumps(settings))
    (flash / "job.py").write_text(
        "async def job(keeper):\n    token = await keeper.access_token()\n    print('the job has', len(token))\n"
    )
    with terminal(micropython, flash) as screen:
        screen.read_until(r"the job has \d{3,}")
        assert screen.ended() == 0, "the unix port ends where a board sleeps"


def test_the_example_of_a_job_sends_readings_with_a_token_that_the_api_knows(
    micropython: Interpreter, flash: Path
) -> None:
    with terminal(micropython, flash) as screen:
        sign_in(screen)
    asked: list[str] = []

    def api(request: Request) -> Response:
        asked.append(request.headers["authorization"])
        assert json.loads(request.body)["uptime_s"] >= 0
        return Response(status=[401, 200, 503, 200][min(len(asked) - 1, 3)])

    ca = ThrowawayCa()
    (flash / "api.pem").write_bytes(ca.pem)
    with TlsFront(api, ca.server_context("127.0.0.1")) as front:
        source = (ROOT / "firmware" / "examples" / "job.py").read_text()
        lines = {"URL = ": f'"https://127.0.0.1:{front.port}/readings"', "ROOT_FILE = ": '"api.pem"', "EVERY_S = ": "1"}
        for start, value in lines.items():
            source = re.sub(f"^{start}.*", start + value, source, flags=re.MULTILINE)
        (flash / "job.py").write_text(source)
        with terminal(micropython, flash) as screen:
            screen.read_until("sent")
            screen.read_until("job.py: the API answers 503")
            screen.read_until("sent")
    assert asked[0].startswith("Bearer ey") and asked[1].startswith("Bearer ey") and asked[0] != asked[1]


def test_a_job_that_cannot_even_be_imported_is_told_kept_and_costs_nothing(
    micropython: Interpreter, flash: Path
) -> None:
    (flash / "job.py").write_text("import a_sensor_that_nobody_has\n")
    with terminal(micropython, flash) as screen:
        sign_in(screen)
    faults = (flash / "faults.txt").read_text()
    assert faults.startswith("job.py, ") and faults.count("a_sensor_that_nobody_has") == 1


def started_with(micropython: Interpreter, flash: Path, changes: str) -> subprocess.CompletedProcess[str]:
    """The application, run to its end, with `changes`: what it cannot foresee."""
    program = flash / "start.py"
    program.write_text(
        "import asyncio, sys\n"
        f"sys.path.insert(0, {str(MAIN.parent)!r})\n"
        "from cognito_app import app\n"
        f"{changes}\n"
        "app.run(pause_s=0)\n"
    )
    return ended(micropython, program, flash)


def with_settings(flash: Path, **changes: object) -> None:
    settings = json.loads((flash / "settings.json").read_text())
    (flash / "settings.json").write_text(json.dumps({**settings, **changes}))


def test_a_fault_that_ends_the_application_starts_it_anew(micropython: Interpreter, flash: Path) -> None:
    """Here the module that keeps the session is not what it was."""
    done = started_with(micropython, flash, "app.SessionKeeper.run = None")
    assert done.returncode == 1, "the unix port ends where a board restarts"
    assert "it starts anew" in done.stdout and "TypeError" in (flash / "faults.txt").read_text()


def test_a_fault_in_what_ends_a_wake_does_not_keep_the_device_awake(micropython: Interpreter, flash: Path) -> None:
    with_settings(flash, sleep_s=60)
    done = started_with(micropython, flash, "from cognito_app import wake\nwake.run = None")
    assert done.returncode == 0, "the unix port ends where a board sleeps"
    assert "TypeError" in (flash / "faults.txt").read_text()


REFRESH_THEN_FAULT = """
keeper = app.SessionKeeper
async def run(self):
    under_way = []
    refresh = self.client.refresh
    def told():
        under_way.append(True)
        return refresh()
    self.client.refresh = told
    asking = asyncio.create_task(self.access_token())
    while not under_way:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    raise TypeError("a fault")
keeper.run = run
settle = keeper.settle
async def told(self):
    saved = await settle(self)
    print("saved", saved, self.seconds_left > 3000)
    return saved
keeper.settle = told
"""


def test_no_restart_while_a_refresh_is_under_way(micropython: Interpreter, flash: Path) -> None:
    with terminal(micropython, flash) as screen:
        sign_in(screen)
    done = started_with(micropython, flash, REFRESH_THEN_FAULT)
    assert done.returncode == 1 and "saved True True" in done.stdout, done.stdout


@pytest.mark.parametrize("heap", ["192K"])
def test_what_the_application_needs_of_the_heap(oldest_micropython: Interpreter, flash: Path, heap: str) -> None:
    """The application, with screen buffers of its own aside, runs in the heap of an RP2040 with 64-bit words."""
    program = flash / "start.py"
    program.write_text(
        "import gc, sys\n"
        f"sys.path.insert(0, {str(MAIN.parent)!r})\n"
        "gc.collect(); before = gc.mem_alloc()\n"
        "from cognito_app import app\n"
        "gc.collect(); print('modules', gc.mem_alloc() - before)\n"
        "keeper = app.keeper_for(app.load(wifi=False))\n"
        "gc.collect(); print('keeper', gc.mem_alloc() - before)\n"
    )
    done = ended(oldest_micropython, program, flash, "-X", f"heapsize={heap}")
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    # Compiled from source, in 64-bit words; an image has this frozen, in flash, and words of half the size.
    # 2.6 kB of it are Improv and a closed sign-in page: their settings, their place in app and console; 3.5 are
    # at_reset.py, which tells a wake and keeps the byte of Ctrl-C away, and unwinding.py; 0.9 are the names of
    # strict_json.py, which is gone by then, and names never are. Some 4 are the library's own: what a sign-in leaves to
    # be done, checks of arguments, stores whose older slot brings nobody back. 1.5 are printable.py, compiled here.
    assert int(done.stdout.split()[-1]) < 118_500, done.stdout
