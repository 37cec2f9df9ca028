"""The double's first factors besides the plain password: SRP, those of USER_AUTH, and CUSTOM_AUTH."""

from __future__ import annotations

from typing import Any

import pytest
from fake_cognito.endpoint import FakeCognito
from fake_cognito.pools import AppClient, Pool, User
from fake_cognito_tests.aws_client import PASSWORD, PHONE, Reply, SrpClient, answer, refusal, start

# SRP.


@pytest.mark.parametrize("with_session", [False, True])
def test_srp(aws: Any, pool: Pool, secret_app: AppClient, alice: User, with_session: bool) -> None:
    pool.srp_session = with_session
    client = SrpClient()
    challenge = start(aws, secret_app, "USER_SRP_AUTH", USERNAME="alice", SRP_A=client.srp_a)
    assert ("Session" in challenge) == with_session
    assert "AuthenticationResult" in answer(aws, secret_app, challenge, **client.user_claim(pool, challenge))
    again = refusal(answer, aws=aws, app=secret_app, challenge=challenge, **client.user_claim(pool, challenge))
    assert "only be used once" in again


def test_srp_by_e_mail_proves_the_sub(cognito: FakeCognito, aws: Any) -> None:
    pool = cognito.add_pool("eu-west-1_EmailPool1", email_sign_in=True)
    app = pool.add_app(secret=True)
    user = pool.add_user("bob@example.com", PASSWORD)
    client = SrpClient()
    challenge = start(aws, app, "USER_SRP_AUTH", USERNAME="bob@example.com", SRP_A=client.srp_a)
    assert challenge["ChallengeParameters"]["USER_ID_FOR_SRP"] == user.sub
    assert "AuthenticationResult" in answer(aws, app, challenge, **client.user_claim(pool, challenge))


