"""Machine-to-machine tokens: the token endpoint of ministack, and both ways against the strict double."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cognito_mp import AsyncClient, Client, CognitoError, claims, oauth2
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import TlsFront
from fake_cognito.endpoint import HTML, INTERNAL_ERROR, LOSE_REPLY, FakeCognito


@pytest.fixture
def ministack() -> Iterator[LocalCognito]:
    """moto has no /oauth2/token."""
    with LocalCognito("ministack") as server:
        yield server


def test_ministacks_token_endpoint(ministack: LocalCognito) -> None:
    idp = ministack.admin()
    pool = idp.create_user_pool(PoolName="machines")["UserPool"]["Id"]
    scope = {"ScopeName": "read", "ScopeDescription": "Read"}
    idp.create_resource_server(UserPoolId=pool, Identifier="watch", Name="watch", Scopes=[scope])
    app = idp.create_user_pool_client(
        UserPoolId=pool,
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["watch/read"],
        AllowedOAuthFlowsUserPoolClient=True,
    )["UserPoolClient"]
    client = Client(REGION, app["ClientId"], app["ClientSecret"], endpoint=ministack.endpoint, cadata=ministack.ca.der)
    token = oauth2.token(client, ministack.endpoint, scopes=["watch/read"])
    said = claims.read(token)
    assert said["client_id"] == app["ClientId"] and said["scope"] == "watch/read"
    assert oauth2.token(client, ministack.endpoint, scopes=["watch/read"]) == token
    with pytest.raises(CognitoError) as refused:
        oauth2.token(client, ministack.endpoint, client_secret="wrong", scopes=["watch/write"])
    assert refused.value.code == "invalid_client" and refused.value.status == 400
    with pytest.raises(CognitoError) as refused:
        oauth2.token(client, ministack.endpoint, scopes=["openid"])
    assert refused.value.code == "invalid_scope"


class World:
    """A fake Cognito behind TLS with an app client for machines."""

    def __init__(self) -> None:
        self.seconds = int(time.time())
        self.cognito = FakeCognito(now=lambda: self.seconds, randomness=random.Random(3))
        self.app = self.cognito.add_pool().add_app(secret=True)
        self.app.flows = {"ALLOW_CLIENT_TOKEN_AUTH"}
        self.ca = ThrowawayCa()
        self.front = TlsFront(self.cognito.handle, self.ca.server_context("127.0.0.1"))
        self.url = f"https://127.0.0.1:{self.front.port}"

    def client(self, kind: type = Client, secret: str | None = None) -> Any:
        return kind("eu-west-1", self.app.id, secret or self.app.secret, endpoint=self.url, cadata=self.ca.der)


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    with world.front:
        yield world
    assert world.cognito.violations == [] and not world.cognito.faults_left


def test_get_client_token(world: World) -> None:
    client = world.client()
    token = oauth2.client_token(client, ["watch/read"])
    assert claims.read(token)["scope"] == "watch/read"
    assert oauth2.client_token(client, ["watch/read"]) == token
    assert claims.read(oauth2.client_token(client))["scope"] == "watch/read watch/write"
    assert world.cognito.operations == ["GetClientToken"] * 2
    assert client.call("GetClientToken")["ClientAuthenticationResult"]["TokenType"] == "Bearer"


def test_what_get_client_token_refuses(world: World) -> None:
    with pytest.raises(CognitoError, match="NotAuthorizedException") as refused:
        oauth2.client_token(world.client(secret="x" * 51))
    assert "x" * 51 not in str(refused.value)
    with pytest.raises(CognitoError, match="InvalidParameterException"):
        oauth2.client_token(world.client(), ["watch/admin"])


def test_the_token_endpoint(world: World) -> None:
    client = world.client()
    token = oauth2.token(client, world.url, scopes=["watch/write"])
    assert claims.read(token)["scope"] == "watch/write"
    assert oauth2.token(client, world.url, scopes=["watch/write"]) == token
    assert claims.read(oauth2.token(client, world.url))["scope"] == "watch/read watch/write"
    assert world.cognito.operations == ["/oauth2/token"] * 2
    for secret, scopes, code in (("x" * 51, None, "invalid_client"), (None, ["watch/admin"], "invalid_scope")):
        with pytest.raises(CognitoError) as refused:
            oauth2.token(world.client(secret=secret), world.url, scopes=scopes)
        assert refused.value.code == code and "x" * 51 not in str(refused.value)


def test_a_secret_of_any_characters(world: World) -> None:
    world.app.secret = "a+b/c:d~%&="
    assert claims.read(oauth2.token(world.client(), world.url))["client_id"] == world.app.id
    world.app.secret = "a+b/c:d é%"
    client = world.client(secret="s" * 51)
    assert claims.read(oauth2.token(client, world.url, client_secret=world.app.secret))["client_id"] == world.app.id


@pytest.mark.parametrize("fault", [INTERNAL_ERROR, HTML, LOSE_REPLY])
def test_faults_are_got_over(world: World, fault: str) -> None:
    world.cognito.fail_next("*", fault)
    assert oauth2.token(world.client(), world.url)
    world.cognito.fail_next("*", fault)
    assert oauth2.client_token(world.client())
    assert world.cognito.operations == ["/oauth2/token"] * 2 + ["GetClientToken"] * 2


def test_awaited(world: World) -> None:
    async def main() -> list:
        client = world.client(AsyncClient)
        async with client:
            return [await oauth2.client_token(client), await oauth2.token(client, world.url)]

    assert all(asyncio.run(main()))
    assert world.front.handshakes == 1, "both on one connection"
