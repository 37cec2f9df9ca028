"""Identity pools over a fake transport: what is asked for, what is kept, and when credentials are renewed."""

import asyncio
import json

from checks import raises
from cognito_mp import AsyncClient, Client, CognitoError, NotSignedIn, identity_pool
from fakes import CountingStore, FakeClock, FakeTransport, jwt, refusal

ID = "1example23456789abcdefghij"
POOL = "eu-west-1:01234567-89ab-cdef-0123-456789abcdef"
IDENTITY = "eu-west-1:11111111-1111-1111-1111-111111111111"
ANOTHER = "eu-west-1:22222222-2222-2222-2222-222222222222"
ISSUER = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"
ID_TOKEN = jwt({"iss": "https://" + ISSUER, "sub": "the-sub"})


class WatchedTransport(FakeTransport):
    """Keeps URLs and targets too."""

    def __init__(self, *replies) -> None:
        super().__init__(*replies)
        self.posts: list = []

    def post(self, url, headers, body):
        self.posts.append((url, headers["X-Amz-Target"]))
        return super().post(url, headers, body)


def tokens(number: int = 1, username: str = "the-sub", expires_in: int = 36000) -> dict:
    result = {
        "AccessToken": jwt({"username": username, "number": number}),
        "IdToken": ID_TOKEN,
        "RefreshToken": "refresh%d" % number,
        "ExpiresIn": expires_in,
        "TokenType": "Bearer",
    }
    return {"AuthenticationResult": result}


def keys(number: int = 1, identity: str = IDENTITY, expiration: float = 1800003600) -> dict:
    result = {
        "AccessKeyId": "ASIA%d" % number,
        "SecretKey": "the-secret-key",
        "SessionToken": "the-session-token",
        "Expiration": expiration,
    }
    return {"IdentityId": identity, "Credentials": result}


def got_id(identity: str = IDENTITY) -> dict:
    return {"IdentityId": identity}


def guest(*replies, store=None, kind=Client, clock=None, **named):
    """(client, transport, store, clock) of a device that nobody has signed in to."""
    transport = WatchedTransport(*replies)
    store = store or CountingStore()
    clock = clock or FakeClock()
    return kind("eu-west-1", ID, store=store, transport=transport, clock=clock, **named), transport, store, clock


def signed_in(*replies, **named):
    client, transport, store, clock = guest(tokens(), *replies, **named)
    client.sign_in("alice", "Passw0rd!")
    transport.requests.clear()
    transport.posts.clear()
    return client, transport, store, clock


def test_credentials_of_the_person_who_is_signed_in():
    client, transport, _, _ = signed_in(got_id(), keys())
    held = identity_pool.credentials(client, POOL)
    assert (held.access_key, held.secret_key, held.session_token) == ("ASIA1", "the-secret-key", "the-session-token")
    assert held.expiration == 1800003600 and held.identity_id == IDENTITY
    logins = {ISSUER: ID_TOKEN}
    assert transport.requests == [
        ("GetId", {"IdentityPoolId": POOL, "Logins": logins}),
        ("GetCredentialsForIdentity", {"IdentityId": IDENTITY, "Logins": logins}),
    ]
    url = "https://cognito-identity.eu-west-1.amazonaws.com"
    assert transport.posts == [
        (url, "AWSCognitoIdentityService.GetId"),
        (url, "AWSCognitoIdentityService.GetCredentialsForIdentity"),
    ]


UPDATED = "issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"


def signed_in_with_the_updated_issuer(*replies):
    id_token = jwt({"iss": "https://" + UPDATED, "sub": "the-sub"})
    reply = tokens()
    reply["AuthenticationResult"]["IdToken"] = id_token
    client, transport, _, _ = guest(reply, *replies)
    client.sign_in("alice", "Passw0rd!")
    transport.requests.clear()
    return client, transport, id_token


def test_a_pool_with_the_updated_issuer_goes_by_the_name_that_is_documented():
    client, transport, id_token = signed_in_with_the_updated_issuer(got_id(), keys())
    assert identity_pool.credentials(client, POOL).access_key == "ASIA1"
    assert [body["Logins"] for _, body in transport.requests] == [{ISSUER: id_token}] * 2


