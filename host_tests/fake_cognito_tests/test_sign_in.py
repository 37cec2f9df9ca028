"""Signing in to the double with a password: tokens, secret hashes, a new password, sessions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cognito_mp_tools.local.tls_front import Request
from fake_cognito.endpoint import FakeCognito
from fake_cognito.pools import AppClient, Pool, User
from fake_cognito.service_model import USER_POOLS
from fake_cognito_tests.aws_client import PASSWORD, PHONE, Reply, answer, claims, refusal, sign_in, start
from fake_cognito_tests.conftest import START, Clock

# Passwords, tokens, secret hashes.


def test_password(aws: Any, app: AppClient, alice: User) -> None:
    result = sign_in(aws, app)["AuthenticationResult"]
    assert 1000 <= len(result["AccessToken"]) <= 1100
    assert 1200 <= len(result["IdToken"]) <= 1800
    assert 1700 <= len(result["RefreshToken"]) <= 1900
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer")
    access = claims(result["AccessToken"])
    assert (access["username"], access["sub"], access["exp"]) == ("alice", alice.sub, START + 3600)
    assert alice.sub != "alice"
    assert claims(result["IdToken"])["name"] == "Ana \N{GRINNING FACE}"


def test_wrong_password_and_unknown_user_look_alike(aws: Any, app: AppClient, alice: User) -> None:
    wrong = {"USERNAME": "alice", "PASSWORD": "wrong"}
    unknown = {"USERNAME": "mallory", "PASSWORD": "wrong"}
    for parameters in (wrong, unknown):
        said = refusal(aws.initiate_auth, AuthFlow="USER_PASSWORD_AUTH", ClientId=app.id, AuthParameters=parameters)
        assert said == "NotAuthorizedException: Incorrect username or password."
    app.prevent_user_existence_errors = False
    said = refusal(aws.initiate_auth, AuthFlow="USER_PASSWORD_AUTH", ClientId=app.id, AuthParameters=unknown)
    assert said == "UserNotFoundException: User does not exist."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"enabled": False}, "NotAuthorizedException: User is disabled."),
        ({"status": "UNCONFIRMED"}, "UserNotConfirmedException: User is not confirmed."),
        ({"status": "RESET_REQUIRED"}, "PasswordResetRequiredException: Password reset required for the user"),
    ],
)
def test_user_states(aws: Any, app: AppClient, alice: User, change: Reply, said: str) -> None:
    for name, value in change.items():
        setattr(alice, name, value)
    assert refusal(sign_in, aws=aws, app=app) == said


def test_unknown_client_and_flow_not_enabled(aws: Any, app: AppClient, alice: User) -> None:
    given = {"USERNAME": "alice", "SRP_A": "2"}
    said = refusal(aws.initiate_auth, AuthFlow="USER_SRP_AUTH", ClientId="x", AuthParameters=given)
    assert said == "ResourceNotFoundException: User pool client x does not exist."
    app.flows.remove("USER_PASSWORD_AUTH")
    assert refusal(sign_in, aws=aws, app=app).startswith("InvalidParameterException: USER_PASSWORD_AUTH flow not")


def test_secret_hash(aws: Any, secret_app: AppClient, alice: User) -> None:
    given = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    call = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": secret_app.id}
    missing = refusal(aws.initiate_auth, **call, AuthParameters=given)
    expected = f"Client {secret_app.id} is configured with secret but SECRET_HASH was not received"
    assert missing == f"NotAuthorizedException: {expected}"
    wrong = refusal(aws.initiate_auth, **call, AuthParameters={**given, "SECRET_HASH": "eA=="})
    assert wrong == f"NotAuthorizedException: Unable to verify secret hash for client {secret_app.id}"
    assert "AuthenticationResult" in sign_in(aws, secret_app)


def test_the_hash_is_that_of_the_right_name_at_each_step(cognito: FakeCognito, aws: Any) -> None:
    pool = cognito.add_pool("eu-west-1_EmailPool1", email_sign_in=True)
    app = pool.add_app(secret=True)
    user = pool.add_user("bob@example.com", PASSWORD, status="FORCE_CHANGE_PASSWORD")
    assert user.username == user.sub
    challenge = sign_in(aws, app, "bob@example.com")
    assert challenge["ChallengeParameters"]["USER_ID_FOR_SRP"] == user.sub
    new = {"NEW_PASSWORD": "Another-1"}
    typed = app.secret_hash("bob@example.com")
    for alias in ({"SECRET_HASH": typed}, {"SECRET_HASH": typed, "USERNAME": "bob@example.com"}):
        said = refusal(answer, aws=aws, app=app, challenge=challenge, **alias, **new)
        assert said == f"NotAuthorizedException: Unable to verify secret hash for client {app.id}"
    result = answer(aws, app, challenge, **new)["AuthenticationResult"]
    assert claims(result["AccessToken"])["username"] == user.sub

    def refresh(name: str) -> Reply:
        given = {"REFRESH_TOKEN": result["RefreshToken"], "SECRET_HASH": app.secret_hash(name)}
        return start(aws, app, "REFRESH_TOKEN_AUTH", **given)

    assert "Unable to verify secret hash" in refusal(refresh, name="bob@example.com")
    assert "AuthenticationResult" in refresh(user.sub)


def test_a_public_client_must_echo_the_name_too(cognito: FakeCognito, aws: Any, expected_violations: list[str]) -> None:
    pool = cognito.add_pool("eu-west-1_EmailPool1", email_sign_in=True)
    app = pool.add_app()
    pool.add_user("bob@example.com", PASSWORD, mfa=["SMS_MFA"], phone_number=PHONE)
    challenge = sign_in(aws, app, "bob@example.com")
    given = {"USERNAME": "bob@example.com", "SMS_MFA_CODE": "000000"}
    assert "USER_ID_FOR_SRP" in refusal(answer, aws=aws, app=app, challenge=challenge, **given)
    expected_violations += cognito.violations
    assert len(expected_violations) == 1


# NEW_PASSWORD_REQUIRED and sessions.


def test_new_password(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    pool.required_attributes, alice.status = ("email", "nickname"), "FORCE_CHANGE_PASSWORD"
    challenge = sign_in(aws, app)
    parameters = challenge["ChallengeParameters"]
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert json.loads(parameters["requiredAttributes"]) == ["userAttributes.nickname"]
    assert json.loads(parameters["userAttributes"])["email"] == "alice@example.com"
    short = refusal(answer, aws=aws, app=app, challenge=challenge, NEW_PASSWORD="short")
    assert short.startswith("InvalidPasswordException: Password did not conform with policy")
    missing = refusal(answer, aws=aws, app=app, challenge=challenge, NEW_PASSWORD="Another-1")
    assert missing == "InvalidParameterException: Invalid attributes given, nickname is missing"
    more = {"NEW_PASSWORD": "Another-1", "userAttributes.nickname": "Al"}
    assert "AuthenticationResult" in answer(aws, app, challenge, **more)
    assert (alice.password, alice.status, alice.attributes["nickname"]) == ("Another-1", "CONFIRMED", "Al")


def test_real_lists(cognito: FakeCognito, pool: Pool, app: AppClient, alice: User) -> None:
    # AWS's own client takes a map of strings at its word, so this one is read by hand.
    pool.real_lists, alice.status = True, "FORCE_CHANGE_PASSWORD"
    given = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    body = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": app.id, "AuthParameters": given}
    headers = {"x-amz-target": f"{USER_POOLS}.InitiateAuth", "content-type": "application/x-amz-json-1.1"}
    headers["user-agent"] = "any"
    reply = json.loads(cognito.handle(Request("POST", "/", headers, json.dumps(body).encode())).body)
    assert reply["ChallengeParameters"]["requiredAttributes"] == []
    assert reply["ChallengeParameters"]["userAttributes"]["email"] == "alice@example.com"


def test_a_session_is_good_once_and_for_three_minutes(
    clock: Clock, aws: Any, app: AppClient, alice: User, pool: Pool
) -> None:
    alice.mfa, alice.attributes["phone_number"] = ["SMS_MFA"], PHONE
    challenge = sign_in(aws, app)
    wrong = refusal(answer, aws=aws, app=app, challenge=challenge, SMS_MFA_CODE="nothing")
    assert wrong.startswith("CodeMismatchException")
    assert "AuthenticationResult" in answer(aws, app, challenge, SMS_MFA_CODE=alice.last_code)
    again = refusal(answer, aws=aws, app=app, challenge=challenge, SMS_MFA_CODE=alice.last_code)
    assert again == "NotAuthorizedException: Invalid session for the user, session can only be used once."
    challenge = sign_in(aws, app)
    clock.advance(180)
    late = refusal(answer, aws=aws, app=app, challenge=challenge, SMS_MFA_CODE=alice.last_code)
    assert late == "NotAuthorizedException: Invalid session for the user, session is expired."
    challenge = {**sign_in(aws, app), "ChallengeName": "EMAIL_OTP"}
    other = refusal(answer, aws=aws, app=app, challenge=challenge, EMAIL_OTP_CODE=alice.last_code)
    assert other == "NotAuthorizedException: Invalid session for the user."


def test_sessions_can_be_burnt_by_a_wrong_answer(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    pool.burn_sessions, alice.mfa = True, ["EMAIL_OTP"]
    challenge = sign_in(aws, app)
    refusal(answer, aws=aws, app=app, challenge=challenge, EMAIL_OTP_CODE="x")
    again = refusal(answer, aws=aws, app=app, challenge=challenge, EMAIL_OTP_CODE=alice.last_code)
    assert "session can only be used once" in again
