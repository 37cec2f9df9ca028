"""Every way to sign in, every challenge, devices and rotation, against the strict fake Cognito."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from cognito_mp import (
    AsyncClient,
    Client,
    CognitoError,
    NotSignedIn,
    RamStore,
    Tokens,
    account,
    challenges,
    testing,
    totp,
)
from cognito_mp_tools.local.tls_front import TlsFront
from fake_cognito.endpoint import LOSE_REPLY, LOSE_REQUEST, THROTTLE, FakeCognito

POOL = "eu-west-1_AbCdEf123"
PASSWORD = "Correct-Horse-9"


class Clock:
    """One clock for the server and the device; waiting moves it."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000

    def __call__(self) -> float:
        return float(self.seconds)

    def now(self) -> int:
        return self.seconds

    def is_set(self) -> bool:
        return True

    def ticks_ms(self) -> int:
        return self.seconds * 1000 % (1 << 30)

    def ticks_diff(self, end: int, start: int) -> int:
        return (end - start + (1 << 29)) % (1 << 30) - (1 << 29)

    def jitter(self) -> int:
        return 0

    def sleep_ms(self, ms: int) -> None:
        self.seconds += ms // 1000


class World:
    """A fake Cognito with one pool and alice in it, and devices that talk to it."""

    def __init__(self, email_sign_in: bool = False) -> None:
        self.clock = Clock()
        self.cognito = FakeCognito(now=self.clock, randomness=random.Random(7))
        self.pool = self.cognito.add_pool(POOL, email_sign_in=email_sign_in)
        self.app = self.pool.add_app(secret=True)
        self.user = self.pool.add_user("alice", PASSWORD, email="alice@example.com", phone_number="+15550100")
        self.name = "alice@example.com" if email_sign_in else "alice"
        self.front = TlsFront(self.cognito.handle, None)
        self.store = RamStore()

    def device(self, store: Any = None, user_pool_id: str | None = POOL, **named: Any) -> Any:
        """A device as it is after power-up, with what `store` holds."""
        return Client(
            "eu-west-1",
            self.app.id,
            self.app.secret,
            user_pool_id,
            store=store or self.store,
            endpoint=f"http://127.0.0.1:{self.front.port}",
            clock=self.clock,
            **named,
        )


