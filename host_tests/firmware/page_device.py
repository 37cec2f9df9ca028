"""The application with its sign-in page, on MicroPython's unix port, with a Wi-Fi radio made for tests."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import microdot
import pytest
from cognito_mp_tools.local.cognito import REGION
from cognito_mp_tools.project import ROOT
from conftest import Interpreter
from time_server import TimeServer

MAIN = ROOT / "firmware" / "main.py"
NETWORKS = {"home": [-50, "wifi-secret"], "<b>café</b> & co": [-70, ""]}


def free_address() -> tuple[str, int]:
    """(address, port) of this computer's own network that nobody else uses: an address for each device."""
    address = f"127.{secrets.randbelow(254) + 1}.{secrets.randbelow(254) + 1}.{secrets.randbelow(253) + 2}"
    with socket.socket() as found:
        found.bind((address, 0))
        return address, found.getsockname()[1]


class PageDevice:
    """A device that is on, from the start to the end of a `with`.

    url     where its page is
    flash   the folder that is its flash
    said    what its console has shown
    """

    def __init__(
        self,
        interpreter: Interpreter,
        flash: Path,
        time_server: TimeServer,
        settings: dict[str, Any],
        ca: bytes,
        online: bool = True,
    ) -> None:
        self._interpreter = interpreter
        self.flash = flash
        self.address, port = free_address()
        self.station, _ = free_address()
        self.url = f"http://{self.address}:{port}/"
        # Where it is in the device's own network.
        self.host_and_port = self.station, port
        self.host_on_network = f"{self.station}:{port}"
        self._console = flash / "console.txt"
        self.networks(NETWORKS)
        (flash / "ca.der").write_bytes(ca)
        libraries = flash / "microdot_from_pypi"
        libraries.mkdir(exist_ok=True)
        if not (libraries / "microdot").exists():
            (libraries / "microdot").symlink_to(Path(str(microdot.__file__)).parent)
        whole = {
            "region": REGION,
            "ca_file": "ca.der",
            "ntp_host": "127.0.0.1",
            "ntp_port": time_server.port,
            "sign_in_page": "access_point",
            "sign_in_page_port": port,
            **({"wifi_ssid": "home", "wifi_password": "wifi-secret"} if online else {}),
            **settings,
        }
        (flash / "settings.json").write_text(json.dumps(whole))
        self._process: subprocess.Popen[bytes] | None = None

    def networks(self, networks: dict[str, list[Any]]) -> None:
        """What the radio finds from now on."""
        new = self.flash / "radio.new"
        new.write_text(json.dumps({"address": self.address, "station": self.station, "networks": networks}))
        new.replace(self.flash / "radio.json")

    def power_on(self, until: str = "[sign-in page open]", serial_port: int | None = None) -> None:
        """`until`: what the console says then. serial_port: a pty's side, in raw mode, in place of that console."""
        paths = [
            ".frozen",
            str(self._interpreter.library),
            str(Path(__file__).parent / "unix_wifi"),
            str(Path(__file__).parent / "portable"),
        ]
        paths += [str(self.flash / "microdot_from_pypi"), str(self.flash)]
        with self._console.open("ab") as console:
            self._process = subprocess.Popen(
                [*self._interpreter.command, str(MAIN)],
                stdin=subprocess.PIPE if serial_port is None else serial_port,
                stdout=console if serial_port is None else serial_port,
                stderr=console,
                cwd=self.flash,
                env={**os.environ, "MICROPYPATH": ":".join(paths)},
            )
        if serial_port is None:
            self.wait_for(until)

    def power_off(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.communicate()
            self._process = None

    def type(self, line: str) -> None:
        """What a person types on the console."""
        assert self._process and self._process.stdin
        self._process.stdin.write(line.encode() + b"\r")
        self._process.stdin.flush()

    @property
    def said(self) -> str:
        return self._console.read_text(errors="replace") if self._console.exists() else ""

    def wait_for(self, text: str, seconds: float = 20, count: int = 1) -> None:
        """Wait until the console has shown `text` so often; pytest fails when it does not."""
        end = time.monotonic() + seconds
        while self.said.count(text) < count:
            if time.monotonic() > end:
                pytest.fail(f"the console does not show {text!r}:\n{self.said}")
            time.sleep(0.05)

    @property
    def radio_log(self) -> str:
        return (self.flash / "radio.log").read_text()

    @property
    def has_session(self) -> bool:
        return any(path.stat().st_size for path in self.flash.glob("session.*"))

    def everything_kept(self) -> bytes:
        """All that is on its flash, and what its console has shown."""
        kept = [path.read_bytes() for path in self.flash.iterdir() if path.is_file() and path.name != "settings.json"]
        return b"".join(kept)

    def __enter__(self) -> PageDevice:
        self.power_on()
        return self

    def __exit__(self, *error: object) -> None:
        self.power_off()
