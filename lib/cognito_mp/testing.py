"""A service that answers from a list: for tests of your own program, with no network and no AWS.

    from cognito_mp import Client, testing

    over = testing.refusal("NotAuthorizedException", "Refresh Token has expired")
    transport = testing.FakeTransport(testing.tokens(), over)
    client = Client("eu-west-1", "any-client-id", transport=transport)
    client.sign_in("alice", "any password")
    assert transport.requests[0][0] == "InitiateAuth"

The tokens are made up, and signed by nobody.
"""

import asyncio
import json
from binascii import b2a_base64


class FakeTransport:
    """A transport for Client. Answers each request with the next of `replies`.

    A reply is a dict (HTTP status 200), a (status, dict), a (status, headers, bytes) as it is, or an exception.

    replies   list, those that are left
    requests  list of (operation: str, parameters: dict), all so far
    closed    int, how often the connection was closed
    """

    def __init__(self, *replies: object) -> None:
        self.replies = list(replies)
        self.requests: list = []
        self.closed = 0

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        self.requests.append((headers["X-Amz-Target"].split(".")[1], json.loads(body)))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, tuple) and len(reply) == 3:
            return reply
        status, value = reply if isinstance(reply, tuple) else (200, reply)
        return status, {"content-type": "application/x-amz-json-1.1"}, json.dumps(value).encode()

    def close(self) -> None:
        self.closed += 1


class AsyncFakeTransport(FakeTransport):
    """The same for AsyncClient: it takes a few turns of the loop."""

    async def post(self, url: str, headers: dict, body: bytes) -> tuple:  # type: ignore[override]  # awaited
        for _ in range(3):
            await asyncio.sleep(0)
        return super().post(url, headers, body)


def jwt(claims: dict) -> str:
    """A token with `claims` as its payload, and a made-up signature."""
    payload = b2a_base64(json.dumps(claims).encode()).decode().strip()
    return "e30." + payload.replace("+", "-").replace("/", "_").rstrip("=") + ".c2ln"


def tokens(number: int = 1, refresh: bool = True, username: str = "the-sub", expires_in: int = 3600) -> dict:
    """A reply with tokens that carry `number`; refresh: with a refresh token; expires_in: seconds."""
    result = {
        "AccessToken": jwt({"username": username, "number": number}),
        "IdToken": "id%d" % number,
        "ExpiresIn": expires_in,
        "TokenType": "Bearer",
    }
    if refresh:
        result["RefreshToken"] = "refresh%d" % number
    return {"AuthenticationResult": result}


def refusal(code: str, message: str = "", status: int = 400) -> tuple:
    """A reply that refuses with Cognito's `code`, such as "NotAuthorizedException"."""
    return status, {"__type": code, "message": message}


def challenge(name: str, session: str = "session-1-of-20-chars", **parameters: str) -> dict:
    """A reply with a challenge."""
    return {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}
