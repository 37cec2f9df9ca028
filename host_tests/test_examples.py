"""Each example of the client's own features, run as a person would, on every Python, against the strict double."""

from __future__ import annotations

import json
import random
import runpy
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import TlsFront
from cognito_mp_tools.project import LIBRARY
from conftest import Interpreter
from fake_cognito.endpoint import FakeCognito

EXAMPLES = LIBRARY / "examples"
POOL = "eu-west-1_AbCdEf123"
PASSWORD = "Correct-Horse-9"


class Stage:
    """A fake Cognito behind TLS with alice in it, and a settings.json that points at it."""

    def __init__(self, folder: Path, interpreter: Interpreter) -> None:
        started = time.time()  # the devices have clocks of their own, which must agree
        self.cognito = FakeCognito(now=lambda: started, randomness=random.Random(11))
        self.pool = self.cognito.add_pool(POOL)
        self.app = self.pool.add_app(secret=True)
        self.user = self.pool.add_user("alice", PASSWORD, email="alice@example.com", phone_number="+15550100")
        self.ca = ThrowawayCa()
        self.front = TlsFront(self.cognito.handle, self.ca.server_context("127.0.0.1"))
        self.folder = folder
        self.interpreter = interpreter
        (folder / "ca.der").write_bytes(self.ca.der)

    def run(self, example: str, code_on_demand: bool = False, typed: str = "", **more: Any) -> str:
        """What the example prints; it is typed `typed`, or the code that was sent to alice when it asks."""
        settings = {
            "region": "eu-west-1",
            "client_id": self.app.id,
            "client_secret": self.app.secret,
            "user_pool_id": POOL,
            "endpoint": f"https://127.0.0.1:{self.front.port}",
            "ca": str(self.folder / "ca.der"),
            "store": str(self.folder / "session"),
            "totp": str(self.folder / "totp"),
            "username": "alice",
            "password": PASSWORD,
            **more,
        }
        (self.folder / "settings.json").write_text(json.dumps(settings))
        command = [*self.interpreter.command, str(EXAMPLES / f"{example}.py"), str(self.folder / "settings.json")]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.interpreter.environment(),
        ) as process:
            assert process.stdin and process.stdout
            printed = ""
            if code_on_demand:
                printed = process.stdout.readline()
                process.stdin.write(self.user.last_code + "\n")
            out, err = process.communicate(typed, timeout=60)
        assert process.returncode == 0, err
        for secret in (PASSWORD, self.app.secret):
            assert secret not in printed + out + err
        return printed + out


@pytest.fixture
def stage(tmp_path: Path, interpreter: Interpreter) -> Iterator[Stage]:
    stage = Stage(tmp_path, interpreter)
    with stage.front:
        yield stage
    assert stage.cognito.violations == []


def test_sign_in(stage: Stage) -> None:
    stage.user.status = "FORCE_CHANGE_PASSWORD"
    stage.app.rotation = 10
    assert "signed in; the session is on flash" in stage.run("sign_in", new_password="Another-Horse-9")
    assert "the session was on flash" in stage.run("sign_in", password="")
    assert stage.cognito.operations[-1] == "GetTokensFromRefreshToken"


def test_sealed_session(stage: Stage) -> None:
    assert "signed in" in stage.run("sealed_session", typed="2580\n")
    again = stage.run("sealed_session", typed="0000\n2580\n", password="")
    assert "PIN or secret is wrong" in again and "signed in" in again
    assert stage.cognito.operations == ["InitiateAuth", "InitiateAuth"]
    assert b"refresh_token" not in b"".join(file.read_bytes() for file in stage.folder.glob("session.*"))


def test_srp_sign_in(stage: Stage) -> None:
    assert "signed in: True" in stage.run("srp_sign_in")
    assert all(PASSWORD.encode() not in request.body for request in stage.cognito.requests)


def test_second_factor(stage: Stage) -> None:
    stage.pool.mfa = "ON"
    printed = stage.run("second_factor")
    assert "MFA_SETUP" in printed and "signed in: True" in printed


def test_passwordless(stage: Stage) -> None:
    printed = stage.run("passwordless", code_on_demand=True)
    assert "EMAIL_OTP" in printed and "signed in: True" in printed


def test_remembered_device(stage: Stage) -> None:
    stage.pool.device_tracking = "always"
    stage.pool.mfa = "OPTIONAL"
    stage.user.mfa = ["SMS_MFA"]
    printed = stage.run("remembered_device", code_on_demand=True)
    assert "SMS_MFA" in printed and "signed in: True" in printed
    assert stage.run("remembered_device") == "signed in: True\n"


def test_custom_challenge(stage: Stage) -> None:
    stage.user.custom_challenges = [({"question": "colour"}, "blue"), ({"question": "pet"}, "cat")]
    printed = stage.run("custom_challenge", answers=["blue", "cat"])
    assert "CUSTOM_CHALLENGE pet" in printed and "signed in: True" in printed


def test_asyncio_tasks(stage: Stage) -> None:
    stage.run("sign_in")
    before = len(stage.cognito.operations)
    assert stage.run("asyncio_tasks").count("has a token") == 3
    assert stage.cognito.operations[before:] == ["InitiateAuth"]


def test_token_claims(stage: Stage) -> None:
    assert "signed in as alice until" in stage.run("token_claims")


@pytest.mark.parametrize("everywhere", [False, True])
def test_sign_out(stage: Stage, everywhere: bool) -> None:
    stage.run("sign_in")
    assert "the service has revoked" in stage.run("sign_out", everywhere=everywhere)
    assert "nobody was signed in" in stage.run("sign_out")
    stage.run("sign_in")
    stage.cognito.fail_next("*", (400, "InvalidParameterException", "no"), 2)
    assert "could not be told" in stage.run("sign_out", everywhere=everywhere)


def test_the_root_is_text_or_a_file(tmp_path: Path) -> None:
    root = runpy.run_path(str(EXAMPLES / "example_client.py"))["root"]
    ca = ThrowawayCa()
    (tmp_path / "ca.der").write_bytes(ca.der)
    assert root({"ca": ca.pem.decode()}) == ca.pem
    assert root({"ca": str(tmp_path / "ca.der")}) == ca.der
    assert root({}) is None
