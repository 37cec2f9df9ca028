"""The event loop keeps turning while AsyncClient waits for a slow server, on every Python, over TLS."""

from __future__ import annotations

import json
import ssl
import threading
from pathlib import Path

from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from conftest import HERE, Interpreter
from raw_server import RawServer

BEAT = 50  # ms that the ticker may be kept waiting
TOKENS = json.dumps(
    {
        "AuthenticationResult": {
            "AccessToken": "new",
            "IdToken": "i",
            "RefreshToken": "r",
            "ExpiresIn": 3600,
            "TokenType": "Bearer",
        }
    }
).encode()
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(TOKENS), TOKENS)


def test_a_ticker_misses_no_beat(networked: Interpreter, tmp_path: Path) -> None:
    ca = ThrowawayCa()
    (tmp_path / "ca.der").write_bytes(ca.der)
    pause = threading.Event()

    def behave(connection: ssl.SSLSocket) -> None:
        server.read_request(connection)
        connection.sendall(REPLY)
        while True:
            server.read_request(connection)
            pause.wait(0.2)
            for at in range(0, len(REPLY), 4):
                connection.sendall(REPLY[at : at + 4])
                pause.wait(0.02)

    with RawServer(ca.server_context("127.0.0.1"), behave) as server:
        arguments = (f"https://127.0.0.1:{server.port}", str(tmp_path / "ca.der"))
        worst, took, token = networked.run(HERE / "device" / "ticker.py", *arguments).split()
    assert token == "new"
    assert int(took) > 800, "the server did dribble"
    assert int(worst) < BEAT, f"the loop stood still for {worst} ms"
