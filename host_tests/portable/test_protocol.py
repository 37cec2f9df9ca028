"""Replies of every shape: what they mean, and that a wrong type is a CognitoError and never a crash."""

import json

from checks import Skip, raises
from cognito_mp import Challenge, Client, CognitoError, Tokens
from cognito_mp.protocol import App, loads, read_outcome, read_reply, split_url
from fakes import CountingStore, FakeClock, FakeTransport, jwt, tokens

ID = "1example23456789abcdefghij"
WRONG = (None, 0, 17, True, "", "text", [], {}, [1], {"a": 1}, 1.5)


def test_a_result_without_expires_in_and_token_type():
    token = jwt({"username": "the-sub", "iat": 1000, "exp": 1900})
    got = read_outcome({"AuthenticationResult": {"AccessToken": token}}, "alice")
    assert (got.expires_in, got.token_type, got.id_token, got.refresh_token) == (900, "Bearer", None, None)
    got = read_outcome({"AuthenticationResult": {"AccessToken": "opaque"}}, "alice")
    assert got.expires_in == 3600 and got.username == "alice"
    for iat, exp in ((1900, 1000), ("1", 2), (None, 5), (1.5, 2)):
        token = jwt({"iat": iat, "exp": exp})
        assert read_outcome({"AuthenticationResult": {"AccessToken": token}}, "alice").expires_in == 3600


def test_a_member_of_the_wrong_type_is_harmless_or_a_cognito_error():
    for name in ("AccessToken", "IdToken", "RefreshToken", "ExpiresIn", "TokenType", "NewDeviceMetadata"):
        for value in WRONG:
            reply = tokens(1)
            reply["AuthenticationResult"][name] = value
            client = Client(
                "eu-west-1", ID, store=CountingStore(), transport=FakeTransport(reply, {}), clock=FakeClock()
            )
            try:
                got = client.sign_in("alice", "pw")
            except CognitoError as error:
                assert error.code == "UnreadableReply" and not client.signed_in
                continue
            assert isinstance(got.access_token, str) and got.access_token
            assert isinstance(got.expires_in, int) and got.expires_in >= 0 and isinstance(got.token_type, str)
            if got.expires_in:
                assert client.access_token() == got.access_token


def test_a_challenge_of_the_wrong_type_is_a_cognito_error():
    for reply in (
        {"ChallengeName": None},
        {"ChallengeName": 17},
        {"ChallengeName": ""},
        {"ChallengeName": "SMS_MFA", "ChallengeParameters": "text"},
        {"ChallengeName": "SMS_MFA", "Session": 17},
    ):
        assert raises(CognitoError, read_outcome, reply, "alice").code == "UnreadableReply"
    for value in (17, {"a": 1}, "{", "17"):
        asked = Challenge({"ChallengeName": "X", "ChallengeParameters": {"requiredAttributes": value}}, "alice")
        raises(CognitoError, lambda asked: asked.required_attributes, asked)
    assert (
        Challenge({"ChallengeName": "X", "ChallengeParameters": {"USER_ID_FOR_SRP": 17}}, "alice").username == "alice"
    )


def test_neither_tokens_nor_a_challenge():
    for reply in ({}, {"AuthenticationResult": None}, {"AuthenticationResult": "x"}, {"AuthenticationResult": []}):
        assert raises(CognitoError, read_outcome, reply, "alice").code == "UnreadableReply"


def test_a_refresh_with_a_challenge_is_a_cognito_error():
    client = Client(
        "eu-west-1",
        ID,
        transport=FakeTransport(tokens(1), {"ChallengeName": "SMS_MFA", "Session": "s"}),
        clock=FakeClock(),
    )
    client.sign_in("alice", "pw")
    assert raises(CognitoError, client.refresh).code == "UnreadableReply"
    assert client.signed_in


def deep(opening: bytes, closing: bytes, depth: int) -> bytes:
    """JSON nested `depth` deep; b"" where a chip's heap has no room for it: no reply is as long."""
    try:
        return opening * depth + b"1" + closing * depth
    except MemoryError:
        return b""


def test_json_that_is_nested_deep_kills_nobody():
    for depth in (100, 900, 3000, 15000, 30000):
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
            body = deep(opening, closing, depth)
            try:
                if body:
                    loads(body)
            except ValueError:
                continue
            assert depth <= 900 or not body, "MicroPython's parser has no recursion, and takes what is below the limit"
        error = raises(CognitoError, read_reply, 200, {}, bytearray(b'{"x":' + b"[" * min(depth, 6000)))
        assert error.code == "UnreadableReply"


def test_json_of_more_members_than_a_board_can_hold_is_no_reply():
    """4,000 pairs are 170 kB of a chip's heap; a full page of ListDevices, the longest reply, has 900 commas."""
    try:
        pairs = b",".join([b'"%d":1' % number for number in range(1600)])
        numbers = b"1," * 4000
    except MemoryError:
        raise Skip("no heap for it")
    for body in (b"{" + pairs + b"}", b'{"a":[' + numbers + b"1]}"):
        assert raises(CognitoError, read_reply, 200, {}, bytearray(body)).code == "UnreadableReply"
        raises(ValueError, loads, body)
    attributes = [{"Name": "dev:%d" % number, "Value": "x"} for number in range(5)]
    device = {"DeviceKey": "k", "DeviceAttributes": attributes, "a": 1, "b": 2, "c": 3}
    assert len(loads(json.dumps({"Devices": [device] * 60}).encode())["Devices"]) == 60


def test_a_body_that_is_no_utf8_is_a_cognito_error():
    for body in (b'{"a": "\xff"}', b'{"AuthenticationResult": {"AccessToken": "\xff\xfe"}}', b"\xff"):
        for kind in (bytes, bytearray):
            try:
                outcome = read_outcome(read_reply(200, {}, kind(body)), "alice")
            except CognitoError:
                continue
            assert not isinstance(outcome, Tokens) or isinstance(outcome.access_token, str)


def test_addresses_and_regions_that_cannot_be_right_are_named():
    for url in ("https://a b", "https://a\r\nX: y", "https://a/\n", "https://a:x", "ftp://a", "http://example.com", ""):
        assert "endpoint" in str(raises(ValueError, split_url, url))
    for region in ("eu-west-1/x", "eu west", "eu-west-1\r\n", "", 17, None):
        assert "region" in str(raises(ValueError, App, region, ID)), region


def test_an_operation_is_a_name():
    client = Client("eu-west-1", ID, transport=FakeTransport(), clock=FakeClock())
    for operation in ("GetUser\r\nX: y", "Get User", "Get/User", "", None):
        assert "operation" in str(raises(ValueError, client.call, operation)), operation
