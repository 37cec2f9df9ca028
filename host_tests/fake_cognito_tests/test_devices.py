"""Devices that the double remembers: confirmed, signed in with, named at a refresh, forgotten."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from fake_cognito import srp
from fake_cognito.pools import AppClient, Pool, User
from fake_cognito_tests.aws_client import PHONE, Reply, SrpClient, answer, refusal, sign_in, start


class Watch:
    """A device of Alice's, as a client keeps it: its keys, its password, its salt and verifier."""

    SALT = 0xF0123456789ABCDEF0123456789ABCDE

    def __init__(self, metadata: Reply) -> None:
        self.key: str = metadata["DeviceKey"]
        self.identity: str = metadata["DeviceGroupKey"] + self.key
        self.password = "dGhlIGRldmljZSdzIG93biBwYXNzd29yZA=="

    def config(self) -> Reply:
        verifier = srp.verifier(self.identity, self.password, self.SALT)
        numbers = {"Salt": self.SALT, "PasswordVerifier": verifier}
        return {name: base64.b64encode(bytes.fromhex(SrpClient.padded(n))).decode() for name, n in numbers.items()}


def confirmed_watch(aws: Any, result: Reply) -> tuple[Watch, bool]:
    watch = Watch(result["NewDeviceMetadata"])
    reply = aws.confirm_device(
        AccessToken=result["AccessToken"], DeviceKey=watch.key, DeviceSecretVerifierConfig=watch.config()
    )
    return watch, reply["UserConfirmationNecessary"]


def device_sign_in(aws: Any, pool: Pool, app: AppClient, watch: Watch, password: str) -> Reply:
    client, device = SrpClient(), SrpClient(0x1234567890)
    challenge = start(aws, app, "USER_SRP_AUTH", USERNAME="alice", SRP_A=client.srp_a, DEVICE_KEY=watch.key)
    challenge = answer(aws, app, challenge, **client.user_claim(pool, challenge), DEVICE_KEY=watch.key)
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    challenge = answer(aws, app, challenge, SRP_A=device.srp_a, DEVICE_KEY=watch.key)
    assert challenge["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    claim = device.claim(challenge["ChallengeParameters"], watch.identity, password)
    return answer(aws, app, challenge, **claim, DEVICE_KEY=watch.key)


@pytest.mark.parametrize("with_session", [False, True])
def test_a_remembered_device_stands_for_mfa(
    aws: Any, pool: Pool, secret_app: AppClient, alice: User, with_session: bool
) -> None:
    pool.device_tracking, pool.device_session = "always", with_session
    watch, ask_user = confirmed_watch(aws, sign_in(aws, secret_app)["AuthenticationResult"])
    assert not ask_user
    alice.mfa, alice.attributes["phone_number"] = ["SMS_MFA"], PHONE
    assert sign_in(aws, secret_app)["ChallengeName"] == "SMS_MFA"
    given = {"aws": aws, "pool": pool, "app": secret_app, "watch": watch}
    result = device_sign_in(**given, password=watch.password)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result
    assert refusal(device_sign_in, **given, password="x") == "NotAuthorizedException: Incorrect username or password."


def test_a_refresh_names_its_confirmed_device(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    pool.device_tracking = "always"
    result = sign_in(aws, app)["AuthenticationResult"]
    key, token = result["NewDeviceMetadata"]["DeviceKey"], {"REFRESH_TOKEN": result["RefreshToken"]}

    def refresh(**more: str) -> Reply:
        return start(aws, app, "REFRESH_TOKEN_AUTH", **token, **more)

    invalid = "NotAuthorizedException: Invalid Refresh Token"
    assert refusal(refresh, DEVICE_KEY=key) == invalid
    confirmed_watch(aws, result)
    assert refusal(refresh) == invalid
    assert "AuthenticationResult" in refresh(DEVICE_KEY=key)
    given = {"RefreshToken": result["RefreshToken"], "ClientId": app.id}
    assert refusal(aws.get_tokens_from_refresh_token, **given) == invalid
    assert "AuthenticationResult" in aws.get_tokens_from_refresh_token(**given, DeviceKey=key)
    aws.forget_device(AccessToken=result["AccessToken"], DeviceKey=key)
    assert refusal(refresh, DEVICE_KEY=key) == invalid


def test_a_device_that_the_user_opts_in_for(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    pool.device_tracking = "opt-in"
    result = sign_in(aws, app)["AuthenticationResult"]
    watch, ask_user = confirmed_watch(aws, result)
    assert ask_user
    token, key = {"AccessToken": result["AccessToken"]}, {"DeviceKey": watch.key}
    assert "AuthenticationResult" in sign_in(aws, app, DEVICE_KEY=watch.key)
    aws.update_device_status(**token, **key, DeviceRememberedStatus="remembered")
    assert sign_in(aws, app, DEVICE_KEY=watch.key)["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert [device["DeviceKey"] for device in aws.list_devices(**token)["Devices"]] == [watch.key]
    assert aws.get_device(**token, **key)["Device"]["DeviceKey"] == watch.key
    aws.forget_device(**token, **key)
    gone = refusal(sign_in, aws=aws, app=app, DEVICE_KEY=watch.key)
    assert gone == "ResourceNotFoundException: Device does not exist."


def test_a_verifier_without_its_zero_byte_is_refused(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    pool.device_tracking = "always"
    result = sign_in(aws, app)["AuthenticationResult"]
    config = {"Salt": base64.b64encode(b"\xff" * 16).decode(), "PasswordVerifier": "AQ=="}
    given = {"DeviceKey": result["NewDeviceMetadata"]["DeviceKey"], "DeviceSecretVerifierConfig": config}
    said = refusal(aws.confirm_device, AccessToken=result["AccessToken"], **given)
    assert said.startswith("InvalidParameterException: Salt")