def test_and_by_its_issuer_where_the_service_wants_that():
    for words in ("Token is not from a supported provider of this identity pool.", "Issuer doesn't match providerName"):
        refused = refusal("NotAuthorizedException", words)
        client, transport, id_token = signed_in_with_the_updated_issuer(refused, got_id(), keys())
        assert identity_pool.credentials(client, POOL).access_key == "ASIA1"
        logins = [body["Logins"] for _, body in transport.requests]
        assert logins == [{ISSUER: id_token}] + [{UPDATED: id_token}] * 2
        client, transport, id_token = signed_in_with_the_updated_issuer(refused, refused)
        assert raises(CognitoError, identity_pool.credentials, client, POOL).message == words
        assert len(transport.requests) == 2 and client.signed_in
    client, transport, _, _ = signed_in(refused)
    raises(CognitoError, identity_pool.credentials, client, POOL)
    assert len(transport.requests) == 1


def test_no_credentials_are_left_in_ram_after_a_sign_out_nor_for_the_next_person():
    client, _, _, _ = signed_in(got_id(), keys(1), {})
    identity_pool.credentials(client, POOL)
    client.sign_out()
    assert not client.cache
    client, _, _, _ = signed_in(got_id(), keys(1), tokens(2, username="bob"), {})
    identity_pool.credentials(client, POOL)
    client.sign_in("bob", "Passw0rd!")
    assert not client.cache


def test_credentials_that_come_after_a_sign_out_are_not_kept():
    class Awaited(WatchedTransport):
        async def post(self, url, headers, body):
            await asyncio.sleep(0)
            return super().post(url, headers, body)

    transport = Awaited(tokens(), got_id(), keys(1), {})
    client = AsyncClient("eu-west-1", ID, transport=transport, clock=FakeClock())

    async def main():
        await client.sign_in("alice", "Passw0rd!")
        asked = asyncio.create_task(identity_pool.credentials(client, POOL))
        while len(transport.replies) > 2:
            await asyncio.sleep(0)
        client.cache.clear()
        await client.sign_out()
        await asked

    asyncio.run(main())
    assert not transport.replies and not client.cache


def test_a_guest():
    client, transport, store, _ = guest(got_id(), keys(1), keys(2))
    assert identity_pool.credentials(client, POOL).access_key == "ASIA1"
    assert transport.requests == [
        ("GetId", {"IdentityPoolId": POOL}),
        ("GetCredentialsForIdentity", {"IdentityId": IDENTITY}),
    ]
    assert not client.signed_in and client.sign_out() is False
    # After a restart the guest is still the same one.
    client, transport, _, _ = guest(keys(2), store=store)
    assert identity_pool.credentials(client, POOL).access_key == "ASIA2" and not client.signed_in
    assert [operation for operation, _ in transport.requests] == ["GetCredentialsForIdentity"]


def test_a_guest_leaves_the_session_of_another_app_client_alone():
    _, _, store, _ = signed_in()
    before = store.load()
    client = Client("eu-west-1", "another-client", store=store, transport=WatchedTransport(got_id(), keys()))
    assert identity_pool.credentials(client, POOL).access_key == "ASIA1"
    assert store.load() == before


def test_no_secret_in_the_repr_nor_in_the_store():
    client, _, store, _ = signed_in(got_id(), keys())
    held = identity_pool.credentials(client, POOL)
    for secret in ("the-secret-key", "the-session-token"):
        assert secret not in repr(held) and secret not in str(held) and secret.encode() not in store.load()
    assert IDENTITY in repr(held)


def test_what_is_held_does_until_five_minutes_before_its_end():
    client, transport, store, clock = signed_in(got_id(), keys(1), keys(2, expiration=1800007200))
    first = identity_pool.credentials(client, POOL)
    clock.pass_time(3299)
    assert identity_pool.credentials(client, POOL) is first
    clock.pass_time(1)
    assert identity_pool.credentials(client, POOL).access_key == "ASIA2"
    names = [operation for operation, _ in transport.requests]
    assert names == ["GetId", "GetCredentialsForIdentity", "GetCredentialsForIdentity"]
    assert store.saves == 2, "the session, and the identity once"


