"""`make test-aws`, against what stands in for AWS here: its verdicts, its table, and that nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.pool.aws_trial import JOBS
from cognito_mp_tools.pool.policy import policy
from conftest import heed_ctrl_c
from tools.owner_calls import DENIED, OwnerCalls

TRIAL = (sys.executable, "-u", "-m", "cognito_mp_tools.pool.aws_trial")


def started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*TRIAL, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "AWS_MAX_ATTEMPTS": "1"},
        preexec_fn=heed_ctrl_c,
    )


def tried(*words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a trial."""
    with started(*words) as process:
        out, err = process.communicate(timeout=150)
    return process.returncode, out, err


def at(owner: OwnerCalls, *words: str) -> tuple[str, ...]:
    return ("--region", REGION, "--endpoint-url", owner.endpoint, *words)


def trial_pools(server: LocalCognito) -> list[str]:
    pools = server.admin().list_user_pools(MaxResults=60)["UserPools"]
    return [pool["Name"] for pool in pools if pool["Name"].startswith("cognito-mp-trial-")]


def test_ministack_from_end_to_end() -> None:
    code, out, err = tried("--local", "ministack")
    assert (code, err) == (0, ""), out + err
    assert "This is a trial against ministack, not against AWS." in out
    for words in (*JOBS, "the same", "GetUser"):
        assert words in out
    assert "which don't count: rotation, devices." in out
    # What nobody knows yet counts for nothing.
    assert "password, device not confirmed" in out
    # What ministack lacks is told by the table: its own words, and beside them the double's.
    assert "Unknown Cognito IDP action" in out and "RefreshTokenReuseException" in out
    assert "has different Client" in out
    assert "Both pools are deleted." in out


def test_moto_where_it_is_as_aws_is() -> None:
    code, out, err = tried("--local", "moto", "--job", "MFA by TOTP")
    assert (code, err) == (0, ""), out + err
    assert "against moto, not against AWS" in out and "All that counts went as it should." in out


def test_what_is_asked_of_the_owners_account(owner: OwnerCalls, local_cognito: LocalCognito) -> None:
    code, out, err = tried(*at(owner, "--job", "main job"))
    assert (code, err) == (0, ""), out + err
    asked = dict(owner.calls)
    made = [call for operation, call in owner.calls if operation == "CreateUserPool"]
    assert owner.operations.count("DeleteUserPool") == len(made) == 2
    assert [call["DeletionProtection"] for call in made] == ["INACTIVE"] * 2
    assert [("DeviceConfiguration" in call) for call in made] == [False, True]
    assert trial_pools(local_cognito) == []
    graces = [
        call.get("RefreshTokenRotation", {}).get("RetryGracePeriodSeconds")
        for operation, call in owner.calls
        if operation == "CreateUserPoolClient"
    ]
    assert graces == [None, 60, 0] * 2
    # No e-mail is sent, and no right is needed that `cognito-mp pool --policy` does not give.
    assert asked["AdminCreateUser"]["MessageAction"] == "SUPPRESS"
    allowed = {action for statement in policy(REGION)["Statement"] for action in statement["Action"]}
    devices_own = {"InitiateAuth", "RespondToAuthChallenge", "GetUser"}
    assert {f"cognito-idp:{operation}" for operation in owner.operations if operation not in devices_own} <= allowed
    assert asked["AdminCreateUser"]["TemporaryPassword"] not in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_after_ctrl_c(owner: OwnerCalls, local_cognito: LocalCognito, number: int) -> None:
    process = started(*at(owner))
    with process:
        owner.replies["AdminCreateUser"] = lambda reply: process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "interrupted" in err and "Traceback" not in err
    assert "Both pools are deleted." in out
    assert owner.operations.count("DeleteUserPool") == 2 and trial_pools(local_cognito) == []


def test_a_pool_whose_making_was_never_heard_of(owner: OwnerCalls, local_cognito: LocalCognito) -> None:
    process = started(*at(owner))
    with process:

        def interrupt(reply: dict[str, Any]) -> None:
            reply.clear()
            process.send_signal(signal.SIGINT)

        owner.replies["CreateUserPool"] = interrupt
        process.communicate(timeout=60)
    assert process.returncode == 1
    assert owner.operations.count("DeleteUserPool") == 1 and trial_pools(local_cognito) == []


def test_a_step_that_fails_is_told_and_nothing_is_left(owner: OwnerCalls, local_cognito: LocalCognito) -> None:
    owner.refusals["GetUser"] = ("InternalErrorException", "Something went wrong")
    code, out, err = tried(*at(owner, "--job", "main job"))
    assert code == 1 and err == f"aws_trial: at {owner.endpoint} this failed: main job.\n"
    assert "FAILED: CognitoError InternalErrorException" in out
    assert trial_pools(local_cognito) == []


def test_what_the_owner_may_not_do_is_told_and_the_rest_is_tried(owner: OwnerCalls) -> None:
    owner.refusals["AdminUserGlobalSignOut"] = DENIED
    code, out, err = tried(*at(owner, "--job", "refused"))
    assert (code, err) == (0, ""), out + err
    assert "not done: AccessDeniedException" in " ".join(out.split())
    assert {"AdminDisableUser", "AdminEnableUser", "AdminDeleteUser"} <= set(owner.operations)
    assert "User is disabled." in " ".join(out.replace("│", "").split())


def test_pools_that_can_not_be_deleted_are_named(owner: OwnerCalls, local_cognito: LocalCognito) -> None:
    owner.refusals["DeleteUserPool"] = DENIED
    code, _, err = tried(*at(owner, "--job", "main job"))
    left = trial_pools(local_cognito)
    assert code == 1 and len(left) == 2
    assert all(f"{name} " in err for name in left) and "in the AWS console" in err
    admin = local_cognito.admin()
    for pool in admin.list_user_pools(MaxResults=60)["UserPools"]:
        if pool["Name"] in left:
            admin.delete_user_pool(UserPoolId=pool["Id"])


def test_without_the_right_to_begin_nothing_is_made(owner: OwnerCalls) -> None:
    owner.refusals["ListUserPools"] = DENIED
    code, _, err = tried(*at(owner))
    assert code == 1 and "--policy" in err
    assert set(owner.operations) == {"ListUserPools"}


def test_an_option_too_many() -> None:
    code, _, err = tried("--local", "moto", "--endpoint-url", "http://127.0.0.1:9")
    assert code == 1 and "--local starts a server of its own" in err
