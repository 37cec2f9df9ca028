"""What a server can do to a client, on every Python over real TLS: each has a clear error, none costs a session."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from conftest import HERE, Interpreter
from raw_server import RawServer

PROGRAM = HERE / "device" / "one_call.py"
TOKENS = json.dumps(
    {"AuthenticationResult": {"AccessToken": "ok", "RefreshToken": "new", "ExpiresIn": 3600, "TokenType": "Bearer"}}
).encode()

Talk = Callable[[RawServer, ssl.SSLSocket], None]


@pytest.fixture(scope="module")
def ca() -> ThrowawayCa:
    return ThrowawayCa()


@pytest.fixture
def call(networked: Interpreter, ca: ThrowawayCa, tmp_path: Path) -> Iterator[Callable[..., dict[str, Any]]]:
    """A function that runs one sign-in against a server that does `talk`; the device's report."""
    (tmp_path / "ca.der").write_bytes(ca.der)

    def run(talk: Talk, timeout: float = 10, attempts: int = 1) -> dict[str, Any]:
        def behave(connection: ssl.SSLSocket) -> None:
            server.read_request(connection)
            talk(server, connection)

        with RawServer(ca.server_context("127.0.0.1"), behave) as server:
            printed = networked.run(
                PROGRAM,
                f"https://127.0.0.1:{server.port}",
                str(tmp_path / "ca.der"),
                str(tmp_path / "session"),
                str(timeout),
                str(attempts),
            )
        assert "not-to-be-seen" not in printed
        return dict(json.loads(printed))

    yield run


def replies(*parts: bytes) -> Talk:
    """Send `parts`, then close without a TLS close_notify, as many servers do."""

    def talk(server: RawServer, connection: ssl.SSLSocket) -> None:
        for part in parts:
            connection.sendall(part)

    return talk


def closes_properly(*parts: bytes) -> Talk:
    """Send `parts`, then close with a close_notify, and wait for none."""

    def talk(server: RawServer, connection: ssl.SSLSocket) -> None:
        for part in parts:
            connection.sendall(part)
        connection.setblocking(False)
        with contextlib.suppress(ssl.SSLWantReadError):
            connection.unwrap()

    return talk


def waits_for_close_notify(*parts: bytes) -> Talk:
    """Send `parts` and a close_notify, then wait for the client's."""

    def talk(server: RawServer, connection: ssl.SSLSocket) -> None:
        for part in parts:
            connection.sendall(part)
        connection.unwrap()

    return talk


OK = b"HTTP/1.1 200 OK\r\n"
SIZED = OK + b"Content-Length: %d\r\n\r\n" % len(TOKENS) + TOKENS
CHUNKED = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in (TOKENS[:7], TOKENS[7:9], TOKENS[9:]))

GOOD = {
    "sized": replies(SIZED),
    "in single bytes": replies(*[SIZED[at : at + 1] for at in range(len(SIZED))]),
    "odd header case and space": replies(OK + b"CONTENT-length:%d  \r\nX-Empty:\r\n\r\n" % len(TOKENS) + TOKENS),
    "HTTP/1.0": replies(SIZED.replace(b"HTTP/1.1", b"HTTP/1.0")),
    "100 kB": replies(
        OK + b"Content-Length: %d\r\n\r\n" % (100_000 + len(TOKENS)) + TOKENS[:-1] + b" " * 100_000 + TOKENS[-1:]
    ),
    "100 kB in chunks": replies(
        OK
        + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(TOKENS)
        + TOKENS
        + (b"\r\n2000\r\n" + b" " * 8192) * 12
        + b"\r\n0\r\n\r\n"
    ),
    "chunked": replies(OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED + b"0\r\nX-Trailer: 1\r\n\r\n"),
    "until closed": replies(OK + b"Connection: close\r\n\r\n" + TOKENS),
    "until closed with close_notify": closes_properly(OK + b"\r\n" + TOKENS),
    "until closed with close_notify awaited": waits_for_close_notify(OK + b"\r\n" + TOKENS),
    "until closed, long": closes_properly(OK + b"\r\n" + TOKENS[:-1] + b" " * 3000 + b"}"),
    "until closed, long, no close_notify": replies(OK + b"\r\n" + TOKENS[:-1] + b" " * 3000 + b"}"),
}


@pytest.mark.parametrize("how", GOOD)
def test_good_replies(call: Callable[..., dict[str, Any]], how: str) -> None:
    report = call(GOOD[how])
    assert (report["outcome"], report["name"], report["session"]) == ("Tokens", "ok", "new"), report