@pytest.fixture(params=[False, True], ids=["user names", "e-mail sign-in"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    world = World(request.param)
    with world.front:
        yield world
    assert world.cognito.violations == []


def test_srp(world: World) -> None:
    client = world.device()
    assert isinstance(client.sign_in(world.name, PASSWORD, flow="USER_SRP_AUTH"), Tokens)
    assert world.cognito.operations == ["InitiateAuth", "RespondToAuthChallenge"]
    assert all(PASSWORD.encode() not in request.body for request in world.cognito.requests)
    assert world.front.connections == 1
    assert world.device().refresh()


def test_srp_with_a_wrong_password(world: World) -> None:
    with pytest.raises(CognitoError, match="Incorrect username or password"):
        world.device().sign_in(world.name, "wrong", flow="USER_SRP_AUTH")


def test_srp_wants_a_pool(world: World) -> None:
    client = Client("eu-west-1", world.app.id, transport=testing.FakeTransport())
    with pytest.raises(ValueError, match="user_pool_id"):
        client.sign_in(world.name, PASSWORD, flow="USER_SRP_AUTH")


@pytest.mark.parametrize("flow", ["USER_PASSWORD_AUTH", "USER_SRP_AUTH"])
def test_new_password(world: World, flow: str) -> None:
    world.user.status = "FORCE_CHANGE_PASSWORD"
    world.pool.required_attributes = ("name",)
    client = world.device()
    challenge = client.sign_in(world.name, PASSWORD, flow=flow)
    assert challenge.name == "NEW_PASSWORD_REQUIRED" and challenge.required_attributes == ["name"]
    with pytest.raises(ValueError, match="name"):
        client.set_new_password(challenge, "Another-Horse-9")
    assert isinstance(client.set_new_password(challenge, "Another-Horse-9", {"name": "Alice"}), Tokens)
    assert client.signed_in and world.device().access_token()


@pytest.mark.parametrize("factor", ["SMS_MFA", "EMAIL_OTP"])
def test_codes_that_are_sent(world: World, factor: str) -> None:
    world.pool.mfa = "OPTIONAL"
    world.user.mfa = [factor]
    client = world.device()
    challenge = client.sign_in(world.name, PASSWORD)
    assert challenge.name == factor
    assert isinstance(client.respond(challenge, world.user.last_code), Tokens)


def test_totp_by_the_device_itself(world: World) -> None:
    world.pool.mfa = "OPTIONAL"
    world.user.mfa = ["SOFTWARE_TOKEN_MFA"]
    world.user.totp_secret = "JBSWY3DPEHPK3PXP"
    client = world.device()
    challenge = client.sign_in(world.name, PASSWORD)
    assert challenge.name == "SOFTWARE_TOKEN_MFA"
    with pytest.raises(CognitoError, match="CodeMismatch"):
        client.respond(challenge, "000000")
    code = totp.code("JBSWY3DPEHPK3PXP", world.clock.now())
    assert isinstance(client.respond(challenge, {"SOFTWARE_TOKEN_MFA_CODE": code}), Tokens)


@pytest.mark.parametrize("real_lists", [False, True])
def test_select_mfa_type(world: World, real_lists: bool) -> None:
    world.pool.mfa = "OPTIONAL"
    world.pool.real_lists = real_lists
    world.user.mfa = ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    world.user.preferred_mfa = ""
    client = world.device()
    challenge = client.sign_in(world.name, PASSWORD)
    assert challenge.name == "SELECT_MFA_TYPE" and challenge.choices == ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    challenge = client.respond(challenge, "SMS_MFA")
    assert challenge.name == "SMS_MFA"
    assert isinstance(client.respond(challenge, world.user.last_code), Tokens)


def test_mfa_setup(world: World) -> None:
    world.pool.mfa = "ON"
    client = world.device()
    challenge = client.sign_in(world.name, PASSWORD, flow="USER_SRP_AUTH")
    assert challenge.name == "MFA_SETUP" and challenge.choices == ["SOFTWARE_TOKEN_MFA"]
    secret = challenges.associate_software_token(client, challenge)
    code = totp.code(secret, world.clock.now())
    assert isinstance(challenges.verify_software_token(client, challenge, code, "watch"), Tokens)


def test_custom_auth_with_and_without_srp(world: World) -> None:
    world.user.custom_challenges = [({"question": "colour"}, "blue"), ({"question": "pet"}, "cat")]
    for password in (PASSWORD, None):
        client = world.device()
        challenge = client.sign_in(world.name, password, flow="CUSTOM_AUTH")
        assert challenge.name == "CUSTOM_CHALLENGE" and challenge.parameters["question"] == "colour"
        challenge = client.respond(challenge, "blue")
        assert challenge.parameters["question"] == "pet"
        assert isinstance(client.respond(challenge, {"ANSWER": "cat"}), Tokens)


@pytest.mark.parametrize("preferred", ["PASSWORD", "PASSWORD_SRP"])
def test_user_auth_with_a_preferred_password(world: World, preferred: str) -> None:
    world.app.flows = world.app.flows | {"ALLOW_USER_AUTH"}
    client = world.device()
    assert isinstance(client.sign_in(world.name, PASSWORD, flow="USER_AUTH", preferred=preferred), Tokens)
    seen = b"".join(request.body for request in world.cognito.requests)
    assert (PASSWORD.encode() in seen) is (preferred == "PASSWORD")


@pytest.mark.parametrize("preferred", ["EMAIL_OTP", "SMS_OTP"])
def test_user_auth_without_a_password(world: World, preferred: str) -> None:
    client = world.device()
    challenge = client.sign_in(world.name, None, flow="USER_AUTH", preferred=preferred)
    assert challenge.name == preferred
    assert isinstance(client.respond(challenge, world.user.last_code), Tokens)


@pytest.mark.parametrize("choice", ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"])
def test_user_auth_with_a_choice(world: World, choice: str) -> None:
    client = world.device()
    challenge = client.sign_in(world.name, None, flow="USER_AUTH")
    assert challenge.name == "SELECT_CHALLENGE" and choice in challenge.choices
    answers = {"ANSWER": choice}
    if choice.startswith("PASSWORD"):
        answers["PASSWORD"] = PASSWORD
    outcome = client.respond(challenge, answers)
    if choice == "EMAIL_OTP":
        outcome = client.respond(outcome, world.user.last_code)
    assert isinstance(outcome, Tokens)


def test_a_session_is_good_once_and_for_three_minutes(world: World) -> None:
    world.user.status = "FORCE_CHANGE_PASSWORD"
    client = world.device()
    challenge = client.sign_in(world.name, PASSWORD)
    world.clock.seconds += 181
    with pytest.raises(CognitoError, match="expired"):
        client.set_new_password(challenge, "Another-Horse-9")


@pytest.mark.parametrize("refused_with", ["InvalidParameterException", "UnsupportedOperationException"])
def test_rotation_needs_no_setting(world: World, refused_with: str) -> None:
    world.app.rotation = 10
    world.app.rotation_refusal = refused_with
    client = world.device()
    first = client.sign_in(world.name, PASSWORD).refresh_token
    second = client.refresh().refresh_token
    assert second != first
    assert json.loads(world.store.load() or b"{}")["refresh_token"] == second
    again = world.device()
    before = len(world.cognito.operations)
    third = again.refresh().refresh_token
    assert third not in (first, second)
    assert world.cognito.operations[before:] == ["GetTokensFromRefreshToken"], "remembered with the session"


def test_a_lost_reply_to_a_rotation_is_asked_for_again_with_the_old_token(world: World) -> None:
    world.app.rotation = 30
    client = world.device()
    client.sign_in(world.name, PASSWORD)
    client.refresh()
    world.cognito.fail_next("GetTokensFromRefreshToken", LOSE_REPLY)
    tokens = client.refresh()
    assert json.loads(world.store.load() or b"{}")["refresh_token"] == tokens.refresh_token
    assert world.device().refresh()


def test_reuse_after_the_grace_period_ends_the_session(world: World) -> None:
    world.app.rotation = 10
    client = world.device()
    client.sign_in(world.name, PASSWORD)
    old = world.store.load()
    client.refresh()
    world.clock.seconds += 11
    thief = RamStore()
    thief.save(old or b"")
    with pytest.raises(NotSignedIn, match="over"):
        world.device(store=thief).refresh()
    assert thief.load() is None


def _device_world(world: World) -> None:
    world.pool.device_tracking = "always"
    world.pool.mfa = "OPTIONAL"
    world.user.mfa = ["SMS_MFA"]


def _second_factor(world: World, client: Any, flow: str = "USER_SRP_AUTH") -> Any:
    challenge = client.sign_in(world.name, PASSWORD, flow=flow)
    assert challenge.name == "SMS_MFA"
    return client.respond(challenge, world.user.last_code)


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
@pytest.mark.parametrize("device_session", [True, False])
def test_a_remembered_device_needs_no_second_factor(world: World, flow: str, device_session: bool) -> None:
    _device_world(world)
    world.pool.device_session = device_session
    client = world.device()
    assert isinstance(_second_factor(world, client, flow), Tokens)
    assert "ConfirmDevice" in world.cognito.operations
    assert client.refresh(), "which sends the DEVICE_KEY"

    rebooted = world.device()
    assert rebooted.refresh()
    assert isinstance(rebooted.sign_in(world.name, PASSWORD, flow=flow), Tokens), "device SRP in place of the code"
    assert len(world.user.devices) == 1


def test_a_device_outlives_its_session_but_not_a_sign_out(world: World) -> None:
    _device_world(world)
    client = world.device()
    tokens = _second_factor(world, client)
    world.pool.revoke(tokens.refresh_token) if hasattr(world.pool, "revoke") else None
    world.clock.seconds += world.app.refresh_seconds + 1
    with pytest.raises(NotSignedIn):
        client.refresh()
    assert not client.signed_in and not world.device().signed_in
    rebooted = world.device()
    assert isinstance(rebooted.sign_in(world.name, PASSWORD, flow="USER_SRP_AUTH"), Tokens)
    rebooted.sign_out()
    assert world.store.load() is None
    assert rebooted.sign_in(world.name, PASSWORD).name == "SMS_MFA"


def _stored_device(world: World) -> str | None:
    device = json.loads(world.store.load() or b"{}").get("device")
    return device and ("unconfirmed" if "unconfirmed" in device else "confirmed")


@pytest.mark.parametrize(("fault", "times"), [(LOSE_REPLY, 1), (LOSE_REPLY, 3), (LOSE_REQUEST, 3), (THROTTLE, 2)])
def test_a_confirmation_that_got_lost_costs_no_session(world: World, fault: str, times: int) -> None:
    _device_world(world)
    client = world.device()
    world.cognito.fail_next("ConfirmDevice", fault, times)
    assert isinstance(_second_factor(world, client), Tokens)
    assert world.cognito.faults_left == 0
    world.clock.seconds += 16
    assert client.access_token()
    assert _stored_device(world) == "confirmed"
    world.clock.seconds += world.app.token_seconds
    rebooted = world.device()
    assert rebooted.refresh()
    assert isinstance(rebooted.sign_in(world.name, PASSWORD, flow="USER_SRP_AUTH"), Tokens)


def test_a_confirmation_of_which_only_the_reply_got_lost_needs_no_other(world: World) -> None:
    _device_world(world)
    client = world.device()
    world.cognito.fail_next("ConfirmDevice", LOSE_REPLY, 3)
    assert isinstance(_second_factor(world, client), Tokens)
    world.clock.seconds += world.app.token_seconds + 1
    assert client.access_token() and world.device().refresh()


def test_a_device_whose_confirmation_is_refused_is_confirmed_later(world: World) -> None:
    _device_world(world)
    client = world.device()
    world.cognito.fail_next("ConfirmDevice", (400, "InvalidParameterException", "no"))
    assert isinstance(_second_factor(world, client), Tokens)
    assert _stored_device(world) == "unconfirmed"
    assert client.refresh() and _stored_device(world) == "confirmed"


def test_a_remembered_device_needs_no_user_pool_id(world: World) -> None:
    _device_world(world)
    client = world.device(user_pool_id=None)
    assert isinstance(_second_factor(world, client, "USER_PASSWORD_AUTH"), Tokens)
    rebooted = world.device(user_pool_id=None)
    assert isinstance(rebooted.sign_in(world.name, PASSWORD), Tokens)


def test_signing_out_erases_a_device_that_outlived_its_session(world: World) -> None:
    _device_world(world)
    client = world.device()
    _second_factor(world, client)
    world.clock.seconds += world.app.refresh_seconds + 1
    with pytest.raises(NotSignedIn):
        client.refresh()
    assert client.sign_out() is False
    assert world.store.load() is None


@pytest.mark.parametrize("leaving", ["sign_out", "delete_user"])
def test_the_device_key_does_not_outlive_its_person(world: World, leaving: str) -> None:
    _device_world(world)
    _second_factor(world, world.device())
    client = world.device()
    if leaving == "sign_out":
        assert client.sign_out(everywhere=True) is True
        assert isinstance(_second_factor(world, client), Tokens)
    else:
        account.delete_user(client)
        bob = world.pool.add_user("bob", PASSWORD, email="bob@example.com")
        name = "bob@example.com" if world.name != "alice" else "bob"
        assert isinstance(client.sign_in(name, PASSWORD), Tokens) and len(bob.devices) == 1


def test_a_device_that_was_forgotten_is_a_new_one(world: World) -> None:
    _device_world(world)
    _second_factor(world, world.device())
    world.user.devices.clear()
    assert isinstance(_second_factor(world, world.device()), Tokens)
    assert len(world.user.devices) == 1


def test_another_person_on_the_same_device(world: World) -> None:
    _device_world(world)
    _second_factor(world, world.device())
    other = world.pool.add_user("bob", PASSWORD, email="bob@example.com")
    name = "bob@example.com" if world.name != "alice" else "bob"
    client = world.device()
    assert isinstance(client.sign_in(name, PASSWORD), Tokens)
    assert client.refresh() and world.device().refresh()
    assert len(other.devices) == 1


def test_sign_out_everywhere(world: World) -> None:
    here, there = world.device(), world.device(store=RamStore())
    for client in (here, there):
        client.sign_in(world.name, PASSWORD)
    assert here.sign_out(everywhere=True) is True
    with pytest.raises(NotSignedIn):
        there.refresh()


def test_sign_out_everywhere_after_a_restart(world: World) -> None:
    world.device().sign_in(world.name, PASSWORD)
    there = world.device(store=RamStore())
    there.sign_in(world.name, PASSWORD)
    assert world.device().sign_out(everywhere=True) is True
    with pytest.raises(NotSignedIn):
        there.refresh()


@pytest.mark.parametrize("everywhere", [False, True])
def test_sign_out_with_the_network_down(world: World, everywhere: bool) -> None:
    client = world.device()
    client.sign_in(world.name, PASSWORD)
    world.front.close()
    assert client.sign_out(everywhere) is False
    assert not client.signed_in and world.store.load() is None


def test_the_asyncio_client_drives_the_same_flows(world: World) -> None:
    import asyncio

    _device_world(world)
    world.app.rotation = 10

    async def main() -> None:
        client: Any = AsyncClient(
            "eu-west-1",
            world.app.id,
            world.app.secret,
            POOL,
            store=world.store,
            endpoint=f"http://127.0.0.1:{world.front.port}",
            clock=world.clock,
        )
        challenge = await client.sign_in(world.name, PASSWORD, flow="USER_SRP_AUTH")
        assert isinstance(await client.respond(challenge, world.user.last_code), Tokens)
        first = await client.access_token()
        await client.refresh()
        assert await client.access_token() != first
        assert isinstance(await client.sign_in(world.name, PASSWORD, flow="USER_SRP_AUTH"), Tokens)
        assert await client.sign_out(everywhere=True)

    asyncio.run(main())


def test_srp_against_ministack() -> None:
    from cognito_mp_tools.local.cognito import REGION, LocalCognito

    with LocalCognito("ministack") as server:
        idp = server.admin()
        pool, app = server.add_pool()
        idp.admin_create_user(UserPoolId=pool, Username="alice", MessageAction="SUPPRESS")
        idp.admin_set_user_password(UserPoolId=pool, Username="alice", Password=PASSWORD, Permanent=True)
        client = Client(
            REGION, app["ClientId"], app["ClientSecret"], pool, endpoint=server.endpoint, cadata=server.ca.pem
        )
        with pytest.raises(CognitoError, match="Incorrect username or password"):
            client.sign_in("alice", "wrong", flow="USER_SRP_AUTH")
        assert isinstance(client.sign_in("alice", PASSWORD, flow="USER_SRP_AUTH"), Tokens)
        assert client.refresh()
