"""Refreshing, rotation, revoking and machine-to-machine tokens of the double."""

from __future__ import annotations

import base64
import http.client
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from cognito_mp_tools.local.tls_front import TlsFront
from fake_cognito.pools import AppClient, Pool, User
from fake_cognito_tests.aws_client import FORM, Reply, claims, refusal, sign_in, start
from fake_cognito_tests.conftest import START, Clock

# Refreshing, rotation, revoking.


def test_refresh(clock: Clock, aws: Any, app: AppClient, alice: User) -> None:
    token = sign_in(aws, app)["AuthenticationResult"]["RefreshToken"]

    def refresh() -> Reply:
        return start(aws, app, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token)["AuthenticationResult"]

    clock.advance(3000)
    result = refresh()
    assert set(result) == {"AccessToken", "IdToken", "ExpiresIn", "TokenType"}
    access = claims(result["AccessToken"])
    assert (access["iat"], access["auth_time"]) == (START + 3000, START)
    assert start(aws, app, "REFRESH_TOKEN", REFRESH_TOKEN=token)
    assert "RefreshToken" not in aws.get_tokens_from_refresh_token(ClientId=app.id, RefreshToken=token)
    alice.enabled = False
    assert refusal(refresh) == "NotAuthorizedException: User is disabled."
    alice.enabled = True
    clock.advance(30 * 24 * 3600)
    assert refusal(refresh) == "NotAuthorizedException: Refresh Token has expired"


def test_refresh_tokens_of_others(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    token = sign_in(aws, app)["AuthenticationResult"]["RefreshToken"]
    for client, given in ((pool.add_app(), token), (app, "nonsense")):
        said = refusal(start, aws=aws, app=client, flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=given)
        assert said == "NotAuthorizedException: Invalid Refresh Token"


def rotating(aws: Any, app: AppClient, token: str) -> Reply:
    secret = {"ClientSecret": app.secret} if app.secret else {}
    return aws.get_tokens_from_refresh_token(RefreshToken=token, ClientId=app.id, **secret)["AuthenticationResult"]


@pytest.mark.parametrize("code", ["InvalidParameterException", "UnsupportedOperationException"])
def test_rotation_ends_the_old_flow(aws: Any, pool: Pool, alice: User, code: str) -> None:
    app = pool.add_app(rotation=0)
    app.rotation_refusal = code
    token = sign_in(aws, app)["AuthenticationResult"]["RefreshToken"]
    assert refusal(start, aws=aws, app=app, flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token).startswith(code)
    assert rotating(aws, app, token)["RefreshToken"] != token


def test_rotation_has_a_grace_and_then_ends_the_sign_in(clock: Clock, aws: Any, pool: Pool, alice: User) -> None:
    app = pool.add_app(secret=True, rotation=10)
    first = sign_in(aws, app)["AuthenticationResult"]["RefreshToken"]
    second = rotating(aws, app, first)["RefreshToken"]
    clock.advance(9.9)
    third = rotating(aws, app, first)["RefreshToken"]
    assert len({first, second, third}) == 3
    assert rotating(aws, app, third)["RefreshToken"]
    clock.advance(0.1)
    newest = rotating(aws, app, second)["RefreshToken"]
    assert refusal(rotating, aws=aws, app=app, token=first).startswith("RefreshTokenReuseException")
    said = refusal(rotating, aws=aws, app=app, token=newest)
    assert said == "NotAuthorizedException: Refresh Token has been revoked"


def test_rotation_keeps_the_first_expiry(clock: Clock, aws: Any, pool: Pool, alice: User) -> None:
    app = pool.add_app(rotation=60)
    app.refresh_seconds = 3600
    token = sign_in(aws, app)["AuthenticationResult"]["RefreshToken"]
    clock.advance(3599)
    token = rotating(aws, app, token)["RefreshToken"]
    clock.advance(1)
    assert refusal(rotating, aws=aws, app=app, token=token) == "NotAuthorizedException: Refresh Token has expired"


def test_the_secret_goes_raw_with_a_refresh_token(aws: Any, pool: Pool, secret_app: AppClient, alice: User) -> None:
    token = sign_in(aws, secret_app)["AuthenticationResult"]["RefreshToken"]
    given = {"RefreshToken": token, "ClientId": secret_app.id}
    for wrong in ({}, {"ClientSecret": "x" * 24}):
        assert refusal(aws.get_tokens_from_refresh_token, **given, **wrong).startswith("NotAuthorizedException")
        assert refusal(aws.revoke_token, Token=token, ClientId=secret_app.id, **wrong).startswith("Unauthorized")
    assert rotating(aws, secret_app, token)["AccessToken"]


def test_revoke(aws: Any, pool: Pool, app: AppClient, alice: User) -> None:
    result, other = (sign_in(aws, app)["AuthenticationResult"] for _ in range(2))
    wrong_kind = refusal(aws.revoke_token, Token=result["AccessToken"], ClientId=app.id)
    assert wrong_kind.startswith("UnsupportedTokenTypeException")
    aws.revoke_token(Token=result["RefreshToken"], ClientId=app.id)
    aws.revoke_token(Token=result["RefreshToken"], ClientId=app.id)
    aws.revoke_token(Token="unknown", ClientId=app.id)
    said = refusal(start, aws=aws, app=app, flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"])
    assert said == "NotAuthorizedException: Refresh Token has been revoked"
    said = refusal(aws.get_user, AccessToken=result["AccessToken"])
    assert said == "NotAuthorizedException: Access Token has been revoked"
    assert start(aws, app, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=other["RefreshToken"])


# Machine to machine.


def test_get_client_token(aws: Any, secret_app: AppClient) -> None:
    given = {"ClientId": secret_app.id, "Secret": secret_app.secret}
    assert "not enabled" in refusal(aws.get_client_token, **given)
    secret_app.flows = {"ALLOW_CLIENT_TOKEN_AUTH"}
    result = aws.get_client_token(**given, Scopes=["watch/read"])["ClientAuthenticationResult"]
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer")
    assert claims(result["AccessToken"])["scope"] == "watch/read"
    assert "scope" in refusal(aws.get_client_token, **given, Scopes=["watch/break"])
    wrong = refusal(aws.get_client_token, ClientId=secret_app.id, Secret="x" * 24)
    assert wrong.startswith("NotAuthorizedException")


def post_form(front: TlsFront, user: str, secret: str, **form: str) -> tuple[int, Reply]:
    connection = http.client.HTTPConnection("127.0.0.1", front.port)
    basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
    headers = {"User-Agent": "a", "Content-Type": FORM, "Authorization": f"Basic {basic}"}
    connection.request("POST", "/oauth2/token", urlencode(form), headers)
    reply = connection.getresponse()
    return reply.status, json.loads(reply.read())


def test_client_credentials(front: TlsFront, secret_app: AppClient, app: AppClient) -> None:
    who = secret_app.id, secret_app.secret
    status, reply = post_form(front, *who, grant_type="client_credentials", scope="watch/read watch/write")
    assert (status, reply["token_type"], reply["expires_in"]) == (200, "Bearer", 3600)
    assert claims(reply["access_token"])["scope"] == "watch/read watch/write"
    grant = {"grant_type": "client_credentials"}
    assert post_form(front, secret_app.id, "wrong", **grant) == (400, {"error": "invalid_client"})
    assert post_form(front, app.id, "", **grant) == (400, {"error": "invalid_client"})
    assert post_form(front, *who, **grant, scope="openid") == (400, {"error": "invalid_scope"})
    assert post_form(front, *who, grant_type="password") == (400, {"error": "unsupported_grant_type"})
