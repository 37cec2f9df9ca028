"""The examples of the optional modules, run as a person would: accounts, identity pools, machines, a gateway."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import TlsFront
from cognito_mp_tools.project import LIBRARY
from conftest import Interpreter
from fake_cognito.endpoint import FakeCognito

EXAMPLES = LIBRARY / "examples"
PASSWORD = "Correct-Horse-9"
CHOSEN = "Battery-Staple-7"


class Desk:
    """A person at a Python, with a settings.json for the server of `ca` at `endpoint`."""

    def __init__(self, interpreter: Interpreter, folder: Path, ca: ThrowawayCa, endpoint: str, **settings: Any) -> None:
        self.interpreter = interpreter
        self.folder = folder
        (folder / "ca.der").write_bytes(ca.der)
        self.settings = {
            "region": REGION,
            "endpoint": endpoint,
            "ca": str(folder / "ca.der"),
            "store": str(folder / "session"),
            "username": "alice",
            "password": PASSWORD,
            **settings,
        }

    def run(self, example: str, code: Callable[[], str] = str, **more: Any) -> str:
        """What the example prints; it is typed a code() whenever it has said that one was sent."""
        settings = {**self.settings, **more}
        (self.folder / "settings.json").write_text(json.dumps(settings))
        command = [*self.interpreter.command, str(EXAMPLES / f"{example}.py"), str(self.folder / "settings.json")]
        pipe = subprocess.PIPE
        environment = self.interpreter.environment()
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
            assert process.stdin and process.stdout and process.stderr
            printed = ""
            for line in process.stdout:
                printed += line
                if "a code went to" in line:
                    process.stdin.write(code() + "\n")
                    process.stdin.flush()
            errors = process.stderr.read()
        assert process.returncode == 0, errors
        for secret in ("password", "new_password", "client_secret", "secret_key"):
            assert settings.get(secret, "\0") not in printed + errors
        return printed


@pytest.fixture
def fake() -> Iterator[FakeCognito]:
    cognito = FakeCognito(now=time.time, randomness=random.Random(13))
    yield cognito
    assert cognito.violations == []


@pytest.fixture
def desk(fake: FakeCognito, interpreter: Interpreter, tmp_path: Path) -> Iterator[Desk]:
    """With the strict double, a pool and an app client with a secret."""
    pool = fake.add_pool()
    app = pool.add_app(secret=True)
    ca = ThrowawayCa()
    with TlsFront(fake.handle, ca.server_context("127.0.0.1")) as front:
        yield Desk(
            interpreter,
            tmp_path,
            ca,
            f"https://127.0.0.1:{front.port}",
            client_id=app.id,
            client_secret=app.secret,
            user_pool_id=pool.id,
        )


def test_account(desk: Desk, fake: FakeCognito) -> None:
    [pool] = fake._pools
    printed = desk.run("account", lambda: pool.users["alice"].last_code, new_password=CHOSEN, email="alice@example.com")
    assert printed.count("a code went to a***@e***") == 2
    assert "alice has email, name, sub, zoneinfo" in printed
    assert "deleted; signed in: False" in printed and not pool.users


@pytest.mark.parametrize("scopes", [None, ["watch/read"]])
@pytest.mark.parametrize("by_domain", [False, True])
def test_machine_to_machine(desk: Desk, fake: FakeCognito, by_domain: bool, scopes: list | None) -> None:
    [pool] = fake._pools
    [app] = pool.apps.values()
    app.flows = {"ALLOW_CLIENT_TOKEN_AUTH"}
    settings = {"domain": desk.settings["endpoint"]} if by_domain else {}
    printed = desk.run("machine_to_machine", scopes=scopes, **settings)
    assert ("'watch/read'" if scopes else "all scopes") in printed and "the same one: True" in printed
    assert fake.operations == ["/oauth2/token" if by_domain else "GetClientToken"]


def test_adafruit_requests_sign_in(fake: FakeCognito, tmp_path: Path) -> None:
    pytest.importorskip("adafruit_requests")
    pool = fake.add_pool()
    app = pool.add_app(secret=True)
    pool.add_user("alice", PASSWORD, status="FORCE_CHANGE_PASSWORD")
    ca = ThrowawayCa()
    python = Interpreter("cpython", (sys.executable,), LIBRARY)
    with TlsFront(fake.handle, ca.server_context("127.0.0.1")) as front:
        endpoint = f"https://127.0.0.1:{front.port}"
        desk = Desk(python, tmp_path, ca, endpoint, client_id=app.id, client_secret=app.secret)
        printed = desk.run("adafruit_requests_sign_in", new_password=CHOSEN)
        assert "NEW_PASSWORD_REQUIRED" in printed and "the session is on flash" in printed
        assert "signed in already" in desk.run("adafruit_requests_sign_in", password="not-needed")
    assert fake.operations == ["InitiateAuth", "RespondToAuthChallenge", "InitiateAuth"]


@pytest.fixture(scope="module")
def ministack() -> Iterator[LocalCognito]:
    with LocalCognito("ministack", signed_calls=True) as server:
        yield server


class Stage:
    """ministack with a user pool, alice in it, and an app client for her."""

    def __init__(self, server: LocalCognito) -> None:
        self.server = server
        self.idp = server.admin()
        self.pool_id, self.app = server.add_pool()
        self.idp.admin_create_user(UserPoolId=self.pool_id, Username="alice", TemporaryPassword="Temporary-1")

    def desk(self, interpreter: Interpreter, folder: Path, **settings: Any) -> Desk:
        return Desk(
            interpreter,
            folder,
            self.server.ca,
            self.server.endpoint,
            client_id=self.app["ClientId"],
            client_secret=self.app["ClientSecret"],
            user_pool_id=self.pool_id,
            **settings,
        )

    def confirm(self) -> None:
        self.idp.admin_set_user_password(UserPoolId=self.pool_id, Username="alice", Password=PASSWORD, Permanent=True)


@pytest.fixture
def stage(ministack: LocalCognito) -> Stage:
    return Stage(ministack)


def test_identity_pool(stage: Stage, interpreter: Interpreter, tmp_path: Path) -> None:
    stage.confirm()
    identities = stage.server.admin("cognito-identity")
    pool = identities.create_identity_pool(IdentityPoolName="watches", AllowUnauthenticatedIdentities=True)
    issuer = f"cognito-idp.{REGION}.amazonaws.com/{stage.pool_id}"
    identities.update_identity_pool(
        IdentityPoolId=pool["IdentityPoolId"],
        IdentityPoolName="watches",
        AllowUnauthenticatedIdentities=True,
        CognitoIdentityProviders=[{"ProviderName": issuer, "ClientId": stage.app["ClientId"]}],
    )
    desk = stage.desk(
        interpreter,
        tmp_path,
        identity_pool_id=pool["IdentityPoolId"],
        identity_endpoint=stage.server.endpoint,
        iot_host="abc-ats.iot.eu-west-1.amazonaws.com",
    )
    printed = desk.run("identity_pool")
    assert "a guest has credentials for 60 minutes" in printed
    assert "alice has credentials for 60 minutes" in printed and "an MQTT client may connect" in printed
    assert "guest" not in desk.run("identity_pool")


def test_gateway_admin_auth(stage: Stage, interpreter: Interpreter, tmp_path: Path) -> None:
    iam = stage.server.admin("iam")
    name = "gateway-" + tmp_path.name
    iam.create_user(UserName=name)
    allow = {"Effect": "Allow", "Action": "cognito-idp:AdminInitiateAuth", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_user_policy(UserName=name, PolicyName="sign-in", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys = {"access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}
    desk = stage.desk(interpreter, tmp_path, **keys)
    assert "NEW_PASSWORD_REQUIRED" in desk.run("gateway_admin_auth", password="Temporary-1")
    stage.confirm()
    printed = desk.run("gateway_admin_auth")
    assert "signed in for alice" in printed and "the gateway itself is signed in: False" in printed
