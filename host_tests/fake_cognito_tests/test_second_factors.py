"""The double's second factors: codes that it sends, TOTP, the choice between them, and their set-up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_cognito.pools import AppClient, Pool, User
from fake_cognito.sign_in import totp
from fake_cognito_tests.aws_client import PHONE, TOTP_SECRET, answer, authenticator, refusal, sign_in
from fake_cognito_tests.conftest import Clock


@pytest.mark.parametrize(("factor", "medium"), [("SMS_MFA", "SMS"), ("EMAIL_OTP", "EMAIL")])
def test_code_that_is_sent(aws: Any, secret_app: AppClient, alice: User, factor: str, medium: str) -> None:
    alice.mfa, alice.attributes["phone_number"] = [factor], PHONE
    challenge = sign_in(aws, secret_app)
    assert challenge["ChallengeName"] == factor
    assert challenge["ChallengeParameters"]["CODE_DELIVERY_DELIVERY_MEDIUM"] == medium
    assert PHONE not in challenge["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"]
    assert alice.inbox[-1][0] == medium
    assert "AuthenticationResult" in answer(aws, secret_app, challenge, **{factor + "_CODE": alice.last_code})


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_totp(clock: Clock, aws: Any, app: AppClient, alice: User, drift: int) -> None:
    alice.mfa, alice.totp_secret = ["SOFTWARE_TOKEN_MFA"], TOTP_SECRET
    challenge = sign_in(aws, app)
    stale = authenticator(clock() + 2 * 30 + drift if drift >= 0 else clock() - 60)
    wrong = refusal(answer, aws=aws, app=app, challenge=challenge, SOFTWARE_TOKEN_MFA_CODE=stale)
    assert wrong == "CodeMismatchException: Invalid code received for user"
    code = authenticator(clock() + drift)
    assert "AuthenticationResult" in answer(aws, app, challenge, SOFTWARE_TOKEN_MFA_CODE=code)
    again = refusal(answer, aws=aws, app=app, challenge=sign_in(aws, app), SOFTWARE_TOKEN_MFA_CODE=code)
    assert again == "ExpiredCodeException: Your software token has already been used once."


def test_totp_vector_of_rfc_6238() -> None:
    assert totp(TOTP_SECRET, 59 // 30) == "287082" == authenticator(59)


@pytest.mark.parametrize("email_name", ["EMAIL_OTP", "EMAIL_MFA"])
def test_select_mfa_type(aws: Any, pool: Pool, app: AppClient, alice: User, email_name: str) -> None:
    pool.email_mfa_name, alice.mfa = email_name, ["SMS_MFA", "EMAIL_OTP"]
    challenge = sign_in(aws, app)
    assert challenge["ChallengeName"] == "SELECT_MFA_TYPE"
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == ["SMS_MFA", email_name]
    assert "MFAS_CAN_CHOOSE" in refusal(answer, aws=aws, app=app, challenge=challenge, ANSWER="SOFTWARE_TOKEN_MFA")
    challenge = answer(aws, app, challenge, ANSWER=email_name)
    assert challenge["ChallengeName"] == "EMAIL_OTP"
    assert "AuthenticationResult" in answer(aws, app, challenge, EMAIL_OTP_CODE=alice.last_code)
    alice.preferred_mfa = "SMS_MFA"
    assert sign_in(aws, app)["ChallengeName"] == "SMS_MFA"


def test_mfa_setup(clock: Clock, aws: Any, pool: Pool, secret_app: AppClient, alice: User) -> None:
    pool.mfa = "ON"
    challenge = sign_in(aws, secret_app)
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    assert refusal(answer, aws=aws, app=secret_app, challenge=challenge).endswith("Invalid session for the user.")
    begun = aws.associate_software_token(Session=challenge["Session"])
    wrong = refusal(aws.verify_software_token, Session=begun["Session"], UserCode="000000")
    assert wrong == "EnableSoftwareTokenMFAException: Code mismatch"
    code = authenticator(clock(), begun["SecretCode"])
    verified = aws.verify_software_token(Session=begun["Session"], UserCode=code)
    assert verified["Status"] == "SUCCESS"
    stale = refusal(answer, aws=aws, app=secret_app, challenge=challenge)
    assert stale.endswith("session can only be used once.")
    challenge["Session"] = verified["Session"]
    assert "AuthenticationResult" in answer(aws, secret_app, challenge)
    assert sign_in(aws, secret_app)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_totp_is_set_up_with_an_access_token(clock: Clock, aws: Any, app: AppClient, alice: User) -> None:
    token = {"AccessToken": sign_in(aws, app)["AuthenticationResult"]["AccessToken"]}
    settings = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    assert "InvalidParameterException" in refusal(aws.set_user_mfa_preference, **token, **settings)
    secret = aws.associate_software_token(**token)["SecretCode"]
    assert aws.verify_software_token(**token, UserCode=authenticator(clock(), secret))["Status"] == "SUCCESS"
    aws.set_user_mfa_preference(**token, **settings)
    assert aws.get_user(**token)["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
    assert sign_in(aws, app)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
