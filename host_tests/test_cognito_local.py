"""The main job against cognito-local (npm), which many test with: it sends neither ExpiresIn nor TokenType."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cognito_mp_tools.local.cognito import LocalCognito, Owner
from cognito_mp_tools.packages.npm import NpmFailed, installed
from cognito_mp_tools.project import BUILD
from conftest import HERE, Interpreter, ModelWatch
from test_main_job import EMAIL, Device

POOL: dict[str, Any] = {"UsernameAttributes": ["email"]}  # its pools know no other user name


class CognitoLocal:
    """cognito-local on a port of the system's choosing, with a folder of its own."""

    def __init__(self, owner: Owner) -> None:
        packages = installed(HERE / "cognito_local", BUILD / "cognito_local")
        self._folder = tempfile.TemporaryDirectory(prefix="cognito-local-")
        self._process = subprocess.Popen(
            ["node", str(packages / "cognito-local" / "lib" / "bin" / "start.js")],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env={**os.environ, "HOST": "127.0.0.1", "PORT": "0", "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1"},
            text=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := re.search(r"running on http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                return
        self.close()
        raise RuntimeError("cognito-local did not start")

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)
        self._folder.cleanup()


@pytest.fixture(scope="module")
def cognito_local() -> Iterator[LocalCognito]:
    watch = ModelWatch()
    try:
        server = LocalCognito(CognitoLocal, watch=watch, signed_calls=True)
    except NpmFailed as problem:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(problem))
    with server:
        yield server
    watch.excuse("ClientSecret does not match")  # it gives out secrets and ids that AWS's are unlike
    watch.excuse("ClientId does not match")
    assert not watch.found


def test_two_boots(cognito_local: LocalCognito, interpreter: Interpreter, tmp_path: Path) -> None:
    device = Device(cognito_local, interpreter, tmp_path, **POOL)
    first = device.boot("first")
    assert first["challenge"] == "NEW_PASSWORD_REQUIRED" and not first["signed_in_at_boot"]
    # It forgets the refresh token of an answered challenge, so that a sign-in without one has to come between.
    device.boot("password")
    second = device.boot("again")
    assert second["signed_in_at_boot"] and second["access_token"] != first["access_token"]
    assert device.idp.get_user(AccessToken=second["access_token"])["UserAttributes"]


def test_sign_out(cognito_local: LocalCognito, interpreter: Interpreter, tmp_path: Path) -> None:
    device = Device(cognito_local, interpreter, tmp_path, **POOL)
    device.boot("first")
    device.boot("password")
    assert device.boot("sign out")["signed_in_after"] is False
    assert not b"".join(path.read_bytes() for path in tmp_path.glob("session.*")).strip(b"\0")


def test_its_replies_have_no_expires_in(cognito_local: LocalCognito, tmp_path: Path) -> None:
    """What the tests above are for: where this changes, they prove less."""
    idp = cognito_local.admin()
    pool, app = cognito_local.add_pool(secret=False, **POOL)
    idp.admin_create_user(UserPoolId=pool, Username=EMAIL, TemporaryPassword="Temporary-1", MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=pool, Username=EMAIL, Password="Chosen-Pass-2", Permanent=True)
    reply = idp.initiate_auth(
        ClientId=app["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": EMAIL, "PASSWORD": "Chosen-Pass-2"},
    )["AuthenticationResult"]
    assert "AccessToken" in reply and not {"ExpiresIn", "TokenType"} & set(reply), json.dumps(sorted(reply))