def test_what_is_due_but_alive_does_while_the_network_is_down():
    down = [OSError(113)] * 6
    client, _, _, clock = signed_in(got_id(), keys(1), *down)
    first = identity_pool.credentials(client, POOL)
    clock.random = 0
    clock.pass_time(3500)
    assert identity_pool.credentials(client, POOL) is first
    clock.pass_time(100)
    raises(OSError, identity_pool.credentials, client, POOL)


def test_the_identity_outlives_a_restart():
    _, _, store, _ = signed = signed_in(got_id(), keys(1))
    identity_pool.credentials(signed[0], POOL)
    client, transport, _, _ = guest(tokens(2), keys(2), store=store)
    assert identity_pool.credentials(client, POOL).access_key == "ASIA2"
    assert [operation for operation, _ in transport.requests] == ["InitiateAuth", "GetCredentialsForIdentity"]
    assert client.signed_in


def test_somebody_else_gets_an_identity_of_their_own():
    client, transport, _, _ = signed_in(
        got_id(), keys(1), tokens(2, username="bob"), {}, got_id(ANOTHER), keys(2, ANOTHER), {}, got_id(), keys(3)
    )
    identity_pool.credentials(client, POOL)
    client.sign_in("bob", "Passw0rd!")
    assert identity_pool.credentials(client, POOL).identity_id == ANOTHER
    client.sign_out()
    assert identity_pool.credentials(client, POOL).access_key == "ASIA3"
    assert "Logins" not in transport.requests[-1][1]


def test_two_identity_pools():
    second = "eu-west-1:99999999-89ab-cdef-0123-456789abcdef"
    client, _, _, _ = signed_in(got_id(), keys(1), got_id(ANOTHER), keys(2, ANOTHER))
    assert identity_pool.credentials(client, POOL).access_key == "ASIA1"
    assert identity_pool.credentials(client, second).access_key == "ASIA2"
    assert identity_pool.credentials(client, POOL).access_key == "ASIA1"


def test_an_identity_that_is_gone_is_asked_for_again():
    gone = refusal("ResourceNotFoundException", "Identity not found.")
    client, transport, store, clock = signed_in(got_id(), keys(1), gone, got_id(ANOTHER), keys(2, ANOTHER, 1800009999))
    identity_pool.credentials(client, POOL)
    clock.pass_time(3600)
    assert identity_pool.credentials(client, POOL).identity_id == ANOTHER
    assert json.loads(store.load())["identity"] == [POOL, "the-sub", ANOTHER]


def test_a_refusal_comes_through_and_ends_nothing():
    client, transport, store, _ = signed_in(refusal("ResourceNotFoundException", "IdentityPool not found."))
    error = raises(CognitoError, identity_pool.credentials, client, POOL)
    assert error.code == "ResourceNotFoundException" and len(transport.requests) == 1
    assert client.signed_in and store.erasures == 0


def test_a_session_that_is_over_does_not_become_a_guests():
    client, transport, _, clock = signed_in(refusal("NotAuthorizedException", "Refresh Token has been revoked"))
    clock.pass_time(36001)
    raises(NotSignedIn, identity_pool.credentials, client, POOL)
    assert len(transport.requests) == 1 and not client.signed_in


def test_retries_are_the_clients():
    throttled = refusal("TooManyRequestsException", "Rate exceeded")
    client, transport, _, clock = signed_in(OSError(104), got_id(), throttled, keys())
    assert identity_pool.credentials(client, POOL).access_key == "ASIA1"
    assert len(transport.requests) == 4 and len(clock.slept) == 2
    assert [url for url, _ in transport.posts] == ["https://cognito-identity.eu-west-1.amazonaws.com"] * 4


