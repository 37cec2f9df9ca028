"""Tokens of an app client itself, over fake transports."""

import asyncio
import json
from binascii import a2b_base64

from checks import raises
from cognito_mp import AsyncClient, Client, CognitoError, oauth2
from fakes import CountingStore, FakeClock, FakeTransport, refusal

ID = "1example23456789abcdefghij"
SECRET = "1abc2def3ghi4jkl5mno6pqr7stu8vwx9yz0abcdefghijklmnop"
DOMAIN = "https://watches.auth.eu-west-1.amazoncognito.com"


def machine(number: int = 1, expires_in: int = 3600) -> dict:
    result = {"AccessToken": "machine%d" % number, "ExpiresIn": expires_in, "TokenType": "Bearer"}
    return {"ClientAuthenticationResult": result}


def bearer(number: int = 1, expires_in: int = 3600) -> dict:
    return {"access_token": "machine%d" % number, "expires_in": expires_in, "token_type": "Bearer"}


class TokenEndpoint:
    """Answers each POST with the next of `replies`: a dict (200), a (status, dict), bytes (400), or an exception."""

    def __init__(self, *replies) -> None:
        self.replies = list(replies)
        self.posts: list = []

    def post(self, url, headers, body):
        self.posts.append((url, dict(headers), bytes(body).decode()))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, bytes):
            return 400, {"content-type": "text/html"}, reply
        status, value = reply if isinstance(reply, tuple) else (200, reply)
        return status, {"content-type": "application/json"}, bytearray(json.dumps(value).encode())


def device(transport, secret=SECRET, kind=Client):
    clock = FakeClock()
    clock.random = 0
    return kind("eu-west-1", ID, secret, store=CountingStore(), transport=transport, clock=clock), clock


def test_client_token():
    transport = FakeTransport(machine())
    client, _ = device(transport)
    assert oauth2.client_token(client) == "machine1"
    assert transport.requests == [("GetClientToken", {"ClientId": ID, "Secret": SECRET})]
    assert not client.signed_in and client.session.username is None


def test_client_token_is_kept_until_due():
    transport = FakeTransport(machine(1), machine(2))
    client, clock = device(transport)
    assert oauth2.client_token(client) == oauth2.client_token(client) == "machine1"
    clock.pass_time(0.64 * 3600)
    assert oauth2.client_token(client) == "machine1" and len(transport.requests) == 1
    clock.pass_time(0.02 * 3600)
    assert oauth2.client_token(client) == "machine2"


def test_a_clock_stepped_back_leaves_a_dead_token_dead():
    transport = FakeTransport(machine(1), machine(2))
    client, clock = device(transport)
    oauth2.client_token(client)
    clock.pass_time(3601)
    clock.seconds -= 86400
    assert oauth2.client_token(client) == "machine2"


def test_each_set_of_scopes_has_a_token_of_its_own():
    transport = FakeTransport(machine(1), machine(2))
    client, _ = device(transport)
    assert oauth2.client_token(client, ["watch/read"]) == "machine1"
    assert oauth2.client_token(client, ["watch/read", "watch/write"]) == "machine2"
    assert oauth2.client_token(client, ["watch/read"]) == "machine1"
    assert [body["Scopes"] for _, body in transport.requests] == [["watch/read"], ["watch/read", "watch/write"]]


def test_a_token_that_is_due_but_alive_does_while_the_network_is_down():
    for ask, transport in (
        (oauth2.client_token, FakeTransport(machine(1, 1000), *[OSError(113)] * 6)),
        (lambda client: oauth2.token(client, DOMAIN), TokenEndpoint(bearer(1, 1000), *[OSError(113)] * 6)),
    ):
        client, clock = device(transport)
        assert ask(client) == "machine1"
        clock.pass_time(900)
        assert ask(client) == ask(client) == "machine1"
        clock.pass_time(101)
        raises(OSError, ask, client)


def test_refusals_come_through():
    for code in ("NotAuthorizedException", "InvalidParameterException"):
        client, _ = device(FakeTransport(refusal(code, "no")))
        error = raises(CognitoError, oauth2.client_token, client)
        assert error.code == code and SECRET not in str(error) + repr(error)


def test_the_token_endpoint():
    transport = TokenEndpoint(bearer(1), bearer(2))
    client, clock = device(transport)
    assert oauth2.token(client, DOMAIN, scopes=["watch/read", "watch/write"]) == "machine1"
    url, headers, body = transport.posts[0]
    assert url == DOMAIN + "/oauth2/token"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded" and "X-Amz-Target" not in headers
    kind, _, proof = headers["Authorization"].partition(" ")
    assert kind == "Basic" and a2b_base64(proof).decode() == ID + ":" + SECRET and "\n" not in proof
    assert body == "grant_type=client_credentials&scope=watch%2Fread%20watch%2Fwrite"
    assert oauth2.token(client, DOMAIN, scopes=["watch/read", "watch/write"]) == "machine1"
    clock.pass_time(3600)
    assert oauth2.token(client, DOMAIN, scopes=["watch/read", "watch/write"]) == "machine2"


