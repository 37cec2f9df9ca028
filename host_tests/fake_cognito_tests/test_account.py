"""Signing up with the double, and what a signed-in person does with an account there."""

from __future__ import annotations

from typing import Any

from fake_cognito.pools import AppClient, Pool, User
from fake_cognito_tests.aws_client import PASSWORD, refusal, sign_in, start
from fake_cognito_tests.conftest import Clock


def test_sign_up(clock: Clock, aws: Any, pool: Pool, secret_app: AppClient) -> None:
    mail = {"Name": "email", "Value": "carol@example.com"}
    who = {"ClientId": secret_app.id, "Username": "carol", "SecretHash": secret_app.secret_hash("carol")}
    wrong = {**who, "SecretHash": secret_app.secret_hash("Carol")}
    assert "Unable to verify secret hash" in refusal(aws.sign_up, **wrong, Password=PASSWORD)
    assert "InvalidPasswordException" in refusal(aws.sign_up, **who, Password="short")
    made = aws.sign_up(**who, Password=PASSWORD, UserAttributes=[mail])
    carol = pool.users["carol"]
    assert (made["UserConfirmed"], made["UserSub"]) == (False, carol.sub)
    assert made["CodeDeliveryDetails"]["Destination"] == "c***@e***"
    assert "UsernameExistsException" in refusal(aws.sign_up, **who, Password=PASSWORD)
    assert "UserNotConfirmedException" in refusal(sign_in, aws=aws, app=secret_app, username="carol")
    first = carol.last_code
    aws.resend_confirmation_code(**who)
    assert "CodeMismatchException" in refusal(aws.confirm_sign_up, **who, ConfirmationCode=first + "0")
    clock.advance(24 * 3600)
    assert "ExpiredCodeException" in refusal(aws.confirm_sign_up, **who, ConfirmationCode=carol.last_code)
    aws.resend_confirmation_code(**who)
    aws.confirm_sign_up(**who, ConfirmationCode=carol.last_code)
    assert "Current status is CONFIRMED" in refusal(aws.confirm_sign_up, **who, ConfirmationCode="1")
    assert "AuthenticationResult" in sign_in(aws, secret_app, "carol")


def test_forgotten_password(aws: Any, app: AppClient, alice: User) -> None:
    alice.status, alice.password = "RESET_REQUIRED", "forgotten"
    who = {"ClientId": app.id, "Username": "alice"}
    assert aws.forgot_password(**who)["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
    assert "CodeDeliveryDetails" in aws.forgot_password(ClientId=app.id, Username="mallory")
    assert "CodeMismatch" in refusal(aws.confirm_forgot_password, **who, ConfirmationCode="x", Password=PASSWORD)
    aws.confirm_forgot_password(**who, ConfirmationCode=alice.last_code, Password=PASSWORD)
    assert "AuthenticationResult" in sign_in(aws, app)


def test_the_account_of_a_signed_in_user(clock: Clock, aws: Any, app: AppClient, alice: User) -> None:
    token = {"AccessToken": sign_in(aws, app)["AuthenticationResult"]["AccessToken"]}
    got = aws.get_user(**token)
    assert got["Username"] == "alice"
    assert {"Name": "name", "Value": "Ana \N{GRINNING FACE}"} in got["UserAttributes"]
    mail = [{"Name": "email", "Value": "new@example.com"}]
    assert aws.update_user_attributes(**token, UserAttributes=mail)["CodeDeliveryDetailsList"]
    aws.get_user_attribute_verification_code(**token, AttributeName="email")
    wrong = refusal(aws.verify_user_attribute, **token, AttributeName="email", Code="x")
    assert wrong.startswith("CodeMismatchException")
    aws.verify_user_attribute(**token, AttributeName="email", Code=alice.last_code)
    assert alice.attributes["email_verified"] == "true"
    wrong = refusal(aws.change_password, **token, PreviousPassword="wrong", ProposedPassword="Another-1")
    assert wrong == "NotAuthorizedException: Incorrect username or password."
    aws.change_password(**token, PreviousPassword=PASSWORD, ProposedPassword="Another-1")
    assert alice.password == "Another-1"
    clock.advance(3600)
    assert refusal(aws.get_user, **token) == "NotAuthorizedException: Access Token has expired"
    assert refusal(aws.get_user, AccessToken="x") == "NotAuthorizedException: Invalid Access Token"


def test_global_sign_out(aws: Any, app: AppClient, alice: User) -> None:
    result, other = (sign_in(aws, app)["AuthenticationResult"] for _ in range(2))
    aws.global_sign_out(AccessToken=result["AccessToken"])
    for one in (result, other):
        said = refusal(start, aws=aws, app=app, flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=one["RefreshToken"])
        assert said == "NotAuthorizedException: Refresh Token has been revoked"
    assert "AuthenticationResult" in sign_in(aws, app)


def test_delete_user(aws: Any, app: AppClient, alice: User) -> None:
    result = sign_in(aws, app)["AuthenticationResult"]
    aws.delete_user(AccessToken=result["AccessToken"])
    assert refusal(aws.get_user, AccessToken=result["AccessToken"]).startswith("UserNotFoundException")
    said = refusal(start, aws=aws, app=app, flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"])
    assert said == "NotAuthorizedException: The user has been deleted for the associated refresh token"