TOO_LARGE = "ReplyTooLarge: a reply of 128 kB"
BAD = {
    "HTML": (replies(OK + b"Content-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"), "CognitoError", "text/html"),
    "HTML 503": (
        replies(b"HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"),
        "CognitoError",
        "503",
    ),
    "a redirect": (
        replies(b"HTTP/1.1 302 Found\r\nLocation: https://evil.example\r\nContent-Length: 0\r\n\r\n"),
        "CognitoError",
        "302",
    ),
    "nothing": (replies(), "OSError", "cut short"),
    "half a head": (replies(OK + b"Content-Le"), "OSError", "cut short"),
    "half a body": (replies(OK + b"Content-Length: 900\r\n\r\n" + TOKENS), "OSError", "cut short"),
    "half a body with close_notify": (
        closes_properly(OK + b"Content-Length: 900\r\n\r\n" + TOKENS),
        "OSError",
        "cut short",
    ),
    "half a chunk": (replies(OK + b"Transfer-Encoding: chunked\r\n\r\n90\r\n{"), "OSError", "cut short"),
    "half JSON until closed": (replies(OK + b"\r\n" + TOKENS[:-3]), "CognitoError", "no whole JSON"),
    "over 128 kB": (replies(OK + b"Content-Length: 131073\r\n\r\n" + bytes(131073)), "CognitoError", TOO_LARGE),
    "over 128 kB in chunks": (
        replies(OK + b"Transfer-Encoding: chunked\r\n\r\n" + (b"2000\r\n" + b" " * 8192 + b"\r\n") * 17),
        "CognitoError",
        TOO_LARGE,
    ),
    "over 128 kB until closed": (replies(OK + b"\r\n" + b" " * 132000), "CognitoError", TOO_LARGE),
    "a negative length": (replies(OK + b"Content-Length: -5\r\n\r\n"), "OSError", "no HTTP reply"),
    "a length that is none": (replies(OK + b"Content-Length: many\r\n\r\n"), "OSError", "no HTTP"),
    "a chunk size that is none": (replies(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "OSError", "no HTTP"),
    "no HTTP": (replies(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "OSError", "no HTTP"),
    "an endless line": (replies(OK + b"X: " + b"x" * 5000), "OSError", "no HTTP reply"),
    "neither tokens nor a challenge": (replies(OK + b"Content-Length: 2\r\n\r\n{}"), "CognitoError", "neither"),
    "JSON that is no object": (replies(OK + b"Content-Length: 2\r\n\r\n[]"), "CognitoError", "JSON object"),
    "a wrong password": (
        replies(
            b"HTTP/1.1 400 Bad Request\r\nContent-Length: 75\r\n\r\n"
            b'{"__type":"NotAuthorizedException","message":"Incorrect username or pass."}'
        ),
        "CognitoError",
        "NotAuthorizedException: Incorrect username or pass. (HTTP 400)",
    ),
}


@pytest.mark.parametrize("how", BAD)
def test_bad_replies(call: Callable[..., dict[str, Any]], how: str) -> None:
    talk, kind, words = BAD[how]
    report = call(talk)
    assert report["outcome"] == kind, report
    assert words in report["message"], report
    assert report["session"] == "old", "the stored session survives"


def test_a_reply_dribbled_byte_by_byte_ends_in_time(call: Callable[..., dict[str, Any]]) -> None:
    gone = threading.Event()

    def dribble(server: RawServer, connection: ssl.SSLSocket) -> None:
        with pytest.raises(OSError):
            for at in range(10_000):
                connection.sendall((OK + b"X-A: ")[at : at + 1] or b"x")
                gone.wait(0.05)

    report = call(dribble, timeout=1)
    assert report["is_oserror"] and "no whole reply in 1" in report["message"], report
    assert 0.9 < report["seconds"] < 2.5
    assert report["session"] == "old"


def test_silence_ends_in_time_however_often_it_is_tried(call: Callable[..., dict[str, Any]]) -> None:
    gone = threading.Event()

    def silent(server: RawServer, connection: ssl.SSLSocket) -> None:
        gone.wait(20)

    report = call(silent, timeout=0.5, attempts=2)
    gone.set()
    assert report["is_oserror"] and "no whole reply in 0.5" in report["message"], report
    assert 0.9 < report["seconds"] < 2 * 0.5 + 2 + 1, "attempts x timeout and one backoff of up to 2 s"
