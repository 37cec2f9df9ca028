"""Signing in on the computer: what a pool may ask after the password."""

from __future__ import annotations

import time
from typing import Any

import pytest
from cognito_mp import Challenge, Client, CognitoError, Tokens, totp
from cognito_mp_tools.board import sign_in
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.pool.commands import create
from cognito_mp_tools.pool.template import PoolPlan

TEMPORARY_PASSWORD = "Temporary-1-demo"
NEW_PASSWORD = "Brand-New-2-secret"


def test_a_new_password_and_an_authenticator_app(local_cognito: LocalCognito, monkeypatch: pytest.MonkeyPatch) -> None:
    """ministack checks the code."""
    admin = local_cognito.admin()
    values = create(admin, PoolPlan("with-an-authenticator", email=False, totp=True))
    admin.admin_create_user(UserPoolId=values["user_pool_id"], Username="ada", TemporaryPassword=TEMPORARY_PASSWORD)
    client = Client(
        REGION,
        values["client_id"],
        values["client_secret"],
        endpoint=local_cognito.endpoint,
        cadata=local_cognito.ca.pem,
    )
    monkeypatch.setenv("COGNITO_MP_NEW_PASSWORD", NEW_PASSWORD)
    tokens = sign_in.sign_in(client, "ada", TEMPORARY_PASSWORD)
    secret = admin.associate_software_token(AccessToken=tokens.access_token)["SecretCode"]
    code = totp.code(secret, int(time.time()))
    admin.verify_software_token(AccessToken=tokens.access_token, UserCode=code)
    admin.set_user_mfa_preference(
        AccessToken=tokens.access_token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    monkeypatch.setenv("COGNITO_MP_CODE", "000000")
    with pytest.raises(ToolFailed, match="CodeMismatchException"):
        sign_in.sign_in(client, "ada", NEW_PASSWORD)
    monkeypatch.setenv("COGNITO_MP_CODE", totp.code(secret, int(time.time())))
    assert isinstance(sign_in.sign_in(client, "ada", NEW_PASSWORD), Tokens)


class ScriptedClient:
    """Asks each of `challenges` in turn, and writes down the answers."""

    def __init__(self, *challenges: dict[str, object]) -> None:
        self._outcomes: list[Challenge | Tokens] = [Challenge(challenge, "ada") for challenge in challenges]
        self._outcomes.append(Tokens({"AccessToken": "a", "ExpiresIn": 1, "TokenType": "Bearer"}, "ada", "r"))
        self.answers: list[dict[str, str]] = []

    def sign_in(self, username: str, password: str, flow: str) -> object:
        return self._outcomes.pop(0)

    def respond(self, challenge: Challenge, answers: dict[str, str]) -> object:
        self.answers.append(answers)
        return self._outcomes.pop(0)

    def __enter__(self) -> ScriptedClient:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("choices", ['["SMS_MFA", "EMAIL_OTP"]', ["SMS_MFA", "EMAIL_OTP"]])
def test_a_choice_then_a_code(choices: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_MP_CODE", "123456")
    monkeypatch.setattr("click.prompt", lambda *words, **options: "EMAIL_OTP")
    client: Any = ScriptedClient(
        {"ChallengeName": "SELECT_MFA_TYPE", "ChallengeParameters": {"MFAS_CAN_CHOOSE": choices}},
        {"ChallengeName": "EMAIL_OTP", "ChallengeParameters": {"CODE_DELIVERY_DESTINATION": "a***@e***"}},
    )
    sign_in.sign_in(client, "ada", "password")
    assert client.answers == [{"ANSWER": "EMAIL_OTP"}, {"EMAIL_OTP_CODE": "123456"}]


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ('["SMS_MFA"', "MFAS_CAN_CHOOSE"),
        ("[" * 100_000, "MFAS_CAN_CHOOSE"),
        ([1], "MFAS_CAN_CHOOSE"),
        ("", "names none"),
    ],
)
def test_a_choice_that_can_not_be_read_is_told(choices: object, words: str) -> None:
    client: Any = ScriptedClient(
        {"ChallengeName": "SELECT_MFA_TYPE", "ChallengeParameters": {"MFAS_CAN_CHOOSE": choices}}
    )
    with pytest.raises(ToolFailed, match=words):
        sign_in.sign_in(client, "ada", "password")


def test_a_challenge_that_can_not_be_answered_is_named() -> None:
    client: Any = ScriptedClient({"ChallengeName": "MFA_SETUP"})
    with pytest.raises(ToolFailed, match="MFA_SETUP"):
        sign_in.sign_in(client, "ada", "password")


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (CognitoError("NotAuthorizedException", "User is disabled.", 400), "User is disabled. (NotAuthorized"),
        (OSError(5, "can't connect to example.com: refused"), "can't connect to example.com"),
    ],
)
def test_a_refusal_is_told_in_the_services_own_words(problem: Exception, words: str) -> None:
    class Refusing(ScriptedClient):
        def sign_in(self, username: str, password: str, flow: str) -> object:
            raise problem

    client: Any = Refusing()
    with pytest.raises(ToolFailed) as failure:
        sign_in.sign_in(client, "ada", "password")
    assert words in str(failure.value)


def test_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "_terminal", lambda: False)
    monkeypatch.delenv("COGNITO_MP_PASSWORD", raising=False)
    with pytest.raises(ToolFailed, match="nobody to ask: set COGNITO_MP_PASSWORD"):
        sign_in.ask("Password", "COGNITO_MP_PASSWORD", secret=True)
