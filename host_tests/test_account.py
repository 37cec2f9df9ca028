"""The module account against moto, ministack and the strict double; call()'s table against botocore's model."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from cognito_mp import AsyncClient, Challenge, Client, CognitoError, NotSignedIn, Tokens, account, totp
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from fake_cognito.endpoint import LOSE_REPLY, THROTTLE, FakeCognito
from fake_cognito.service_model import USER_POOLS, members_of_operations, operation_model, violations

PASSWORD = "Correct-Horse-9"
CHOSEN = "Battery-Staple-7"


class Place:
    """A fresh pool on a server, with an app client that has a secret."""

    def __init__(self, server: LocalCognito) -> None:
        self.server = server
        self.idp = server.admin()
        self.pool_id, self.app = server.add_pool(MfaConfiguration="OPTIONAL")
        self.idp.set_user_pool_mfa_config(
            UserPoolId=self.pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL"
        )

    def client(self, kind: type = Client, **named: Any) -> Any:
        return kind(
            REGION,
            self.app["ClientId"],
            self.app["ClientSecret"],
            self.pool_id,
            endpoint=self.server.endpoint,
            cadata=self.server.ca.der,
            **named,
        )

    def add_alice(self) -> None:
        self.idp.admin_create_user(
            UserPoolId=self.pool_id,
            Username="alice",
            TemporaryPassword="Temporary-1",
            UserAttributes=[{"Name": "email", "Value": "alice@example.com"}],
            MessageAction="SUPPRESS",
        )
        self.idp.admin_set_user_password(UserPoolId=self.pool_id, Username="alice", Password=PASSWORD, Permanent=True)


@pytest.fixture
def place(cognito: LocalCognito) -> Place:
    return Place(cognito)


def test_an_account_from_its_first_day_to_its_last(place: Place) -> None:
    with place.client() as client:
        made = account.sign_up(client, "bob", PASSWORD, {"email": "bob@example.com"})
        assert made["UserConfirmed"] is False and made["UserSub"]
        if place.server.name == "ministack":  # moto has no ResendConfirmationCode, and takes any code
            assert account.resend_code(client, "bob")["DeliveryMedium"] == "EMAIL"
            with pytest.raises(CognitoError, match="CodeMismatchException"):
                account.confirm_sign_up(client, "bob", "000000")
        account.confirm_sign_up(client, "bob", "123456")

        assert isinstance(client.sign_in("bob", PASSWORD), Tokens)
        user = account.get_user(client)
        assert user["username"] == "bob" and user["attributes"]["sub"] == made["UserSub"]
        assert user["attributes"]["email"] == "bob@example.com" and user["mfa"] == []

        account.update_attributes(client, {"name": "Bob \U0001f600", "zoneinfo": "Europe/Amsterdam"})
        assert account.get_user(client)["attributes"]["name"] == "Bob \U0001f600"

        account.change_password(client, PASSWORD, CHOSEN)
        with pytest.raises(CognitoError, match="NotAuthorizedException"):
            account.change_password(client, PASSWORD, CHOSEN)
        assert isinstance(client.sign_in("bob", CHOSEN), Tokens)

        if place.server.name == "ministack":  # moto has no DeleteUser
            account.delete_user(client)
            assert not client.signed_in
            with pytest.raises(CognitoError):
                client.sign_in("bob", CHOSEN)


def test_a_forgotten_password(place: Place) -> None:
    place.add_alice()
    client = place.client()
    assert account.forgot_password(client, "alice")["DeliveryMedium"]
    if place.server.name == "ministack":
        with pytest.raises(CognitoError, match="CodeMismatchException"):
            account.confirm_forgot_password(client, "alice", "000000", CHOSEN)
    account.confirm_forgot_password(client, "alice", "654321", CHOSEN)
    assert isinstance(client.sign_in("alice", CHOSEN), Tokens)


def test_the_watch_becomes_the_second_factor(place: Place) -> None:
    place.add_alice()
    client = place.client()
    client.sign_in("alice", PASSWORD)
    secret = account.associate_software_token(client)
    account.verify_software_token(client, totp.code(secret, int(time.time())), "watch")
    account.set_mfa_preference(client, "SOFTWARE_TOKEN_MFA", preferred=True)
    user = account.get_user(client)
    assert user["mfa"] == ["SOFTWARE_TOKEN_MFA"] and user["preferred_mfa"] == "SOFTWARE_TOKEN_MFA"
    asked = client.sign_in("alice", PASSWORD)
    assert isinstance(asked, Challenge) and asked.name == "SOFTWARE_TOKEN_MFA"
    account.set_mfa_preference(client, "SOFTWARE_TOKEN_MFA", False)
    assert isinstance(client.sign_in("alice", PASSWORD), Tokens)


def test_a_wrong_code_does_not_verify(place: Place) -> None:
    if place.server.name == "moto":
        pytest.skip("moto takes any code")
    place.add_alice()
    client = place.client()
    client.sign_in("alice", PASSWORD)
    account.associate_software_token(client)
    with pytest.raises(CognitoError):
        account.verify_software_token(client, "000000")


def test_awaited(place: Place) -> None:
    place.add_alice()
    client = place.client(AsyncClient)

    async def main() -> tuple:
        async with client:
            await client.sign_in("alice", PASSWORD)
            return await account.get_user(client), await client.call("GetUser")

    user, raw = asyncio.run(main())
    assert user["username"] == raw["Username"] == "alice"


# Signed calls. Both servers check signatures by botocore's own signer.


class Gateway(Place):
    """A pool, and AWS credentials of a user who may do anything with user pools."""

    def __init__(self, server: LocalCognito) -> None:
        super().__init__(server)
        self.add_alice()
        iam = server.admin("iam")
        name = f"gateway-{self.pool_id[-9:]}"
        iam.create_user(UserName=name)
        statement = {"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=name, PolicyName="pools", PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self.credentials = SimpleNamespace(
            access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"], session_token=None
        )


def _moto_checks_signatures(server: LocalCognito, after: str) -> None:
    if server.name == "moto":
        asked = Request("POST", "/moto-api/reset-auth", {"content-type": "text/plain"}, after.encode())
        assert server.ask_backend(asked).status == 200


@pytest.fixture
def gateway(cognito: LocalCognito) -> Iterator[Gateway]:
    gateway = Gateway(cognito)
    _moto_checks_signatures(cognito, "0")
    yield gateway
    _moto_checks_signatures(cognito, "inf")


def test_a_gateway_signs_a_person_in(gateway: Gateway) -> None:
    client = gateway.client()
    given = {"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "alice", "PASSWORD": PASSWORD}}
    reply = client.call("AdminInitiateAuth", given, credentials=gateway.credentials)
    assert reply["AuthenticationResult"]["AccessToken"] and not client.signed_in
    user = client.call("AdminGetUser", {"Username": "alice"}, credentials=gateway.credentials)
    assert user["UserStatus"] == "CONFIRMED"


def test_a_wrong_signature_is_refused(gateway: Gateway) -> None:
    client = gateway.client()
    wrong = SimpleNamespace(access_key=gateway.credentials.access_key, secret_key="x" * 40, session_token=None)
    with pytest.raises(CognitoError) as refused:
        client.call("AdminGetUser", {"Username": "alice"}, credentials=wrong)
    assert refused.value.status in (400, 403) and not refused.value.retryable
    assert gateway.server.name == "moto" or "ignature" in refused.value.code  # moto answers XML
    assert "x" * 40 not in repr(refused.value)
    with pytest.raises(CognitoError):
        client.call("AdminGetUser", {"UserPoolId": gateway.pool_id, "Username": "alice"})


def test_an_awaited_gateway(gateway: Gateway) -> None:
    client = gateway.client(AsyncClient)
    call = client.call("AdminGetUser", {"Username": "alice"}, credentials=gateway.credentials)

    async def main() -> dict:
        return await call

    assert asyncio.run(main())["Username"] == "alice"


# The strict double: real codes, devices, faults.


class World:
    """A fake Cognito with alice in it, and a client that talks to it."""

    def __init__(self, **named: Any) -> None:
        self.cognito = FakeCognito(now=time.time, randomness=random.Random(5))
        self.pool = self.cognito.add_pool()
        self.app = self.pool.add_app(secret=True)
        self.front = TlsFront(self.cognito.handle, None)
        self.client = self.another_client(**named)

    def another_client(self, **named: Any) -> Client:
        endpoint = f"http://127.0.0.1:{self.front.port}"
        return Client("eu-west-1", self.app.id, self.app.secret, endpoint=endpoint, **named)


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    with world.front:
        yield world
    assert world.cognito.violations == [] and not world.cognito.faults_left


def test_every_code_is_checked(world: World) -> None:
    client = world.client
    account.sign_up(client, "bob", PASSWORD, {"email": "bob@example.com"})
    bob = world.pool.users["bob"]
    first = bob.last_code
    assert account.resend_code(client, "bob")["Destination"] == "b***@e***"
    with pytest.raises(CognitoError, match="CodeMismatchException"):
        account.confirm_sign_up(client, "bob", first)
    account.confirm_sign_up(client, "bob", bob.last_code)
    client.sign_in("bob", PASSWORD)

    sent = account.update_attributes(client, {"email": "robert@example.com"})
    assert [each["AttributeName"] for each in sent] == ["email"]
    assert account.get_user(client)["attributes"]["email_verified"] == "false"
    assert account.request_attribute_code(client, "email")["DeliveryMedium"] == "EMAIL"
    account.verify_attribute(client, "email", bob.last_code)
    assert account.get_user(client)["attributes"]["email_verified"] == "true"

    assert account.forgot_password(client, "bob")["AttributeName"] == "email"
    account.confirm_forgot_password(client, "bob", bob.last_code, CHOSEN)
    account.change_password(client, CHOSEN, PASSWORD)
    account.set_mfa_preference(client, "SMS_MFA", preferred=True)
    assert account.get_user(client)["mfa"] == ["SMS_MFA"]


def test_devices(world: World) -> None:
    world.pool.device_tracking = "always"
    world.pool.add_user("alice", PASSWORD, email="alice@example.com")
    world.client.sign_in("alice", PASSWORD)
    [mine] = account.list_devices(world.client)
    assert world.client.session.device and mine["key"] == world.client.session.device["key"]
    account.forget_device(world.client, mine["key"])
    assert account.list_devices(world.client) == []


def test_where_a_person_is_signed_in(world: World) -> None:
    world.pool.add_user("alice", PASSWORD)
    world.client.sign_in("alice", PASSWORD)
    with pytest.raises(CognitoError, match="OperationNotEnabledException"):
        account.list_sessions(world.client)
    world.pool.max_sessions = 2
    world.pool.sessions_in_page = 1
    watch = world.another_client()
    watch.sign_in("alice", PASSWORD)
    mine, other = account.list_sessions(world.client)
    assert mine["current"] and not other["current"] and mine["client_id"] == world.app.id
    assert mine["created"] == mine["last_active"] == world.client.session.signed_in_at
    with pytest.raises(CognitoError, match="InvalidParameterException"):
        account.revoke_session(world.client, mine["id"])
    account.revoke_session(world.client, other["id"])
    assert [session["id"] for session in account.list_sessions(world.client)] == [mine["id"]]
    with pytest.raises(NotSignedIn):
        watch.refresh()


def test_the_session_that_was_used_least_recently_makes_room(world: World) -> None:
    world.pool.add_user("alice", PASSWORD)
    world.pool.max_sessions = 2
    drawer, watch, phone = (world.another_client() for _ in range(3))
    for client in (drawer, watch, phone):
        client.sign_in("alice", PASSWORD)
    assert len(account.list_sessions(phone)) == 2
    with pytest.raises(NotSignedIn):
        drawer.refresh()
    watch.refresh()


def test_an_account_whose_deletion_was_not_heard_of(world: World) -> None:
    world.pool.add_user("alice", PASSWORD)
    world.client.sign_in("alice", PASSWORD)
    world.cognito.fail_next("DeleteUser", LOSE_REPLY)
    with pytest.raises(OSError):
        account.delete_user(world.client)
    assert world.client.signed_in
    account.delete_user(world.client)
    assert not world.client.signed_in


def test_reads_are_repeated_and_codes_are_not(world: World) -> None:
    world.pool.add_user("alice", PASSWORD, email="alice@example.com")
    world.client.sign_in("alice", PASSWORD)
    for operation in ("GetUser", "ForgotPassword"):
        world.cognito.fail_next(operation, THROTTLE)
    assert account.get_user(world.client)["username"] == "alice"
    with pytest.raises(CognitoError, match="TooManyRequestsException"):
        account.forgot_password(world.client, "alice")


def test_a_session_that_is_over(world: World) -> None:
    alice = world.pool.add_user("alice", PASSWORD)
    world.app.token_seconds = 0  # it is due at once
    world.client.sign_in("alice", PASSWORD)
    alice.exists = False
    with pytest.raises(NotSignedIn):
        account.get_user(world.client)
    assert not world.client.signed_in


# The table.

OPERATIONS = members_of_operations(USER_POOLS)
# What call() adds, of what an operation takes.
KNOWN = {"AccessToken", "ClientId", "SecretHash", "ClientSecret", "Secret", "AuthParameters", "ChallengeResponses"}
# The model has a signature for these, which their documentation asks for or the app client's secret in its place.
BY_SECRET = {"GetClientToken", "GetDerivedToken"}
KEYS = SimpleNamespace(access_key="AKID", secret_key="secret", session_token="token")


class Recorder:
    """A transport that keeps what it was sent and answers {}."""

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        self.sent = json.loads(body)
        return 200, {}, b"{}"


def _is_public(name: str) -> bool:
    model = operation_model(f"{USER_POOLS}.{name}")
    return model is not None and model.auth_type == "none" or name in BY_SECRET


def _sent(name: str, parameters: dict, credentials: Any = None) -> dict:
    recorder = Recorder()
    client: Any = Client("eu-west-1", "1example23456789abcdefghij", "s" * 51, "eu-west-1_AbCdEf123", transport=recorder)
    client.session.start(Tokens({"AccessToken": "an.access.token", "ExpiresIn": 3600}, "alice", None, "alice"))
    client.call(name, parameters, credentials)
    return recorder.sent


@pytest.mark.parametrize("credentials", [None, KEYS], ids=["unsigned", "signed"])
def test_call_adds_to_each_operation_what_it_takes_and_nothing_else(credentials: Any) -> None:
    assert len(OPERATIONS) >= 153
    for name, members in OPERATIONS.items():
        given = {member: "given" for member in ("Username",) if member in members}
        sent = _sent(name, given, credentials)
        added = set(sent) - set(given)
        if _is_public(name):
            assert added == members & (KNOWN | {"UserPoolId"}), name
            found = violations(f"{USER_POOLS}.{name}", json.dumps(sent).encode())
            assert all(violation.startswith(("Missing", "Invalid length")) for violation in found), found
            continue
        # The owner's operations. Which app client they are about their caller says, but where one signs a person in.
        expected = {"UserPoolId", *(KNOWN if name.endswith(("Auth", "AuthChallenge")) else ())} & members
        assert added == (expected if credentials else expected - {"UserPoolId"}), name


def test_an_operation_that_nobody_knows_gets_nothing() -> None:
    assert _sent("GetWhateverComesNext", {"A": "b"}) == {"A": "b"}


def test_a_signed_request_beside_that_of_boto3() -> None:
    theirs: list[Request] = []

    def note(request: Request) -> Response:
        theirs.append(request)
        return Response(body=b"{}")

    with TlsFront(note, None) as front:
        endpoint = f"http://127.0.0.1:{front.port}"
        keys = {"aws_access_key_id": "AKID", "aws_secret_access_key": "secret", "aws_session_token": "token"}
        boto3.client("cognito-idp", region_name="eu-west-1", endpoint_url=endpoint, **keys).admin_get_user(
            UserPoolId="eu-west-1_AbCdEf123", Username="alice"
        )
        mine = SimpleNamespace(access_key="AKID", secret_key="secret", session_token="token")
        client = Client("eu-west-1", "client", user_pool_id="eu-west-1_AbCdEf123", endpoint=endpoint)
        client.call("AdminGetUser", {"Username": "alice"}, credentials=mine)
    for request in theirs:
        scope = request.headers["authorization"].split("/", 1)[1].split(",")[0]
        assert scope.endswith("/eu-west-1/cognito-idp/aws4_request")
        assert violations(request.headers["x-amz-target"], request.body) == []
    assert json.loads(theirs[0].body) == json.loads(theirs[1].body)
