"""`cognito-mp local`, as a person runs it: its settings work, and Ctrl-C ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cognito_mp import Challenge, Client
from cognito_mp_tools import pool_settings
from cognito_mp_tools.local import TEMPORARY_PASSWORD, USER


def heed_ctrl_c() -> None:
    """A shell starts what it runs in the background with Ctrl-C ignored, and tests may run there."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("backend", ["ministack", "moto"])
def test_local(backend: str, tmp_path: Path) -> None:
    saved = tmp_path / "local.json"
    command = [sys.executable, "-u", "-m", "cognito_mp_tools.cli", "local", "--backend", backend, "--save", str(saved)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "--username" in line:
                break
        values = pool_settings.read(saved)
        assert values["device_endpoint"].startswith("https://10.0.2.2:")
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
