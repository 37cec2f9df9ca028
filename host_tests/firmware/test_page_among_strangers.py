"""The page in the device's own network, attacked from there with Python alone, over real sockets."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from conftest import Interpreter
from firmware.page_device import PageDevice
from time_server import TimeServer

SETTINGS = {"client_id": "1example23456789", "endpoint": "https://127.0.0.1:9", "sign_in_page": "network"}
TITLE = "Enter the code of the device"
# What the device knows and a stranger must not.
TOLD = ("home", "wifi-secret", "caf\u00e9", "sign-in-", 'name="name"', 'name="password"', 'name="network"')


@pytest.fixture
def device(oldest_micropython: Interpreter, time_server: TimeServer, tmp_path: Path) -> Iterator[PageDevice]:
    with PageDevice(oldest_micropython, tmp_path, time_server, SETTINGS, ThrowawayCa().der) as device:
        yield device


class Stranger:
    """Somebody in the network, with a cookie or without."""

    def __init__(self, device: PageDevice) -> None:
        self.host = device.host_on_network
        self.cookie = ""
        self.seen = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> str:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        sent = {"Cookie": self.cookie, **headers} if self.cookie else dict(headers)
        body = None
        if form is not None:
            body = urlencode(form)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, sent)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        self.cookie = (reply.headers["Set-Cookie"] or self.cookie).split(";")[0]
        self.seen += f"{reply.status} {reply.headers} {text}"
        if reply.status == 303:
            return self.ask("GET", reply.headers["Location"])
        return text

    def guess(self, code: str) -> str:
        token = re.search(r'name="token" value="([0-9a-f]+)"', self.ask("GET", "/"))
        if not token:
            return ""
        return self.ask("POST", "/", {"token": token[1], "step": "1", "do": "enter", "digits": code})


def test_a_stranger_gets_nothing(device: PageDevice) -> None:
    stranger = Stranger(device)
    assert TITLE in stranger.ask("GET", "/")
    for path in ("/wait", "/x", "/?code=", "/?code=%zz", "/?code=" + "9" * 3000, "/..", "//"):
        stranger.ask("GET", path)
    token = re.search(r'name="token" value="([0-9a-f]+)"', stranger.ask("GET", "/"))
    assert token
    for step in ("0", "1", "2", "999999999999", "-1", "x"):
        for form in (
            {"do": "sign_in", "name": "mallory", "password": "p"},
            {"do": "join", "network": "mine", "wifi_password": "theirs-12"},
            {"do": "scan"},
            {"do": "wifi"},
            {},
        ):
            stranger.ask("POST", "/", {"token": token[1], "step": step, **form})
    for method in ("PUT", "DELETE", "HEAD", "OPTIONS"):
        stranger.ask(method, "/")
    stranger.ask("GET", "/", Host="192.168.4.1")
    stranger.ask("GET", "/", Cookie="phone=" + "0" * 32)
    assert not [word for word in TOLD if word in stranger.seen]
    assert not list(device.flash.glob("own_settings.*"))


def test_whoever_guesses_ten_times_has_closed_it(device: PageDevice) -> None:
    device.type("p")
    device.wait_for("with the code ")
    code = re.search(r"with the code (\d{6})", device.said)
    assert code
    guesses = [f"{number:06d}" for number in range(12) if f"{number:06d}" != code[1]]
    stranger = Stranger(device)
    for guess in guesses[:10]:
        stranger.guess(guess)
    assert "too many wrong codes" in stranger.seen
    device.wait_for("[sign-in page closed]")
    with pytest.raises(OSError), socket.create_connection(device.host_and_port, timeout=5):
        pass
    assert code[1] not in stranger.seen and not [word for word in TOLD if word in stranger.seen]


def test_whoever_knows_the_code_is_let_in(device: PageDevice) -> None:
    device.type("p")
    device.wait_for("with the code ")
    code = re.search(r"with the code (\d{6})", device.said)
    assert code
    for how in ("typed", "in the URL"):
        owner = Stranger(device)
        text = owner.guess(code[1]) if how == "typed" else owner.ask("GET", f"/?code={code[1]}")
        assert 'name="password"' in text, how
    assert device.said.count(code[1]) == 1, "it is told to whoever asks, not unasked"