def test_where_it_is_asked():
    for pool, endpoint, expected in (
        ("us-gov-west-1" + POOL[9:], None, "https://cognito-identity.us-gov-west-1.amazonaws.com"),
        ("cn-north-1" + POOL[9:], None, "https://cognito-identity.cn-north-1.amazonaws.com.cn"),
        (POOL, "https://127.0.0.1:4566", "https://127.0.0.1:4566"),
    ):
        client, transport, _, _ = guest(got_id(), keys())
        identity_pool.credentials(client, pool, endpoint)
        assert transport.posts[0][0] == expected


def test_bad_arguments_are_named_and_sent_nowhere():
    client, transport, _, _ = guest()
    for pool in ("", None, "eu-west-1_AbCdEf123", "evil.example/x:pool", "eu west:pool", "eu\r\n:pool"):
        assert "identity_pool_id" in str(raises(ValueError, identity_pool.credentials, client, pool))
    raises(ValueError, identity_pool.credentials, client, POOL, "http://example.com")
    assert not transport.requests


def test_a_reply_that_holds_no_credentials():
    for reply in ({}, {"Credentials": {}}, {"Credentials": None}, keys(expiration="soon")):
        client, _, _, _ = guest(got_id(), reply)
        assert raises(CognitoError, identity_pool.credentials, client, POOL).code == "UnreadableReply"


def test_the_connection_is_closed_after_the_call_or_kept_for_a_with():
    client, transport, _, _ = guest(got_id(), keys())
    identity_pool.credentials(client, POOL)
    assert transport.closed == 1
    client, transport, _, _ = guest(got_id(), keys())
    with client:
        identity_pool.credentials(client, POOL)
        assert transport.closed == 0


def test_expiration_is_read_without_a_float():
    for written, expected in (
        ("1700000000", "1700000000"),
        ("1.700000129E9", "1700000129"),
        ("1.7e+9", "1700000000"),
        ("17e8", "1700000000"),
        ("1700000000.5", "1700000000"),
        ("1.7000001295E9", "1700000129"),
        ("9007199254740993.0", "9007199254740993"),  # a double has no such number
    ):
        body = b'{"Credentials":{"Expiration": ' + written.encode() + b',"SecretKey":"x"}}'
        for kind in (bytes, bytearray):
            read = identity_pool.whole_expiration(kind(body))
            assert bytes(read) == b'{"Credentials":{"Expiration": ' + expected.encode() + b',"SecretKey":"x"}}', read
    for body in (b"", b"{}", b'{"Expiration"', b'{"Expiration":', b'{"Expiration":"x"}', b'{"Expiration":1e99}'):
        assert identity_pool.whole_expiration(body) == body


def test_expiration_with_a_fraction():
    class RawTransport:
        def __init__(self):
            self.replies = [
                b'{"IdentityId":"' + IDENTITY.encode() + b'"}',
                b'{"Credentials":{"AccessKeyId":"A","Expiration":9007199254740993.5,"SecretKey":"S","SessionToken":"T"},'
                b'"IdentityId":"' + IDENTITY.encode() + b'"}',
            ]

        def post(self, url, headers, body):
            return 200, {}, bytearray(self.replies.pop(0))

    client = Client("eu-west-1", ID, transport=RawTransport(), clock=FakeClock())
    held = identity_pool.credentials(client, POOL)
    # A double has no such number: it was never a float.
    assert held.expiration == 9007199254740993 and isinstance(held.expiration, int)


def test_awaited():
    class Awaited(WatchedTransport):
        async def post(self, url, headers, body):
            await asyncio.sleep(0)
            return super().post(url, headers, body)

    for kind in (Awaited, WatchedTransport):
        transport = kind(tokens(), OSError(104), got_id(), keys(1))
        clock = FakeClock()
        clock.random = 0
        client = AsyncClient("eu-west-1", ID, store=CountingStore(), transport=transport, clock=clock)

        async def main(client=client):
            await client.sign_in("alice", "Passw0rd!")
            return await asyncio.gather(*[identity_pool.credentials(client, POOL) for _ in range(3)])

        held = asyncio.run(main())
        assert held[0].access_key == "ASIA1" and held[1] is held[0] and held[2] is held[0]
        assert len(transport.requests) == 4, "one for all of them, and one that was lost"
