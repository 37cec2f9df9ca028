"""The common ground of the double with ministack: what both can do, they must say alike."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cognito_mp_tools.local.cognito import LocalCognito
from fake_cognito.endpoint import FakeCognito
from fake_cognito_tests.aws_client import PASSWORD, Reply, SrpClient


class BothWays:
    """The same pool, app client and user in two servers, and one client for each."""

    def __init__(self, aws: Any, client_id: str, client_secret: str) -> None:
        self.aws = aws
        self.id = client_id
        self.secret = client_secret

    def hashed(self, username: str) -> Reply:
        digest = hmac.new(self.secret.encode(), (username + self.id).encode(), "sha256").digest()
        return {"SECRET_HASH": base64.b64encode(digest).decode()} if self.secret else {}

    def password_auth(self, password: str = PASSWORD, **more: str) -> Reply:
        given = {"USERNAME": "alice", "PASSWORD": password, **self.hashed("alice"), **more}
        return self.aws.initiate_auth(AuthFlow="USER_PASSWORD_AUTH", ClientId=self.id, AuthParameters=given)

    def refresh(self, token: str, **more: str) -> Reply:
        given = {"REFRESH_TOKEN": token, **self.hashed("alice"), **more}
        return self.aws.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=self.id, AuthParameters=given)

    def srp(self, pool_name: str, password: str) -> Reply:
        client = SrpClient()
        given = {"USERNAME": "alice", "SRP_A": client.srp_a, **self.hashed("alice")}
        reply = self.aws.initiate_auth(AuthFlow="USER_SRP_AUTH", ClientId=self.id, AuthParameters=given)
        claim = client.claim(reply["ChallengeParameters"], pool_name + "alice", password)
        responses = {"USERNAME": "alice", **claim, **self.hashed("alice")}
        return self.aws.respond_to_auth_challenge(
            ClientId=self.id, ChallengeName=reply["ChallengeName"], ChallengeResponses=responses
        )


@pytest.fixture(scope="module")
def ministack() -> Iterator[LocalCognito]:
    with LocalCognito("ministack") as cognito:
        yield cognito


@pytest.mark.parametrize("temporary", [False, True], ids=["confirmed", "force-change-password"])
@pytest.mark.parametrize("with_secret", [False, True], ids=["public", "secret"])
def test_ministack_says_the_same(
    cognito: FakeCognito, aws: Any, ministack: LocalCognito, with_secret: bool, temporary: bool
) -> None:
    theirs, their_pool = _in_ministack(ministack.admin(), with_secret, temporary)
    pool = cognito.add_pool()
    app = pool.add_app(secret=with_secret)
    pool.add_user("alice", PASSWORD, status="FORCE_CHANGE_PASSWORD" if temporary else "CONFIRMED")
    ours = BothWays(aws, app.id, app.secret)
    assert _story(ours, pool.name) == _story(theirs, their_pool)


def _in_ministack(admin: Any, with_secret: bool, temporary: bool) -> tuple[BothWays, str]:
    pool_id = admin.create_user_pool(PoolName="same")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    given = {"UserPoolId": pool_id, "ClientName": "watch", "ExplicitAuthFlows": flows}
    hiding = {"PreventUserExistenceErrors": "ENABLED", "GenerateSecret": with_secret}
    client = admin.create_user_pool_client(**given, **hiding)["UserPoolClient"]
    admin.admin_create_user(UserPoolId=pool_id, Username="alice", MessageAction="SUPPRESS")
    who = {"UserPoolId": pool_id, "Username": "alice"}
    admin.admin_set_user_password(**who, Password=PASSWORD, Permanent=not temporary)
    return BothWays(admin, client["ClientId"], client.get("ClientSecret", "")), pool_id.partition("_")[2]


def _story(client: BothWays, pool_name: str) -> list[Any]:
    """What happens in a life of sign-ins, without what differs by chance."""

    def said(call: Callable[..., Reply], *arguments: Any, **named: Any) -> Any:
        try:
            reply = call(*arguments, **named)
        except ClientError as problem:
            error = problem.response["Error"]
            return error["Code"], error["Message"].replace(client.id, "<id>")
        return reply.get("ChallengeName") or sorted(reply["AuthenticationResult"])

    told = [
        said(client.password_auth, "wrong"),
        said(client.password_auth, USERNAME="mallory", **client.hashed("mallory")),
        said(client.srp, pool_name, PASSWORD),
        said(client.srp, pool_name, "wrong"),
        said(client.refresh, "nonsense"),
    ]
    if client.secret:
        told += [said(client.password_auth, SECRET_HASH="eA=="), said(client.password_auth, SECRET_HASH="")]
    reply = client.password_auth()
    told.append(reply.get("ChallengeName"))
    if reply.get("ChallengeName"):
        reply = _new_password(client, reply)
    result = reply["AuthenticationResult"]
    told += [sorted(result), said(client.refresh, result["RefreshToken"])]
    if client.secret:
        told.append(said(client.refresh, result["RefreshToken"], SECRET_HASH="eA=="))
    return told


def _new_password(client: BothWays, challenge: Reply) -> Reply:
    name = challenge["ChallengeParameters"]["USER_ID_FOR_SRP"]
    return client.aws.respond_to_auth_challenge(
        ClientId=client.id,
        ChallengeName=challenge["ChallengeName"],
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": "Another-1", **client.hashed(name)},
    )
