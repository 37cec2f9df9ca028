"""An app client whose secret is rolled: a device that knows both goes on, at every kind of call."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import pytest
from cognito_mp import AsyncClient, Client, CognitoError, RamStore, Tokens, account, oauth2
from cognito_mp_tools.local.tls_front import TlsFront
from fake_cognito.endpoint import POOL_ID, FakeCognito
from test_sign_ins import Clock

PASSWORD = "Correct-Horse-9"
NEW, OLD = "n" * 52, "o" * 52


class World:
    """A fake Cognito whose app client takes some of two secrets, and a device that knows both."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.cognito = FakeCognito(now=self.clock, randomness=random.Random(7))
        self.pool = self.cognito.add_pool()
        self.pool.add_user("alice", PASSWORD, email="alice@example.com")
        self.front = TlsFront(self.cognito.handle, None)

    def device(self, good: str, kind: type = Client, flows: set[str] | None = None, **named: Any) -> Any:
        """A device of an app client whose only good secret is `good`."""
        self.app = self.pool.add_app(secret=good, **named)
        self.app.flows = flows or self.app.flows
        self.store = RamStore()
        secrets = NEW, OLD
        url = f"http://127.0.0.1:{self.front.port}"
        return kind("eu-west-1", self.app.id, secrets, POOL_ID, store=self.store, endpoint=url, clock=self.clock)

    def asked(self) -> list[str]:
        """The operations since this was last asked."""
        operations = list(self.cognito.operations)
        self.cognito.requests.clear()
        return operations


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    with world.front:
        yield world
    assert world.cognito.violations == []


@pytest.mark.parametrize("flow", ["USER_PASSWORD_AUTH", "USER_SRP_AUTH"])
def test_a_sign_in_and_what_follows(world: World, flow: str) -> None:
    client = world.device(OLD)
    first = ["InitiateAuth"] * 2
    assert isinstance(client.sign_in("alice", PASSWORD, flow=flow), Tokens)
    assert world.asked() == (first if flow == "USER_PASSWORD_AUTH" else [*first, "RespondToAuthChallenge"])
    client.refresh()
    assert world.asked() == ["InitiateAuth"], "the one that served is remembered"
    world.app.secret = NEW  # rolled
    client.refresh()
    assert world.asked() == ["InitiateAuth"] * 2
    client.refresh()
    assert client.sign_out() is True
    assert world.asked() == ["InitiateAuth", "RevokeToken"]


def test_the_answer_to_a_challenge(world: World) -> None:
    client = world.device(NEW)
    world.pool.users["alice"].status = "FORCE_CHANGE_PASSWORD"
    challenge = client.sign_in("alice", PASSWORD)
    world.app.secret = OLD
    assert isinstance(client.set_new_password(challenge, "Another-Horse-9"), Tokens)


def test_a_rotated_refresh_and_a_revocation(world: World) -> None:
    client = world.device(NEW, rotation=60)
    client.sign_in("alice", PASSWORD)
    client.refresh()
    world.asked()
    world.app.secret = OLD
    client.refresh()
    assert world.asked() == ["GetTokensFromRefreshToken"] * 2
    world.app.secret = NEW
    assert client.sign_out() is True
    assert world.asked() == ["RevokeToken"] * 2


def test_signing_out_everywhere_once_the_access_token_has_expired(world: World) -> None:
    client = world.device(NEW)
    client.sign_in("alice", PASSWORD)
    world.clock.seconds += 4000
    world.app.secret = OLD
    world.asked()
    assert client.sign_out(everywhere=True) is True
    assert world.asked() == ["InitiateAuth", "InitiateAuth", "GlobalSignOut"]


def test_calls_that_take_a_hash_of_a_name(world: World) -> None:
    client = world.device(OLD)
    account.sign_up(client, "bob", PASSWORD)
    assert world.asked() == ["SignUp"] * 2
    world.app.secret = NEW
    parameters = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "alice", "PASSWORD": PASSWORD}}
    assert "AuthenticationResult" in client.call("InitiateAuth", parameters)
    assert "SECRET_HASH" not in parameters["AuthParameters"], "what the caller gave stays as it is"


def test_the_app_clients_own_tokens(world: World) -> None:
    client = world.device(OLD, flows={"ALLOW_CLIENT_TOKEN_AUTH"})
    assert oauth2.client_token(client)
    assert world.asked() == ["GetClientToken"] * 2
    world.app.secret = NEW
    assert oauth2.token(client, f"http://127.0.0.1:{world.front.port}")
    assert world.asked() == ["/oauth2/token"] * 2


def test_an_async_client(world: World) -> None:
    async def main() -> None:
        client = world.device(OLD, AsyncClient)
        await client.sign_in("alice", PASSWORD)
        world.app.secret = NEW
        await asyncio.gather(client.refresh(), account.forgot_password(client, "alice"))
        await client.refresh()

    asyncio.run(main())
    assert world.asked()[-1:] == ["InitiateAuth"]


def test_two_that_are_wrong_are_refused_after_two_tries(world: World) -> None:
    client = world.device("x" * 52)
    with pytest.raises(CognitoError, match="secret hash"):
        client.sign_in("alice", PASSWORD)
    assert world.asked() == ["InitiateAuth"] * 2


def test_a_wrong_password_is_no_reason_for_the_other(world: World) -> None:
    client = world.device(NEW)
    with pytest.raises(CognitoError, match="ncorrect username or password"):
        client.sign_in("alice", "wrong")
    assert world.asked() == ["InitiateAuth"]
