"""Nothing of ours listens beyond this computer unless it was asked to, and then on the one address that was named."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.local.tls_front import Response, TlsFront
from conftest import heed_ctrl_c
from listening_sockets import addresses_of, family_of, needs_proc

MODULE = (sys.executable, "-u", "-m")
LOOPBACK = "127.0.0.1"
# What a person starts, the words that it shows when all of it is up, and where it may listen.
PROGRAMS = {
    "demo": (("cognito_mp_tools.local.demo",), "Second boot", {LOOPBACK}),
    "local": (("cognito_mp_tools.cli", "local"), "--username", {LOOPBACK}),
    "local, moto": (("cognito_mp_tools.cli", "local", "--backend", "moto"), "--username", {LOOPBACK}),
    "local --listen": (
        ("cognito_mp_tools.cli", "local", "--listen", "127.0.0.2"),
        "--username",
        {LOOPBACK, "127.0.0.2"},
    ),
    "test-aws": (
        ("cognito_mp_tools.pool.aws_trial", "--local", "ministack", "--job", "SRP"),
        "SRP: double",
        {LOOPBACK},
    ),
}
OF_MICROPYTHON = ("demo", "test-aws")  # which they would fetch


@needs_proc
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name: str, request: pytest.FixtureRequest) -> None:
    if name in OF_MICROPYTHON:
        request.getfixturevalue("oldest_micropython")
    words, ready, allowed = PROGRAMS[name]
    with subprocess.Popen([*MODULE, *words], stdout=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c) as process:
        try:
            assert process.stdout is not None
            found: set[str] = set()
            for line in process.stdout:
                found |= addresses_of(process.pid)
                if ready in line:
                    break
            assert found == allowed
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()


@needs_proc
@pytest.mark.parametrize("backend", ["ministack", "moto"])
def test_the_servers_of_the_tests(backend: str) -> None:
    with LocalCognito(backend) as server:
        server.admin().list_user_pools(MaxResults=1)  # it is up, with all that it starts by itself
        assert addresses_of(os.getpid()) == {LOOPBACK}


def test_a_test_can_not_listen_elsewhere() -> None:
    for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET, ""), (socket.AF_INET6, "::")):
        with socket.socket(family) as listener, pytest.raises(RuntimeError, match="127.0.0.1 is for tests"):
            listener.bind((address, 0))
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))


@needs_proc
def test_what_listens_everywhere_would_be_found(tmp_path: Path) -> None:
    listen = "import socket; s = socket.create_server(('0.0.0.0', 0)); print('up', flush=True); input()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {listen!r}])"
    command = [sys.executable, "-c", parent]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert addresses_of(process.pid) == {"0.0.0.0"}
        process.communicate("\n")


@needs_proc
def test_a_server_does_not_outlive_who_started_it() -> None:
    """Not even where nothing is left to tidy up: a closed window, a kill."""
    program = (
        "from cognito_mp_tools.local.cognito import LocalCognito\n"
        "LocalCognito().admin().list_user_pools(MaxResults=1)\nprint('up', flush=True)\ninput()\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "up\n"
        started = [os.pidfd_open(one) for one in family_of(process.pid) - {process.pid}]
        process.kill()
    try:
        assert started
        for one in started:
            assert select.select([one], [], [], 60)[0], "it is still there"
    finally:
        for one in started:
            os.close(one)


def test_whoever_opens_many_connections_gets_no_more_threads() -> None:
    with TlsFront(lambda request: Response(), None, most=3) as front, ExitStack() as lines:
        before = threading.active_count()
        address = ("127.0.0.1", front.port)
        for _ in range(20):
            lines.enter_context(socket.create_connection(address, timeout=10))
        last = lines.enter_context(socket.create_connection(address, timeout=10))
        assert last.recv(1) == b"", "it is hung up on"
        assert threading.active_count() <= before + 3
        lines.close()
        assert _answers(address), "and there is room once they are gone"


def _answers(address: tuple[str, int]) -> bool:
    """True when a request is answered; the server may take a moment to see that others have gone."""
    for _ in range(200):
        with socket.create_connection(address, timeout=10) as line, suppress(OSError):
            line.sendall(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
            if line.recv(12) == b"HTTP/1.1 200":
                return True
    return False