def test_the_token_endpoint_for_another_app_client():
    transport = TokenEndpoint(bearer(1), bearer(2), bearer(3), bearer(4))
    client, _ = device(transport, secret=None)
    assert oauth2.token(client, DOMAIN + "/", "machine", "s+/e\u00e9:t") == "machine1"
    url, headers, body = transport.posts[0]
    assert url == DOMAIN + "/oauth2/token" and body == "grant_type=client_credentials"
    # RFC 6749, 2.3.1: encoded as in a form, then in base64
    assert a2b_base64(headers["Authorization"][6:]).decode() == "machine:s%2B%2Fe%C3%A9%3At"
    assert oauth2.token(client, DOMAIN, "machine-2", "secret") == "machine2"
    assert oauth2.token(client, "https://login.example.com", "machine-2", "secret") == "machine3"
    assert oauth2.token(client, DOMAIN, "machine-3", "secret") == "machine4"


def test_oauths_errors():
    for status, reply, code, message in (
        (400, {"error": "invalid_client"}, "invalid_client", "invalid_client"),
        (401, {"error": "invalid_scope", "error_description": "no such scope"}, "invalid_scope", "no such scope"),
    ):
        client, clock = device(TokenEndpoint((status, reply)))
        error = raises(CognitoError, oauth2.token, client, DOMAIN)
        assert (error.code, error.message, error.status) == (code, message, status)
        assert SECRET not in str(error) + repr(error) and not clock.slept
    for reply in ({"message": "no"}, [], b"<html>"):
        client, _ = device(TokenEndpoint(reply if isinstance(reply, bytes) else (400, reply)))
        assert raises(CognitoError, oauth2.token, client, DOMAIN).code == "UnreadableReply"


def test_the_token_endpoint_is_tried_again_when_that_may_help():
    transport = TokenEndpoint(OSError(104), (503, {"error": "busy"}), bearer())
    client, clock = device(transport)
    assert oauth2.token(client, DOMAIN) == "machine1"
    assert [url for url, _, _ in transport.posts] == [DOMAIN + "/oauth2/token"] * 3 and len(clock.slept) == 2


def test_a_reply_that_holds_no_token():
    for reply in ({}, {"access_token": ""}, {"access_token": 3, "expires_in": 3}):
        client, _ = device(TokenEndpoint(reply))
        assert raises(CognitoError, oauth2.token, client, DOMAIN).code == "UnreadableReply"
    client, _ = device(FakeTransport({}))
    assert raises(CognitoError, oauth2.client_token, client).code == "UnreadableReply"


def test_bad_arguments_are_named_and_sent_nowhere():
    transport = TokenEndpoint()
    client, _ = device(transport, secret=None)
    assert "client_secret" in str(raises(ValueError, oauth2.client_token, client))
    assert "client_secret" in str(raises(ValueError, oauth2.token, client, DOMAIN))
    assert "domain_url" in str(raises(ValueError, oauth2.token, client, "", ID, SECRET))
    raises(ValueError, oauth2.token, client, "http://example.com", ID, SECRET)
    bare = "watches.auth.eu-west-1.amazoncognito.com"
    assert "domain_url" in str(raises(ValueError, oauth2.token, client, bare, ID, SECRET))
    assert "scopes" in str(raises(ValueError, oauth2.token, client, DOMAIN, ID, SECRET, "watch/read"))
    client.app.client_secret = SECRET
    assert "scopes" in str(raises(ValueError, oauth2.client_token, client, "watch/read"))
    assert not transport.posts


def test_awaited():
    class Awaited(TokenEndpoint):
        async def post(self, url, headers, body):
            await asyncio.sleep(0)
            return super().post(url, headers, body)

    transport = Awaited(bearer(1))
    client, _ = device(transport, kind=AsyncClient)

    async def main():
        return await asyncio.gather(*[oauth2.token(client, DOMAIN) for _ in range(3)])

    assert asyncio.run(main()) == ["machine1"] * 3 and len(transport.posts) == 1
    client, _ = device(FakeTransport(machine()), kind=AsyncClient)

    async def other():
        return await oauth2.client_token(client, ["watch/read"])

    assert asyncio.run(other()) == "machine1"
