"""The sign-in page served by the chip and fetched from it through PPP: somebody signs in; heap and time are told."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cognito_mp_tools.board import deploy, web_server
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.emulator.rp2040_filesystem import write_files
from cognito_mp_tools.library.bytecode import MpyFormat, emitted_version
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.host_addresses import HOST_ADDRESS
from rp2040.programs import HERE, code_for, go_online, program_files
from time_server import TimeServer

PASSWORD = "Chosen-Pass-2"
CHIP = "10.0.2.15"
CODE = "493817"  # of the page in the device's own network


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Browser:
    """As much of one as it takes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookie = ""
        self.text = ""

    def ask(self, method: str, path: str, body: str = "") -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=240)
        headers = {"Host": CHIP, "Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        self.text = reply.read().decode()
        connection.close()
        if reply.headers["Set-Cookie"]:
            self._cookie = reply.headers["Set-Cookie"].split(";")[0]
        if reply.status == 303:
            return self.ask("GET", reply.headers["Location"])
        if reply.headers["Refresh"]:
            return self.ask("GET", "/wait")
        assert reply.status == 200, (reply.status, self.text)
        return self.text

    def submit(self, **fields: str) -> str:
        hidden = {name: re.findall(f'name="{name}" value="([^"]*)"', self.text)[0] for name in ("token", "step")}
        return self.ask("POST", "/", urlencode({**hidden, **fields}))


@pytest.mark.timeout(600)
def test_somebody_signs_in_by_the_page(
    product_firmware: Path, ministack: LocalCognito, tmp_path: Path, record_figure: Callable[[str, str], None]
) -> None:
    idp = ministack.admin()
    pool, app = ministack.add_pool()
    idp.admin_create_user(UserPoolId=pool, Username="alice", TemporaryPassword="Temporary-1", MessageAction="SUPPRESS")
    time_server = TimeServer()
    settings = {
        "region": REGION,
        "client_id": app["ClientId"],
        "client_secret": app["ClientSecret"],
        "user_pool_id": pool,
        "endpoint": f"https://{HOST_ADDRESS}:{ministack.front.port}",
        "ca_file": "/ca.der",
        "ntp_host": HOST_ADDRESS,
        "ntp_port": time_server.port,
        "sign_in_page": "network",
        "sign_in_page_code": CODE,
    }
    carried = {**deploy.application_files(), **web_server.files()}
    files = deploy.contents(carried, MpyFormat(emitted_version(), "armv6m"))
    files |= program_files([HERE / "device" / "timed_page.py"])
    files |= {"/settings.json": json.dumps(settings).encode(), "/ca.der": ministack.ca.der}
    image, port = tmp_path / "flash.img", free_port()
    write_files(image, files)
    with EmulatedRP2040(product_firmware, image, ports={port: 80}) as chip:
        go_online(chip)
        running = threading.Thread(target=chip.run, args=(code_for("timed_page"), 240))
        running.start()
        chip.wait_for("[sign-in page open]", timeout=180)
        browser = Browser(port)
        assert "<h1>Enter the code of the device</h1>" in browser.ask("GET", "/")
        assert "<h1>Sign in</h1>" in browser.ask("GET", f"/?code={CODE}")
        assert "<h1>Choose a new password</h1>" in browser.submit(name="alice", password="Temporary-1")
        assert "<h1>Signed in</h1>" in browser.submit(fresh=PASSWORD, again=PASSWORD)
        running.join()
        said = chip.console
    time_server.close()
    assert "cognito_mp stopped" in said and PASSWORD not in said
    heap = {state: [int(size) for size in re.findall(rf"heap {state} (\d+)", said)] for state in ("open", "closed")}
    requests = [int(ms) for ms in re.findall(r"request (\d+)", said)]
    record_figure("heap free while the sign-in page is open, at the least", f"{min(heap['open'])} B")
    record_figure("heap free once it is closed", f"{heap['closed'][0]} B")
    record_figure("the sign-in page's first page, from request to the last byte", f"{requests[0]} ms")
    record_figure("a sign-in with SRP by the page, from the first answer to the next page", f"{max(requests)} ms")
    assert min(heap["open"]) > 18_000 and heap["closed"][0] > min(heap["open"])
