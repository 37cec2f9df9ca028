"""How many TLS connections a device opens, and what it does when the server has closed the one it kept."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from cognito_mp_tools.project import ROOT
from conftest import HERE, Interpreter
from fake_cognito.endpoint import POOL_ID, FakeCognito
from fake_cognito.service_model import request_violations

PROGRAM = HERE / "device" / "two_calls.py"
RESULT = {"AccessToken": "a", "RefreshToken": "r", "ExpiresIn": 3600, "TokenType": "Bearer"}


class Server:
    """Asks one question, then gives tokens; keeps what it was sent."""

    def __init__(self, folder: Path) -> None:
        self.operations: list[str] = []
        ca = ThrowawayCa()
        (folder / "ca.der").write_bytes(ca.der)
        self.ca = str(folder / "ca.der")
        self.front = TlsFront(self.handle, ca.server_context("127.0.0.1"))

    def handle(self, request: Request) -> Response:
        self.operations.append(request.operation)
        assert not request_violations(request)
        if len(self.operations) == 1:
            return Response(body=json.dumps({"ChallengeName": "CUSTOM_CHALLENGE", "Session": "s" * 20}).encode())
        return Response(body=json.dumps({"AuthenticationResult": RESULT}).encode())


def _talk(networked: Interpreter, folder: Path, how: str, drop: bool) -> Server:
    server = Server(folder)
    with server.front:
        endpoint = f"https://127.0.0.1:{server.front.port}"
        with subprocess.Popen(
            [*networked.command, str(PROGRAM), endpoint, server.ca, how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=networked.environment(),
        ) as process:
            assert process.stdin is not None and process.stdout is not None
            assert process.stdout.readline() == "asked\n"
            if drop:
                server.front.drop_connections()
            out, err = process.communicate("\n", timeout=30)
        assert process.returncode == 0, err
        assert out == "Tokens\n"
    assert server.operations == ["InitiateAuth", "RespondToAuthChallenge", "InitiateAuth"]
    return server


def test_calls_inside_with_share_one_connection(networked: Interpreter, tmp_path: Path) -> None:
    assert _talk(networked, tmp_path, "with", drop=False).front.handshakes == 1


def test_a_plain_call_opens_and_closes_its_own(networked: Interpreter, tmp_path: Path) -> None:
    assert _talk(networked, tmp_path, "plain", drop=False).front.handshakes == 3


@pytest.mark.parametrize("how", ["with", "plain"])
def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(
    networked: Interpreter, tmp_path: Path, how: str
) -> None:
    # The answer can't be sent twice, so that it arrives once shows that the closing was noticed before sending.
    assert _talk(networked, tmp_path, how, drop=True).front.handshakes == (2 if how == "with" else 3)


def test_host_is_what_the_url_says(networked: Interpreter, tmp_path: Path) -> None:
    hosts = []
    ca = ThrowawayCa()
    (tmp_path / "ca.der").write_bytes(ca.der)

    def handle(request: Request) -> Response:
        hosts.append(request.headers["host"])
        return Response(body=json.dumps({"AuthenticationResult": RESULT}).encode())

    with TlsFront(handle, ca.server_context("127.0.0.1")) as front:
        endpoint = f"https://127.0.0.1:{front.port}"
        networked.run(HERE / "device" / "one_call.py", endpoint, str(tmp_path / "ca.der"), str(tmp_path / "session"))
        assert set(hosts) == {f"127.0.0.1:{front.port}"}


def test_the_default_port_is_not_named_in_host() -> None:
    from cognito_mp import clock
    from cognito_mp.transports.https import HttpsTransport

    written = []

    class Stream:
        def write(self, view: memoryview) -> int:
            written.append(bytes(view))
            raise OSError(104)

        def close(self) -> None:
            pass

    def connect(host: str, port: int, context: Any, addresses: list[Any]) -> tuple:
        assert (host, port) == ("cognito-idp.eu-west-1.amazonaws.com", 443)
        return (Stream(),)

    transport = HttpsTransport(10, None, clock, connect)
    with pytest.raises(OSError):
        transport.post("https://cognito-idp.eu-west-1.amazonaws.com", {}, b"{}")
    assert b"\r\nHost: cognito-idp.eu-west-1.amazonaws.com\r\n" in written[0]


def test_a_failed_connect_leaves_no_socket_behind(networked: Interpreter) -> None:
    """MicroPython's sockets have no finalizer on some ports: what nobody closes stays open until the power goes."""
    with socket.socket() as closed, socket.create_server(("127.0.0.1", 0)) as silent:
        closed.bind(("127.0.0.1", 0))  # taken, and nobody listens
        stranger = TlsFront(lambda request: Response(), ThrowawayCa().server_context("127.0.0.1"))
        plain = TlsFront(lambda request: Response(), None)
        with stranger, plain:
            ports = closed.getsockname()[1], stranger.port, plain.port, silent.getsockname()[1]
            endpoints = [
                *[f"https://127.0.0.1:{port}" for port in ports],
                "https://no-such-host.invalid",
                f"https://localhost:{stranger.port}",  # the device has no memory for TLS
            ]
            before, *after = json.loads(networked.run(HERE / "device" / "failed_connects.py", *endpoints))
    assert after == [before] * len(endpoints)


