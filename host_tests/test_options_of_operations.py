"""client_metadata and its like go out with every operation that takes them, by botocore's model of the service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cognito_mp import Challenge, Client, account, challenges, oauth2
from fake_cognito.service_model import USER_POOLS, members_of_operations, violations

MEMBERS = {
    "ClientMetadata": {"client_metadata": {"watch": "7"}},
    "UserContextData": {"user_context_data": {"EncodedData": "abc"}},
}
RESULT = {"AuthenticationResult": {"AccessToken": "a", "IdToken": "i", "RefreshToken": "r" * 20, "ExpiresIn": 3600}}
REPLIES: dict[str, dict[str, Any]] = {
    "InitiateAuth": RESULT,
    "RespondToAuthChallenge": RESULT,
    "GetTokensFromRefreshToken": RESULT,
    "VerifySoftwareToken": {"Status": "SUCCESS"},
    "GetClientToken": {"ClientAuthenticationResult": {"AccessToken": "a", "ExpiresIn": 3600}},
}


class Service:
    """Answers each operation with what REPLIES has; a refresh by InitiateAuth is refused where `rotates`."""

    def __init__(self, rotates: bool = False) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self._rotates = rotates

    def post(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        assert violations(headers["X-Amz-Target"], body) == []
        operation, parameters = headers["X-Amz-Target"].split(".")[1], json.loads(body)
        self.sent.append((operation, parameters))
        if self._rotates and parameters.get("AuthFlow") == "REFRESH_TOKEN_AUTH":
            return 400, {}, b'{"__type": "UnsupportedOperationException"}'
        return 200, {}, json.dumps(REPLIES.get(operation, {})).encode()


def _challenge(name: str) -> Challenge:
    return Challenge({"ChallengeName": name, "Session": "s" * 20}, "alice")


def _signed_in(client: Client) -> Client:
    client.sign_in("alice", "Passw0rd!")
    return client


Call = Callable[..., Any]
# Every call of the library's that sends such an operation, by the operation that has to carry what was given.
CALLS: list[tuple[str, Call]] = [
    *[
        ("InitiateAuth", lambda client, flow=flow, **options: client.sign_in("alice", "Passw0rd!", flow, **options))
        for flow in ("USER_PASSWORD_AUTH", "USER_SRP_AUTH", "CUSTOM_AUTH", "USER_AUTH")
    ],
    ("RespondToAuthChallenge", lambda client, **o: client.respond(_challenge("SMS_MFA"), "123456", **o)),
    (
        "RespondToAuthChallenge",
        lambda client, **o: client.set_new_password(_challenge("NEW_PASSWORD_REQUIRED"), "New-Passw0rd!", **o),
    ),
    (
        "RespondToAuthChallenge",
        lambda client, **o: challenges.verify_software_token(client, _challenge("MFA_SETUP"), "123456", **o),
    ),
    ("SignUp", lambda client, **o: account.sign_up(client, "alice", "Passw0rd!", **o)),
    ("ConfirmSignUp", lambda client, **o: account.confirm_sign_up(client, "alice", "123456", **o)),
    ("ResendConfirmationCode", lambda client, **o: account.resend_code(client, "alice", **o)),
    ("ForgotPassword", lambda client, **o: account.forgot_password(client, "alice", **o)),
    (
        "ConfirmForgotPassword",
        lambda client, **o: account.confirm_forgot_password(client, "alice", "123456", "New-Passw0rd!", **o),
    ),
    ("UpdateUserAttributes", lambda client, **o: account.update_attributes(_signed_in(client), {"name": "A"}, **o)),
    (
        "GetUserAttributeVerificationCode",
        lambda client, **o: account.request_attribute_code(_signed_in(client), "email", **o),
    ),
    ("GetTokensFromRefreshToken", lambda client, **o: _signed_in(client).refresh(**o)),
    ("GetClientToken", lambda client, **o: oauth2.client_token(client, **o)),
]


@pytest.mark.parametrize("member", MEMBERS)
def test_no_operation_that_takes_it_is_left_out(member: str) -> None:
    # Those that only a server may call go through Client.call(), whose caller writes the parameters.
    takes = {name for name, members in members_of_operations(USER_POOLS).items() if member in members}
    public = {name for name in takes if not name.startswith("Admin")}
    assert public and public <= {operation for operation, _ in CALLS}


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize(
    ("operation", "call"), CALLS, ids=[f"{number}-{name}" for number, (name, _) in enumerate(CALLS)]
)
def test_it_goes_out(operation: str, call: Call, member: str) -> None:
    if member not in members_of_operations(USER_POOLS)[operation]:
        return
    service = Service(rotates=operation == "GetTokensFromRefreshToken")
    client = Client(
        "eu-west-1", "1example23456789abcdefghij", "s" * 51, user_pool_id="eu-west-1_AbCdEf123", transport=service
    )
    call(client, **MEMBERS[member])
    (expected,) = MEMBERS[member].values()
    assert [parameters.get(member) for name, parameters in service.sent if name == operation][-1] == expected


def test_a_refresh_takes_it_both_ways() -> None:
    service = Service()
    client = _signed_in(Client("eu-west-1", "1example23456789abcdefghij", transport=service))
    client.refresh(client_metadata={"watch": "7"})
    operation, parameters = service.sent[-1]
    assert operation == "InitiateAuth" and parameters["ClientMetadata"] == {"watch": "7"}
