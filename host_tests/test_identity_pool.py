"""Credentials of identity pools, from moto and ministack, and what a service that checks signatures says to them."""

from __future__ import annotations

import asyncio
import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from cognito_mp import AsyncClient, Client, CognitoError, RamStore, claims, identity_pool, sigv4
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront

PASSWORD = "Correct-Horse-9"


class Place:
    """A user pool with alice in it, and an identity pool that knows it."""

    def __init__(self, server: LocalCognito) -> None:
        self.server = server
        self.idp = server.admin()
        self.identities = server.admin("cognito-identity")
        self.pool_id, app = server.add_pool(secret=False)
        self.app_id = app["ClientId"]
        self.idp.admin_create_user(UserPoolId=self.pool_id, Username="alice", MessageAction="SUPPRESS")
        self.idp.admin_set_user_password(UserPoolId=self.pool_id, Username="alice", Password=PASSWORD, Permanent=True)
        self.store = RamStore()
        provider = claims.read(self.signed_in().id_token() or "")["iss"].partition("://")[2]
        self.identity_pool_id = self.identities.create_identity_pool(
            IdentityPoolName="watches",
            AllowUnauthenticatedIdentities=True,
            CognitoIdentityProviders=[{"ProviderName": provider, "ClientId": self.app_id}],
        )["IdentityPoolId"]

    def client(self, kind: type = Client, store: Any = None) -> Any:
        server = self.server
        return kind(REGION, self.app_id, store=store, endpoint=server.endpoint, cadata=server.ca.der)

    def signed_in(self) -> Client:
        client = self.client(store=self.store)
        client.sign_in("alice", PASSWORD)
        return client

    def credentials(self, client: Any) -> Any:
        return identity_pool.credentials(client, self.identity_pool_id, self.server.endpoint)


@pytest.fixture
def place(cognito: LocalCognito) -> Place:
    return Place(cognito)


def test_alice(place: Place) -> None:
    client = place.signed_in()
    held = place.credentials(client)
    assert held.access_key and held.secret_key and held.session_token
    # ministack's last an hour, and moto's 90 seconds, written as a float.
    life = 3600 if place.server.name == "ministack" else 90
    assert type(held.expiration) is int and abs(held.expiration - time.time() - life) < 10
    assert len(held.identity_id.partition(":")[2]) == 36
    assert (place.credentials(client) is held) == (place.server.name == "ministack")
    # After a restart: other credentials of the same identity.
    restarted = place.client(store=place.store)
    assert place.credentials(restarted).identity_id == held.identity_id


def test_a_guest_then_alice(place: Place) -> None:
    client = place.client()
    guest = place.credentials(client)
    assert not client.signed_in and guest.secret_key
    client.sign_in("alice", PASSWORD)
    alice = place.credentials(client)
    assert alice.identity_id != guest.identity_id
    if place.server.name == "ministack":
        roles = [identity["Logins"] for identity in _identities(place)]
        assert sorted(map(len, roles)) == [0, 1]


def _identities(place: Place) -> list[dict]:
    listed = place.identities.list_identities(IdentityPoolId=place.identity_pool_id, MaxResults=10)["Identities"]
    return [{"Logins": [], **identity} for identity in listed]


def test_an_identity_pool_that_does_not_know_the_user_pool(place: Place) -> None:
    if place.server.name == "moto":
        pytest.skip("moto serves everybody")
    pool = place.identities.create_identity_pool(IdentityPoolName="theirs", AllowUnauthenticatedIdentities=False)
    client = place.signed_in()
    with pytest.raises(CognitoError, match="NotAuthorizedException"):
        identity_pool.credentials(client, pool["IdentityPoolId"], place.server.endpoint)
    assert client.signed_in


def test_awaited(place: Place) -> None:
    client = place.client(AsyncClient)

    async def main() -> list:
        await client.sign_in("alice", PASSWORD)
        async with client:
            return list(await asyncio.gather(place.credentials(client), place.credentials(client)))

    first, second = asyncio.run(main())
    assert first.identity_id == second.identity_id


def _who_is(place: Place, held: Any) -> tuple[int, str]:
    """What STS says to GetCallerIdentity signed with `held`: (status, body)."""
    url = "http://sts.example/"
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    date = sigv4.amz_date(int(time.time()))
    keys = held.access_key, held.secret_key, held.session_token
    headers.update(sigv4.sign("POST", url, headers, body, *keys, REGION, "sts", date))
    asked = {"host": "sts.example", **{name.lower(): value for name, value in headers.items()}}
    reply = place.server.ask_backend(Request("POST", "/", asked, body))
    return reply.status, reply.body.decode()


def test_what_they_sign_is_accepted_and_with_a_wrong_secret_it_is_not(place: Place) -> None:
    if place.server.name == "moto":
        pytest.skip("moto's credentials are the same for everybody, and known to nobody")
    held = place.credentials(place.signed_in())
    status, body = _who_is(place, held)
    assert status == 200 and "assumed-role/CognitoIdentityPoolRole/CognitoIdentityCredentials" in body
    wrong = SimpleNamespace(access_key=held.access_key, secret_key="x" * 40, session_token=held.session_token)
    status, body = _who_is(place, wrong)
    assert status == 403 and "SignatureDoesNotMatch" in body


def test_they_sign_calls_of_user_pools_too(place: Place) -> None:
    if place.server.name == "moto":
        pytest.skip("moto's credentials are the same for everybody, and known to nobody")
    _give_role(place)
    client = Client(
        REGION, place.app_id, user_pool_id=place.pool_id, endpoint=place.server.endpoint, cadata=place.server.ca.der
    )
    client.sign_in("alice", PASSWORD)
    user = client.call("AdminGetUser", {"Username": "alice"}, credentials=place.credentials(client))
    assert user["Username"] == "alice"


def _give_role(place: Place) -> None:
    """People who sign in to `place` may read user pools."""
    iam = place.server.admin("iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    allow = {"Effect": "Allow", "Action": "cognito-idp:AdminGetUser", "Resource": "*"}
    name = "watch-" + place.identity_pool_id[-12:]
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=_policy(allow))
    place.identities.set_identity_pool_roles(
        IdentityPoolId=place.identity_pool_id, Roles={"authenticated": role["Arn"], "unauthenticated": role["Arn"]}
    )


def _policy(statement: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_requests_go_to_the_other_service() -> None:
    """By the model, and unsigned, on one connection."""
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        identity = {"IdentityId": "eu-west-1:11111111-1111-1111-1111-111111111111"}
        keys = {"AccessKeyId": "A", "SecretKey": "S", "SessionToken": "T", "Expiration": 1.9e9}
        return Response(body=json.dumps({**identity, "Credentials": keys}).encode())

    with TlsFront(answer, None) as front:
        client = Client("eu-west-1", "client", endpoint="https://not.asked.example.com")
        pool = "eu-west-1:01234567-89ab-cdef-0123-456789abcdef"
        held = identity_pool.credentials(client, pool, f"http://127.0.0.1:{front.port}")
        assert front.connections == 1
    assert held.expiration == 1_900_000_000
    targets = [request.headers["x-amz-target"] for request in seen]
    assert targets == ["AWSCognitoIdentityService.GetId", "AWSCognitoIdentityService.GetCredentialsForIdentity"]
    assert not any("authorization" in request.headers for request in seen)
