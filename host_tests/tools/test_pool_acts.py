"""`cognito-mp pool --show`, `--check`, `--delete` and `--policy`, and what it makes, on the way to ministack."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.packages.aws_models import data_folder
from cognito_mp_tools.pool import check as pool_check
from cognito_mp_tools.pool import settings as pool_settings
from cognito_mp_tools.pool.aws_account import NEWER_OPERATIONS
from cognito_mp_tools.pool.check import FINE, LOOK, STOPS
from cognito_mp_tools.pool.template import PoolPlan
from tools.owner_calls import DENIED, OwnerCalls

GONE = ("ResourceNotFoundException", "User pool does not exist.")


@pytest.fixture
def saved(owner: OwnerCalls, ok: Callable[..., str], tmp_path: Path) -> Iterator[Path]:
    """The file of a pool with one person in it; the pool is gone after the test."""
    path = tmp_path / "cognito-pool.json"
    words = ("pool", "--region", REGION, "--endpoint-url", owner.endpoint, "--name", tmp_path.name, "--save", path)
    ok(*words, "--user", "ada@example.com", variables={"COGNITO_MP_TEMPORARY_PASSWORD": "Temporary-9-password"})
    pool_id = pool_settings.read(path)["user_pool_id"]
    yield path
    owner.refusals.clear()
    admin = owner_admin(owner)
    if any(pool["Id"] == pool_id for pool in admin.list_user_pools(MaxResults=60)["UserPools"]):
        admin.delete_user_pool(UserPoolId=pool_id)


def owner_admin(owner: OwnerCalls) -> Any:
    from cognito_mp_tools.pool.aws_account import user_pools

    return user_pools(REGION, None, owner.endpoint)


# What is made.


@pytest.mark.parametrize("rotation", [False, True])
@pytest.mark.parametrize("open_to_all", [False, True])
def test_what_is_asked_of_aws(
    owner: OwnerCalls, ok: Callable[..., str], tmp_path: Path, rotation: bool, open_to_all: bool
) -> None:
    options = ["--rotation"] * rotation + ["--self-sign-up"] * open_to_all + ["--refresh-token-days", "7"]
    words = ("--region", REGION, "--endpoint-url", owner.endpoint, "--name", tmp_path.name)
    ok("pool", *words, *options, "--save", tmp_path / "saved.json")
    asked = dict(owner.calls)
    pool, client = asked["CreateUserPool"], asked["CreateUserPoolClient"]
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": not open_to_all}
    assert client["RefreshTokenValidity"] == 7 and client["TokenValidityUnits"] == {"RefreshToken": "days"}
    # AWS refuses the flow and the rotation together.
    assert ("ALLOW_REFRESH_TOKEN_AUTH" in client["ExplicitAuthFlows"]) is not rotation
    grace = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 60}
    assert client.get("RefreshTokenRotation") == (grace if rotation else None)
    # The template says the same, and nothing else.
    resources = json.loads(ok("pool", "--template", "--name", tmp_path.name, *options))["Resources"]
    assert resources["UserPool"]["Properties"] == {"UserPoolName": pool.pop("PoolName"), **pool}
    assert {**resources["DeviceClient"]["Properties"], "UserPoolId": client["UserPoolId"]} == client


def test_tracking_is_asked_of_aws_and_a_pool_without_it_is_removed(
    owner: OwnerCalls, ok: Callable[..., str], refused: Callable[..., str], tmp_path: Path
) -> None:
    save = tmp_path / "saved.json"
    words = ("pool", "--region", REGION, "--endpoint-url", owner.endpoint, "--name", tmp_path.name, "--save", save)
    operation = "SetUserPoolSessionConfiguration"
    owner.refusals[operation] = ("FeatureUnavailableInTierException", "not in the Lite tier")
    assert "FeatureUnavailableInTierException" in refused(*words, "--session-tracking")
    assert owner.operations[-1] == "DeleteUserPool" and not save.exists()
    del owner.refusals[operation]
    owner.answers[operation] = {}
    ok(*words, "--session-tracking")
    asked = dict(owner.calls)[operation]
    assert asked["UserSessionTracking"] == "ENABLED" and asked["TokenSession"] == {"MaxPerUser": 100}
    assert "CloudFormation has no" in refused("pool", "--template", "--session-tracking")


def test_newer_operations_are_as_the_newest_model_has_them() -> None:
    def bare(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: bare(value) for key, value in part.items() if key != "documentation"}
        return [bare(value) for value in part] if isinstance(part, list) else part

    where = Path("cognito-idp", "2016-04-18")
    added = json.loads((NEWER_OPERATIONS / where / "service-2.sdk-extras.json").read_text())["merge"]
    newest = json.loads(gzip.decompress((data_folder() / where / "service-2.json.gz").read_bytes()))
    for kind in ("operations", "shapes"):
        for name, part in added[kind].items():
            assert part == bare(newest[kind][name]), name


@pytest.mark.parametrize("days", [0, 3651])
def test_a_life_that_aws_does_not_give(cognito_mp: Callable[..., Result], days: int) -> None:
    result = cognito_mp("pool", "--template", "--refresh-token-days", days)
    assert result.exit_code == 2 and "1<=x<=3650" in result.stderr


def test_the_help_says_what_rotation_costs(ok: Callable[..., str]) -> None:
    assert "then stays offline for longer than that is signed out" in " ".join(ok("pool", "--help").split())


# The file.


@pytest.mark.parametrize(
    ("content", "words"), [('{"region": "eu-w', "holds no JSON"), ("[1]", "JSON object of strings"), ("", "no JSON")]
)
@pytest.mark.parametrize("act", [(), ("--show",), ("--check",), ("--delete", "--yes")])
def test_a_damaged_file_is_named_and_stays(
    refused: Callable[..., str], owner: OwnerCalls, tmp_path: Path, content: str, words: str, act: tuple[str, ...]
) -> None:
    path = tmp_path / "cognito-pool.json"
    path.write_text(content)
    said = refused("pool", *act, "--region", REGION, "--endpoint-url", owner.endpoint, "--save", path)
    assert f"{path} is damaged" in said and words in said and "mend it, or move it away" in said
    assert path.read_text() == content and not owner.calls


def test_local_replaces_only_what_local_saved(refused: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "cognito-pool.json"
    pool_settings.write(path, {"region": REGION, "client_secret": "s" * 40})
    assert "of a pool that is still there" in refused("local", "--save", path)
    path.write_text("{")
    assert "is damaged" in refused("local", "--save", path)
    assert path.read_text() == "{"
    path.unlink()
    pool_settings.write(path, {"region": REGION, "ca": "-----BEGIN"})
    pool_settings.discard_local(path)
    assert not path.exists()


def test_a_file_that_nobody_wrote(refused: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "cognito-pool.json"
    for act in ("--show", "--check", "--delete"):
        assert refused("pool", act, "--save", path) == f"there is no {path}: `cognito-mp pool` writes such files."
    path.write_text(json.dumps({"region": REGION, "user_pool_id": f"{REGION}_1", "client_id": "c", "ca": "-----"}))
    assert "of `cognito-mp local`" in refused("pool", "--delete", "--yes", "--save", path)
    path.write_text(json.dumps({"region": REGION, "client_id": "c"}))
    assert "does not hold user_pool_id" in refused("pool", "--show", "--save", path)


def test_two_acts_at_once(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "ask for one of them" in refused("pool", "--check", "--delete")
    assert "are for --check" in refused("pool", "--delete", "--user-pool-id", f"{REGION}_1")
    assert "go together" in refused("pool", "--check", "--user-pool-id", f"{REGION}_1")


# Looking at it.


def test_show(saved: Path, ok: Callable[..., str]) -> None:
    values = pool_settings.read(saved)
    said = ok("pool", "--show", "--save", saved)
    for words in (values["user_pool_id"], values["client_id"], REGION, "about 1", "protected", "365 days", "closed"):
        assert words in said
    assert values["client_secret"] not in said


# Deleting it.


def test_delete_asks_first(
    saved: Path, cognito_mp: Callable[..., Result], ok: Callable[..., str], owner: OwnerCalls
) -> None:
    result = cognito_mp("pool", "--delete", "--save", saved, typed="n\n")
    assert result.exit_code == 1 and "nothing was deleted" in result.stderr
    assert saved.exists() and "DeleteUserPool" not in owner.operations and "UpdateUserPool" not in owner.operations
    said = ok("pool", "--delete", "--save", saved, typed="y\n")
    assert "about 1 people" in said and "can't be undone" in said
    assert not saved.exists()
    assert owner.calls[-1] == ("DeleteUserPool", {"UserPoolId": owner.calls[-1][1]["UserPoolId"]})


def test_only_the_saved_pool_is_deleted(
    saved: Path, ok: Callable[..., str], owner: OwnerCalls, local_cognito: LocalCognito
) -> None:
    other = local_cognito.add_pool()[0]
    pool_id = pool_settings.read(saved)["user_pool_id"]
    ok("pool", "--delete", "--yes", "--save", saved)
    assert {call["UserPoolId"] for name, call in owner.calls if name == "DeleteUserPool"} == {pool_id}
    left = [pool["Id"] for pool in local_cognito.admin().list_user_pools(MaxResults=60)["UserPools"]]
    assert other in left and pool_id not in left


def test_a_pool_that_is_gone_is_fine(saved: Path, ok: Callable[..., str], owner: OwnerCalls) -> None:
    owner_admin(owner).delete_user_pool(UserPoolId=pool_settings.read(saved)["user_pool_id"])
    said = ok("pool", "--delete", "--save", saved, typed="y\n")
    assert "deleted already, or another account's" in said and not saved.exists()


def test_a_pool_that_somebody_else_deletes_meanwhile(saved: Path, ok: Callable[..., str], owner: OwnerCalls) -> None:
    owner.refusals["DeleteUserPool"] = GONE
    ok("pool", "--delete", "--yes", "--save", saved)
    assert not saved.exists()


@pytest.mark.parametrize("operation", ["DescribeUserPool", "UpdateUserPool", "DeleteUserPool"])
def test_what_aws_does_not_confirm_keeps_the_file(
    saved: Path, refused: Callable[..., str], owner: OwnerCalls, local_cognito: LocalCognito, operation: str
) -> None:
    before = saved.read_text()
    pool_id = json.loads(before)["user_pool_id"]
    admin = local_cognito.admin()
    like_this = admin.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    owner.refusals[operation] = DENIED
    said = refused("pool", "--delete", "--yes", "--save", saved)
    assert "not authorized" in said and "--policy" in said
    assert saved.read_text() == before
    # UpdateUserPool resets what it is not told: all of it was told, and the protection is back.
    left = admin.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    changed = {"LastModifiedDate", "AdminCreateUserConfig"}
    assert {**left, **{name: 0 for name in changed}} == {**like_this, **{name: 0 for name in changed}}
    assert left["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    for name, given in owner.calls:
        if name == "UpdateUserPool":
            assert set(PoolPlan("any").pool()) - {"UsernameConfiguration", "UsernameAttributes"} <= set(given)


def test_a_pool_with_a_domain(saved: Path, refused: Callable[..., str], owner: OwnerCalls) -> None:
    owner.replies["DescribeUserPool"] = lambda reply: reply["UserPool"].update(Domain="watches")
    said = refused("pool", "--delete", "--yes", "--save", saved)
    assert "domain watches: delete that first" in said
    assert saved.exists() and "UpdateUserPool" not in owner.operations


# A secret that gives way to another.


def test_a_secret_is_rolled_in_two_steps(
    saved: Path, ok: Callable[..., str], refused: Callable[..., str], owner: OwnerCalls
) -> None:
    old = pool_settings.read(saved)["client_secret"]
    said = ok("pool", "--roll-secret", "--save", saved)
    assert pool_settings.read(saved)["client_secret"] == ["n" * 52, old] and len(owner.secrets.ids) == 2
    assert "every device" in said and old not in said and "n" * 52 not in said
    assert saved.stat().st_mode & 0o77 == 0
    assert "can sign in" in ok("pool", "--check", "--save", saved), "of two the app client's own is one"
    ok("pool", "--roll-secret", "--yes", "--save", saved)
    assert pool_settings.read(saved)["client_secret"] == "n" * 52 and owner.secrets.ids == ["app--1800000000"]


def test_a_step_that_was_broken_off_is_told_or_done_again(
    saved: Path, ok: Callable[..., str], refused: Callable[..., str], owner: OwnerCalls
) -> None:
    old = pool_settings.read(saved)["client_secret"]
    owner.secrets.ids.append("app--1750000000")  # added, and the file could not be written
    assert "app--1750000000" in refused("pool", "--roll-secret", "--save", saved)
    pool_settings.replace(saved, {**pool_settings.read(saved), "client_secret": ["n" * 52, old]})
    owner.secrets.ids = ["app--1800000000"]  # the old one was deleted, and the file could not be written
    ok("pool", "--roll-secret", "--yes", "--save", saved)
    assert pool_settings.read(saved)["client_secret"] == "n" * 52 and owner.secrets.ids == ["app--1800000000"]
    pool_settings.replace(saved, {**pool_settings.read(saved), "client_secret": ""})
    assert "no secret" in refused("pool", "--roll-secret", "--save", saved)


# The rights that it takes.


def test_the_policy_has_what_is_called_and_nothing_else(
    saved: Path, ok: Callable[..., str], refused: Callable[..., str], owner: OwnerCalls, tmp_path: Path
) -> None:
    owner.answers["SetUserPoolSessionConfiguration"] = {}
    where = ("--region", REGION, "--endpoint-url", owner.endpoint)
    ok("pool", "--show", "--save", saved)
    ok("pool", "--check", "--save", saved)
    ok("pool", "--roll-secret", "--save", saved)
    ok("pool", "--roll-secret", "--yes", "--save", saved)
    ok("pool", "--delete", "--yes", "--save", saved)
    named = (
        *where,
        "--totp",
        "--session-tracking",
        "--name",
        f"{tmp_path.name}-again",
        "--save",
        tmp_path / "again.json",
    )
    owner.refusals["CreateUserPoolClient"] = DENIED
    refused("pool", *named)
    del owner.refusals["CreateUserPoolClient"]
    ok("pool", *named)
    statements = json.loads(ok("pool", "--policy", "--region", REGION))["Statement"]
    allowed = [action for statement in statements for action in statement["Action"]]
    assert sorted(allowed) == sorted({f"cognito-idp:{operation}" for operation in owner.operations})
    assert {statement["Effect"] for statement in statements} == {"Allow"}
    for statement in statements:
        of_no_pool = {"cognito-idp:CreateUserPool", "cognito-idp:ListUserPools"} >= set(statement["Action"])
        assert statement["Resource"] == ("*" if of_no_pool else f"arn:aws:cognito-idp:{REGION}:*:userpool/*")


# What settings mean for a device.


def judged(name: str, pool: dict[str, Any], client: dict[str, Any], mfa: dict[str, Any], secret: str | None) -> Any:
    found = pool_check.findings(pool_check.Pool(pool, client, mfa, secret))
    return next(finding for finding in found if finding.name == name)


ROTATING = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 60}
SRP_ONLY = {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]}
CLIENTS = [
    ("sign-in", {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}, FINE, "with a password"),
    ("sign-in", {"ExplicitAuthFlows": ["USER_PASSWORD_AUTH"]}, FINE, "with a password"),
    ("sign-in", SRP_ONLY, LOOK, "--flow USER_SRP_AUTH"),
    ("sign-in", {}, LOOK, "--flow USER_SRP_AUTH"),  # what AWS gives to who names no flows
    ("sign-in", {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}, LOOK, "USER_AUTH alone"),
    ("sign-in", {"ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"]}, LOOK, "Lambda"),
    ("sign-in", {"ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]}, STOPS, "no flow"),
    ("sign-in", {"ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]}, STOPS, "no flow"),
    ("refresh", {}, FINE, "asked for once"),
    ("refresh", {**SRP_ONLY, "RefreshTokenRotation": ROTATING}, FINE, "by rotation"),
    ("refresh", {"RefreshTokenRotation": ROTATING}, LOOK, "rules out"),
    ("refresh", SRP_ONLY, STOPS, "ends after 60 minutes"),
    ("refresh", {**SRP_ONLY, "RefreshTokenRotation": {"Feature": "DISABLED"}}, STOPS, "not allowed"),
    ("rotation", {}, FINE, "off"),
    ("rotation", {"RefreshTokenRotation": {"Feature": "DISABLED"}}, FINE, "off"),
    ("rotation", {"RefreshTokenRotation": ROTATING}, FINE, "more than 60 s is signed out, and no client can help"),
    ("rotation", {"RefreshTokenRotation": {"Feature": "ENABLED"}}, LOOK, "more than 0 s"),
    ("tokens", {}, FINE, "1 hour; a device stays signed in for 30 days"),
    ("tokens", {"RefreshTokenValidity": 5}, LOOK, "5 days"),
    ("tokens", {"RefreshTokenValidity": 48, "TokenValidityUnits": {"RefreshToken": "hours"}}, LOOK, "2 days"),
    ("tokens", {"AccessTokenValidity": 5, "TokenValidityUnits": {"AccessToken": "minutes"}}, LOOK, "5 minutes"),
    ("tokens", {"AccessTokenValidity": 2}, FINE, "2 hours"),
    ("session's end", {}, FINE, "two weeks ahead"),
    ("session's end", {"RefreshTokenValidity": 5, "TokenValidityUnits": {"RefreshToken": "hours"}}, FINE, "no device"),
    ("fleet", {}, FINE, "120 sign-ins and refreshes a second; with access tokens of a day, 5,832,000"),
    ("fleet", {}, FINE, "243,000 devices fit"),
    ("fleet", {"AccessTokenValidity": 24}, FINE, "5,832,000 devices fit in Cognito's default quota of 120 "),
    ("sign-out", {"EnableTokenRevocation": True}, FINE, "revokes"),
    ("sign-out", {"EnableTokenRevocation": False}, LOOK, "copy"),
]


@pytest.mark.parametrize(("name", "client", "verdict", "words"), CLIENTS)
def test_an_app_clients_settings(name: str, client: dict[str, Any], verdict: str, words: str) -> None:
    finding = judged(name, {}, client, {}, None)
    assert (finding.verdict, bool(finding.advice)) == (verdict, verdict != FINE)
    assert words in f"{finding.found}; {finding.advice}"


@pytest.mark.parametrize(
    ("needed", "held", "verdict", "words"),
    [
        ("a" * 24, None, FINE, "settings need it"),
        ("a" * 24, "a" * 24, FINE, "settings need it"),
        ("a" * 24, "b" * 24, STOPS, "another"),
        ("a" * 24, "", STOPS, "lacks"),
        ("", "b" * 24, STOPS, "has none"),
        ("", "", FINE, "none is needed"),
    ],
)
def test_the_secret(needed: str, held: str | None, verdict: str, words: str) -> None:
    finding = judged("secret", {}, {"ClientSecret": needed} if needed else {}, {}, held)
    assert finding.verdict == verdict and words in finding.found
    assert "aaaa" not in repr(finding) and "bbbb" not in repr(finding)


TEXT: dict[str, Any] = {"SmsMfaConfiguration": {"SmsConfiguration": {}}}
TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


@pytest.mark.parametrize(
    ("mfa", "verdict", "words"),
    [
        ({"MfaConfiguration": "OFF"}, FINE, "off"),
        ({"MfaConfiguration": "OPTIONAL", **TOTP}, FINE, "an authenticator app"),
        ({"MfaConfiguration": "ON", **TOTP}, LOOK, "an authenticator app"),
        (
            {"MfaConfiguration": "ON", "SmsMfaConfiguration": {"SmsConfiguration": {}}, **TOTP},
            FINE,
            "a text message or",
        ),
        ({"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": False}}, STOPS, "nothing"),
    ],
)
def test_second_factors(mfa: dict[str, Any], verdict: str, words: str) -> None:
    finding = judged("MFA", {}, {}, mfa, None)
    assert finding.verdict == verdict and words in finding.found


@pytest.mark.parametrize(
    ("tracking", "verdict", "words"),
    [
        ({}, FINE, "not tracked"),
        ({"UserSessionTracking": "DISABLED", "TokenSession": {"MaxPerUser": 1}}, FINE, "not tracked"),
        ({"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 100}}, FINE, "100 for each person"),
        (
            {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 20}},
            FINE,
            "ends the one used least recently",
        ),
        ({"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 19}}, LOOK, "19 for each person"),
        ({"Refused": "AccessDeniedException"}, FINE, "not known (AccessDeniedException)"),
    ],
)
def test_where_sessions_are_tracked(tracking: dict[str, Any], verdict: str, words: str) -> None:
    found = pool_check.findings(pool_check.Pool({}, {}, {}, None, None, tracking))
    (finding,) = [finding for finding in found if finding.name == "sessions"]
    assert finding.verdict == verdict and words in finding.found


@pytest.mark.parametrize(
    ("held", "days", "verdict", "words"),
    [
        ("365", 365, FINE, "two weeks ahead"),
        ("365", 30, LOOK, "the file says 365 days"),
        ("", 30, LOOK, "no device can warn"),
        ("30", None, FINE, "two weeks ahead"),
    ],
)
def test_what_the_file_says_of_a_sessions_end(held: str, days: int | None, verdict: str, words: str) -> None:
    client = {"RefreshTokenValidity": days} if days else {}
    (finding,) = [
        found for found in pool_check.findings(pool_check.Pool({}, client, {}, None, held)) if "end" in found.name
    ]
    assert finding.verdict == verdict and words in finding.found


@pytest.mark.parametrize(
    ("name", "pool", "verdict", "words"),
    [
        ("devices", {}, FINE, "not tracked"),
        ("devices", {"DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True}}, FINE, "second factor once"),
        ("devices", {"DeviceConfiguration": {}}, FINE, "each is still asked"),
        ("devices", {"DeviceConfiguration": {"DeviceOnlyRememberedOnUserPrompt": True}}, LOOK, "owner says so"),
        ("sign-up", {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}}, FINE, "closed"),
        ("sign-up", {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False}}, LOOK, "open"),
        ("sign-up", {}, LOOK, "open"),
    ],
)
def test_a_pools_settings(name: str, pool: dict[str, Any], verdict: str, words: str) -> None:
    finding = judged(name, pool, {}, {}, None)
    assert finding.verdict == verdict and words in finding.found


def test_passwords_in_a_pool_that_tracks_devices() -> None:
    tracking = {"DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True}}
    flows = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]}
    finding = judged("devices", tracking, flows, {}, None)
    assert finding.verdict == LOOK and "without SRP" in finding.found and "by SRP" in finding.advice
    assert judged("devices", {}, flows, {}, None).verdict == FINE


def test_check_of_what_the_command_made(saved: Path, ok: Callable[..., str]) -> None:
    said = ok("pool", "--check", "--save", saved)
    assert said.count("ok    ") == 12 and "A device can sign in" in said


def test_check_of_a_pool_that_keeps_devices_out(
    cognito_mp: Callable[..., Result], refused: Callable[..., str], owner: OwnerCalls, local_cognito: LocalCognito
) -> None:
    admin = local_cognito.admin()
    pool_id = admin.create_user_pool(PoolName="old")["UserPool"]["Id"]
    given = {"UserPoolId": pool_id, "ClientName": "web", "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"]}
    client_id = admin.create_user_pool_client(**given)["UserPoolClient"]["ClientId"]
    named = ("--endpoint-url", owner.endpoint, "--user-pool-id", pool_id)
    result = cognito_mp("pool", "--check", *named, "--client-id", client_id)
    assert result.exit_code == 1 and "1 of 12 settings keeps a device out" in result.stderr
    assert "FAILED  refresh" in result.output and "allow ALLOW_REFRESH_TOKEN_AUTH" in result.output
    assert "look    sign-up" in result.output
    assert "not found" in refused("pool", "--check", *named, "--client-id", "other").lower()