def test_a_proof_goes_out_on_the_connection_that_is_open(networked: Interpreter, tmp_path: Path) -> None:
    """Cognito gives a proof of SRP a few seconds: no look-up and no handshake may come before it."""
    ca = ThrowawayCa()
    (tmp_path / "ca.der").write_bytes(ca.der)
    cognito = FakeCognito(now=time.time, randomness=random.Random(5))
    pool = cognito.add_pool()
    pool.device_tracking = "always"
    app = pool.add_app(secret=True)
    pool.add_user("alice", "Correct-Horse-9")
    with TlsFront(cognito.handle, ca.server_context("127.0.0.1")) as front:
        endpoint = f"https://127.0.0.1:{front.port}"
        words = (endpoint, str(tmp_path / "ca.der"), app.id, app.secret, POOL_ID)
        with_firmware = replace(networked, library=Path(f"{networked.library}:{ROOT / 'firmware'}"))
        printed = with_firmware.run(HERE / "device" / "slow_proofs.py", *words)
        ways = ("Client", "remembered", "AsyncClient", "console", "page")
        assert printed.splitlines() == [f"{way} 1 True" for way in ways]
        assert front.handshakes == front.connections == len(ways)
    first, proof = ["InitiateAuth", "RespondToAuthChallenge", "ConfirmDevice"], "RespondToAuthChallenge"
    remembered = ["InitiateAuth", proof, proof, proof, "RevokeToken"]
    assert cognito.operations == first + remembered + first * 3 and not cognito.violations


NO_SOCKET = """
from cognito_mp import Client
import cognito_mp.flows.password
import cognito_mp.retry
import cognito_mp.transports.second_tries

client = Client("eu-west-1", "client", endpoint="http://127.0.0.1:9", attempts=1)
held = []
try:
    while True:
        held.append(open(__file__))
except OSError:
    pass
try:
    client.sign_in("alice", "pw")
except OSError as error:
    held.clear()
    print(type(error).__name__, error.errno, error)
"""


def test_a_pool_that_has_no_socket_left_is_said_to_have_none(micropython: Interpreter, tmp_path: Path) -> None:
    """On the unix port the pool is the process's file descriptors."""
    program = tmp_path / "no_socket.py"
    program.write_text(NO_SOCKET)
    limited = Interpreter(
        micropython.name,
        ("bash", "-c", 'ulimit -n 32; exec "$0" "$@"', *micropython.command),
        micropython.library,
    )
    printed = limited.run(program)
    assert printed.startswith("ConnectError 23 ") and "no socket is left for 127.0.0.1" in printed, printed
