"""Nothing of ours listens beyond this computer unless it was asked to, and then on the one address that was named."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from cognito_mp_tools.local.cognito import LocalCognito
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
