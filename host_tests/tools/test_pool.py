"""`cognito-mp pool`: the template by AWS's own linter and on moto, the real thing on moto and ministack."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from cognito_mp import Challenge, Client, Tokens
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.pool import settings as pool_settings
from cognito_mp_tools.pool.template import PoolPlan
from moto import mock_aws

VARIANTS = (
    (),
    ("--usernames", "--totp", "--no-secret", "--name", "attic", "--refresh-token-days", "3650"),
    ("--rotation", "--self-sign-up"),
)
PASSWORD = "Temporary-9-password"


@pytest.fixture
def credentials(local_cognito: LocalCognito, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", local_cognito.owner.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", local_cognito.owner.secret_key)


@pytest.mark.parametrize("options", VARIANTS)
def test_the_template_passes_cfn_lint(options: tuple[str, ...], ok: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "pool.json"
    path.write_text(ok("pool", "--template", *options))
    linter = "import sys, cfnlint; sys.exit(cfnlint.runner.main())"
    linted = subprocess.run([sys.executable, "-c", linter, str(path)], capture_output=True, text=True)
    assert (linted.returncode, linted.stdout) == (0, ""), linted.stderr


@pytest.mark.filterwarnings("ignore:Tried to parse AWS..Cognito")
def test_the_template_deploys_on_moto(ok: Callable[..., str], credentials: None) -> None:
    """moto 5.2 takes the stack, and makes no pool of it."""
    with mock_aws():
        stack = boto3.client("cloudformation", REGION)
        stack.create_stack(StackName="pool", TemplateBody=ok("pool", "--template"))
        assert stack.describe_stacks(StackName="pool")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.parametrize("options", VARIANTS)
def test_the_template_makes_what_the_command_makes(
    options: tuple[str, ...], local_cognito: LocalCognito, ok: Callable[..., str], tmp_path: Path, credentials: None
) -> None:
    """By ministack, which makes pools of stacks."""
    server = local_cognito.owner_endpoint
    admin, stack = local_cognito.admin(), local_cognito.admin("cloudformation")
    name = f"pool-{len(options)}"
    stack.create_stack(StackName=name, TemplateBody=ok("pool", "--template", *options))
    stack.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1})
    outputs = stack.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    by_stack = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    saved = tmp_path / "saved.json"
    ok("pool", "--region", REGION, "--endpoint-url", server, "--save", saved, *options, "--name", f"command-{name}")
    by_command = json.loads(saved.read_text())
    assert by_stack["Region"] == by_command["region"] == REGION
    assert described(admin, by_stack["UserPoolId"], by_stack["ClientId"]) == described(
        admin, by_command["user_pool_id"], by_command["client_id"]
    )


def described(admin: Any, pool_id: str, client_id: str) -> dict[str, object]:
    pool = admin.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    client = admin.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)["UserPoolClient"]
    kept = {key: pool.get(key) for key in PoolPlan("any").pool()} | {"email": pool.get("UsernameAttributes")}
    kept["mfa"] = pool.get("MfaConfiguration", "OFF")
    kept |= {key: client.get(key) for key in PoolPlan("any").client() if key not in ("ClientName", "GenerateSecret")}
    return kept | {"secret": "ClientSecret" in client}


def test_a_device_can_sign_in_to_the_pool(
    local_cognito: LocalCognito,
    ok: Callable[..., str],
    refused: Callable[..., str],
    tmp_path: Path,
    credentials: None,
) -> None:
    saved = tmp_path / "saved.json"
    server = local_cognito.owner_endpoint
    words = ("pool", "--region", REGION, "--endpoint-url", server, "--name", "attic-devices")
    variables = {"COGNITO_MP_TEMPORARY_PASSWORD": PASSWORD}
    said = ok(*words, "--user", "ada@example.com", "--save", saved, variables=variables)
    assert "User ada@example.com may sign in" in said
    values = json.loads(saved.read_text())
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert values["client_secret"] not in said and PASSWORD not in said
    client = Client(
        REGION,
        values["client_id"],
        values["client_secret"],
        endpoint=local_cognito.endpoint,
        cadata=local_cognito.ca.pem,
    )
    challenge = client.sign_in("ada@example.com", PASSWORD)
    assert isinstance(challenge, Challenge) and challenge.name == "NEW_PASSWORD_REQUIRED"
    assert isinstance(client.set_new_password(challenge, "Brand-New-9-password"), Tokens)

    assert "is there already" in refused("pool", "--save", saved)
    again = refused(*words, "--save", tmp_path / "again.json")
    assert "there is a user pool called “attic-devices” already" in again


def test_aws_that_can_not_be_asked(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, credentials: None
) -> None:
    saved = ("--save", tmp_path / "saved.json")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert "--region eu-west-1" in refused("pool", *saved)
    # Port 9 is discard's: nothing listens there.
    unreachable = refused("pool", "--region", REGION, "--endpoint-url", "http://127.0.0.1:9", *saved)
    assert "Could not connect to the endpoint URL" in unreachable
    assert "there is no folder" in refused("pool", "--save", tmp_path / "no" / "saved.json")
    assert "(none) could not be found" in refused("pool", "--region", REGION, "--profile", "none", *saved)


def test_a_user_who_is_no_email_address_is_refused_before_anything_is_made(
    local_cognito: LocalCognito, refused: Callable[..., str], tmp_path: Path, credentials: None
) -> None:
    server = local_cognito.owner_endpoint
    words = ("--region", REGION, "--endpoint-url", server, "--name", "nobody", "--save", tmp_path / "saved.json")
    assert "is not an e-mail address" in refused("pool", *words, "--user", "ada")
    assert not (tmp_path / "saved.json").exists()


def test_a_pool_elsewhere_is_used_there(
    local_cognito: LocalCognito, ok: Callable[..., str], tmp_path: Path, credentials: None
) -> None:
    server = local_cognito.owner_endpoint
    ok("pool", "--region", REGION, "--endpoint-url", server, "--name", "elsewhere", "--save", tmp_path / "saved.json")
    assert pool_settings.read(tmp_path / "saved.json")["endpoint"] == server


def test_a_user_who_can_not_be_made_leaves_a_pool_that_is_told_of(
    local_cognito: LocalCognito, refused: Callable[..., str], tmp_path: Path, credentials: None
) -> None:
    server = local_cognito.owner_endpoint
    words = ("--region", REGION, "--endpoint-url", server, "--name", "strict", "--save", tmp_path / "saved.json")
    variables = {"COGNITO_MP_TEMPORARY_PASSWORD": "short"}
    said = refused("pool", *words, "--user", "ada@example.com", variables=variables)
    assert "admin-create-user" in said and (tmp_path / "saved.json").exists()