def test_srp_refuses_a_wrong_proof(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    client = SrpClient()
    challenge = start(aws, app, "USER_SRP_AUTH", USERNAME="alice", SRP_A=client.srp_a)
    wrong = "NotAuthorizedException: Incorrect username or password."
    good, guessed = client.user_claim(pool, challenge), client.user_claim(pool, challenge, "guessed")
    assert refusal(answer, aws=aws, app=app, challenge=challenge, **guessed) == wrong
    later = {**good, "TIMESTAMP": "Mon Jan 5 03:04:06 UTC 2026"}
    assert refusal(answer, aws=aws, app=app, challenge=challenge, **later) == wrong
    padded = client.user_claim(pool, challenge, timestamp="Mon Jan 05 03:04:05 UTC 2026")
    assert "TIMESTAMP format" in refusal(answer, aws=aws, app=app, challenge=challenge, **padded)
    assert "AuthenticationResult" in answer(aws, app, challenge, **good)


def test_srp_of_a_stranger_fails_at_the_proof(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    client = SrpClient()
    challenge = start(aws, app, "USER_SRP_AUTH", USERNAME="mallory", SRP_A=client.srp_a)
    said = refusal(answer, aws=aws, app=app, challenge=challenge, **client.user_claim(pool, challenge))
    assert said == "NotAuthorizedException: Incorrect username or password."


# USER_AUTH and CUSTOM_AUTH.


def test_choosing_a_first_factor(aws: Any, pool: Pool, secret_app: AppClient, alice: User) -> None:
    client = SrpClient()

    def offered() -> Reply:
        return start(aws, secret_app, "USER_AUTH", USERNAME="alice")

    assert offered()["ChallengeName"] == "SELECT_CHALLENGE"
    assert offered()["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"]
    assert "SMS_OTP" not in offered()["AvailableChallenges"]
    assert "AuthenticationResult" in answer(aws, secret_app, offered(), ANSWER="PASSWORD", PASSWORD=PASSWORD)
    challenge = answer(aws, secret_app, offered(), ANSWER="PASSWORD_SRP", SRP_A=client.srp_a)
    assert "AuthenticationResult" in answer(aws, secret_app, challenge, **client.user_claim(pool, challenge))
    challenge = answer(aws, secret_app, offered(), ANSWER="EMAIL_OTP")
    assert "AuthenticationResult" in answer(aws, secret_app, challenge, EMAIL_OTP_CODE=alice.last_code)
    bare = refusal(answer, aws=aws, app=secret_app, challenge=offered(), ANSWER="PASSWORD")
    assert bare == "InvalidParameterException: Missing required parameter PASSWORD"
    unheard_of = refusal(answer, aws=aws, app=secret_app, challenge=offered(), ANSWER="SMS_OTP")
    assert "AvailableChallenges" in unheard_of


def test_a_preferred_first_factor(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    alice.attributes["phone_number"] = PHONE
    client = SrpClient()

    def prefer(name: str, **more: str) -> Reply:
        return start(aws, app, "USER_AUTH", USERNAME="alice", PREFERRED_CHALLENGE=name, **more)

    assert "AuthenticationResult" in prefer("PASSWORD", PASSWORD=PASSWORD)
    assert "Incorrect" in refusal(prefer, name="PASSWORD", PASSWORD="wrong")
    assert "AuthenticationResult" in answer(aws, app, prefer("PASSWORD"), PASSWORD=PASSWORD)
    for challenge in (prefer("PASSWORD_SRP", SRP_A=client.srp_a), prefer("PASSWORD_SRP")):
        if challenge["ChallengeName"] == "PASSWORD_SRP":
            challenge = answer(aws, app, challenge, SRP_A=client.srp_a)
        assert "AuthenticationResult" in answer(aws, app, challenge, **client.user_claim(pool, challenge))
    for name in ("EMAIL_OTP", "SMS_OTP"):
        challenge = prefer(name)
        assert challenge["ChallengeName"] == name
        assert "AuthenticationResult" in answer(aws, app, challenge, **{name + "_CODE": alice.last_code})
    pool.first_factors = ("PASSWORD",)
    assert prefer("SMS_OTP")["AvailableChallenges"] == ["PASSWORD"]


def test_custom_challenges(aws: Any, pool: Pool, secret_app: AppClient, alice: User) -> None:
    alice.custom_challenges = [({"question": "colour?"}, "blue"), ({"question": "number?"}, "7")]
    challenge = start(aws, secret_app, "CUSTOM_AUTH", USERNAME="alice")
    assert challenge["ChallengeParameters"] == {"question": "colour?", "USERNAME": "alice"}
    challenge = answer(aws, secret_app, challenge, ANSWER="blue")
    assert challenge["ChallengeParameters"]["question"] == "number?"
    wrong = refusal(answer, aws=aws, app=secret_app, challenge=challenge, ANSWER="8")
    assert wrong == "NotAuthorizedException: Incorrect username or password."
    assert "only be used once" in refusal(answer, aws=aws, app=secret_app, challenge=challenge, ANSWER="7")
    pool.custom_attempts = 2
    challenge = start(aws, secret_app, "CUSTOM_AUTH", USERNAME="alice")
    for attempt in ("red", "blue", "7"):
        challenge = answer(aws, secret_app, challenge, ANSWER=attempt)
    assert "AuthenticationResult" in challenge


def test_custom_challenges_after_srp(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    alice.custom_challenges = [({"question": "colour?"}, "blue")]
    client = SrpClient()
    given = {"USERNAME": "alice", "CHALLENGE_NAME": "SRP_A", "SRP_A": client.srp_a}
    challenge = start(aws, app, "CUSTOM_AUTH", **given)
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    claim = client.user_claim(pool, challenge)
    forgetful = {key: value for key, value in challenge.items() if key != "Session"}
    assert "Invalid session" in refusal(answer, aws=aws, app=app, challenge=forgetful, **claim)
    challenge = answer(aws, app, challenge, **client.user_claim(pool, challenge))
    assert "AuthenticationResult" in answer(aws, app, challenge, ANSWER="blue")
