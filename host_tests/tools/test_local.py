"""`cognito-mp local`, as a person runs it: its settings work, and Ctrl-C ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cognito_mp import Challenge, Client
from cognito_mp_tools.local.commands import TEMPORARY_PASSWORD, USER
from cognito_mp_tools.pool import settings as pool_settings
from conftest import heed_ctrl_c

# What goes behind `cognito-mp local`, and where it is then found: by programs here, and by a device.
PLACES = {
    "ministack": ((), "127.0.0.1", "10.0.2.2"),
    "moto": (("--backend", "moto"), "127.0.0.1", "10.0.2.2"),
    "another address": (("--listen", "127.0.0.2"), "127.0.0.2", "127.0.0.2"),
}
LOCAL = (sys.executable, "-u", "-m", "cognito_mp_tools.cli", "local")


@pytest.mark.parametrize("place", PLACES)
def test_local(place: str, tmp_path: Path) -> None:
    options, here, device = PLACES[place]
    saved = tmp_path / "local.json"
    command = [*LOCAL, *options, "--save", str(saved)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c)
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "--username" in line:
                break
        assert ("type no real password there" in said) == ("--listen" in options)
        values = pool_settings.read(saved)
        assert values["endpoint"].startswith(f"https://{here}:")
        assert values["device_endpoint"].startswith(f"https://{device}:")
        client = Client(
            values["region"],
            values["client_id"],
            values["client_secret"],
            endpoint=values["endpoint"],
            cadata=values["ca"].encode(),
        )
        assert isinstance(client.sign_in(USER, TEMPORARY_PASSWORD), Challenge)
        process.send_signal(signal.SIGINT)
        assert "It has ended." in process.stdout.read()
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("0.0.0.0", "name one IPv4 address of this computer"),
        ("my-laptop", "name one IPv4 address of this computer"),
        ("203.0.113.7", "can't listen on 203.0.113.7"),  # TEST-NET-3, nobody's
    ],
)
def test_an_address_that_can_not_be(address: str, words: str) -> None:
    ended = subprocess.run([*LOCAL, "--listen", address], capture_output=True, text=True, timeout=60)
    assert ended.returncode and words in ended.stderr and "Traceback" not in ended.stderr
