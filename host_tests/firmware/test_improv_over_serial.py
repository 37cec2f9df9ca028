"""Improv Wi-Fi over a pseudo-terminal: npm's improv-wifi-serial-sdk against the application."""

from __future__ import annotations

import json
import os
import pty
import random
import re
import select
import subprocess
import time
import tty
import urllib.request
from pathlib import Path

import pytest
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.packages.npm import NpmFailed, installed
from cognito_mp_tools.project import BUILD
from conftest import Interpreter
from firmware.page_device import PageDevice
from time_server import TimeServer

pytestmark = pytest.mark.browser

NPM = Path(__file__).parent / "page_npm"


@pytest.fixture(scope="session")
def packages() -> Path:
    try:
        return installed(NPM, BUILD / "page_npm")
    except NpmFailed as problem:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(problem))


def read_until(terminal: int, wanted: bytes, seconds: float = 20) -> bytes:
    end, shown = time.monotonic() + seconds, b""
    while wanted not in shown:
        ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
        if not ready:
            pytest.fail(f"no {wanted!r} in {shown!r}")
        shown += os.read(terminal, 4096)
    return shown


def test_a_browser_sets_up_the_wifi_and_is_sent_to_the_page(
    oldest_micropython: Interpreter, packages: Path, tmp_path: Path
) -> None:
    time_server = TimeServer()
    settings = {"client_id": "1example23456789", "improv": "serial", "endpoint": "https://127.0.0.1:1"}
    terminal, port = pty.openpty()
    tty.setraw(port)  # the byte of Ctrl-C gets through, as on a board whose program asks for it
    device = PageDevice(oldest_micropython, tmp_path, time_server, settings, ThrowawayCa().der, online=False)
    try:
        device.power_on(serial_port=port)
        command = ["node", str(NPM / "improv.mjs"), str(packages), str(terminal), "home", "wifi-secret", "not-it"]
        done = subprocess.run(command, pass_fds=[terminal], capture_output=True, text=True, timeout=150)
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads(done.stdout)
        assert told["info"]["firmware"] == "cognito_mp" and told["info"]["name"].startswith("cognito_mp ")
        assert told["info"]["version"] and told["info"]["chipFamily"]
        assert told["first"] == 2, "ready"
        networks = {network["name"]: (network["rssi"], network["secured"]) for network in told["networks"]}
        assert networks == {"home": (-50, True), "<b>café</b> & co": (-70, False)}
        assert told["refusal"] == "UNABLE_TO_CONNECT" and told["after_refusal"] == 2
        assert told["hostname"] == "UNKNOWN_RPC_COMMAND" and told["after_hostname"] == 2
        assert (told["error_after_info"], told["error_after_state"], told["error_after"]) == (0, 0, 0)
        assert told["after"] == 4, "provisioned"
        there = re.escape(device.url.replace(device.address, device.station))
        assert told["url"] == told["url_again"] and re.fullmatch(there + r"\?code=\d{6}", told["url"])
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        page = ""
        for _ in range(100):  # the page opens there a moment later
            try:
                page = browser.open(told["url"], timeout=20).read().decode()
                break
            except OSError:
                time.sleep(0.1)
        assert "<h1>Sign in</h1>" in page
        assert b"home" in b"".join(path.read_bytes() for path in tmp_path.glob("own_settings.*")), "it is kept"
        os.write(terminal, b"i\r")
        shown = read_until(terminal, b"[needs sign-in]")
        assert b"wifi-secret" not in shown
        os.write(terminal, b"\x03")
        read_until(terminal, b"cognito_mp stopped")
    finally:
        device.power_off()
        os.close(terminal)
        os.close(port)
        time_server.close()


@pytest.mark.parametrize("seed", range(3))
def test_noise_on_the_port_stops_nothing(
    oldest_micropython: Interpreter, packages: Path, tmp_path: Path, seed: int
) -> None:
    time_server = TimeServer()
    settings = {"client_id": "1example23456789", "improv": "serial"}
    terminal, port = pty.openpty()
    tty.setraw(port)
    device = PageDevice(oldest_micropython, tmp_path, time_server, settings, ThrowawayCa().der, online=False)
    try:
        device.power_on(serial_port=port)
        read_until(terminal, b"> ")
        dice = random.Random(seed)
        for _ in range(20):
            noise = dice.randbytes(30).replace(b"\x03", b"")
            os.write(terminal, dice.choice([b"IMPROV", b"IMPROV\x01\x03", noise, b"IMPROV\x01\x03\x02\x02\x00"]))
        shown = b""
        for _ in range(20):  # as the SDK does: once a second, until there is an answer
            os.write(terminal, b"IMPROV\x01\x03\x02\x02\x00\xe5\n")
            end = time.monotonic() + 1
            while select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
                shown += os.read(terminal, 65536)
            if b"IMPROV\x01\x01\x01\x02" in shown:
                break
        else:
            pytest.fail(f"no answer in {shown!r}")
    finally:
        device.power_off()
        os.close(terminal)
        os.close(port)
        time_server.close()
