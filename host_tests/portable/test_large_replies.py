"""Tokens of a person in a hundred groups: what fits into the memory is read, and a rotated refresh token is kept."""

import json

from checks import Skip, raises
from cognito_mp import Client, CognitoError, NotSignedIn

try:
    from cognito_mp.transports.https import HttpsTransport
except ImportError as reason:
    raise Skip(str(reason))
from cognito_mp.transports.large_replies import RefreshTokenSearch, room
from fakes import CountingStore, FakeClock, jwt, refusal, tokens

URL = "http://127.0.0.1:80"


class Server:
    """A connection whose server answers each request with the next of `replies`, a dict or (status, dict)."""

    def __init__(self, *replies, chunked=False) -> None:
        self.replies = list(replies)
        self.asked = 0
        self._ahead = b""
        self._chunked = chunked

    def write(self, view):
        if bytes(view[:4]) == b"POST":
            self.asked += 1
            status, reply = self.replies[0] if isinstance(self.replies[0], tuple) else (200, self.replies[0])
            del self.replies[0]
            body = json.dumps(reply).encode()
            if self._chunked:
                head = b"Transfer-Encoding: chunked\r\n\r\n"
                pieces = [body[at : at + 9000] for at in range(0, len(body), 9000)] + [b""]
                body = b"".join([b"%x\r\n" % len(piece) + piece + b"\r\n" for piece in pieces])
            else:
                head = b"Content-Length: %d\r\n\r\n" % len(body)
            self._ahead = b"HTTP/1.1 %d X\r\n" % status + head + body
        return len(view)

    def read(self, size):
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        return data or None

    def readline(self, size):
        end = self._ahead.find(b"\n") + 1
        return self.read(min(size, end) if end else size)

    def readinto(self, view):
        data = self.read(len(view))
        if data:
            view[: len(data)] = data
            return len(data)

    def close(self):
        pass


def large(number: int, size: int, refresh: bool = True) -> dict:
    """A reply with tokens of `size` bytes in all."""
    reply = tokens(number, refresh=refresh)
    reply["AuthenticationResult"]["IdToken"] = "i" * (size // 2)
    half = size // 2
    reply["AuthenticationResult"]["AccessToken"] = jwt({"username": "the-sub"}) + "a" * half
    return reply


def device(*replies, store=None, chunked=False):
    server, clock = Server(*replies, chunked=chunked), FakeClock()
    transport = HttpsTransport(20, None, clock, lambda *_: (server,))
    client = Client("eu-west-1", "a", endpoint=URL, store=store or CountingStore(), transport=transport, clock=clock)
    return client, server


def test_a_person_in_a_hundred_groups_signs_in():
    for chunked in (False, True):
        for size in (9000, 40000, 120000):
            client, server = device(large(1, size), large(2, size), chunked=chunked)
            assert len(client.sign_in("alice", "pw").id_token) == size // 2
            assert client.refresh().refresh_token == "refresh2" and server.asked == 2


def test_what_is_larger_is_refused_once_in_words():
    for chunked in (False, True):
        client, server = device(large(1, 200000), chunked=chunked)
        error = raises(CognitoError, client.sign_in, "alice", "pw")
        assert error.code == "ReplyTooLarge" and "groups" in error.message and not error.retryable
        assert server.asked == 1 and not client.signed_in


def rotating(store, *replies, chunked=False):
    """A client whose app client rotates its refresh tokens, as it knows from before; and its server."""
    client, server = device(tokens(1), tokens(2), *replies, store=store, chunked=chunked)
    client.sign_in("alice", "pw")
    held = json.loads(store.load())
    store.save(json.dumps(dict(held, rotates=True)).encode())
    client.refresh()
    return client, server


def test_the_refresh_token_of_a_rotated_reply_is_kept():
    for chunked in (False, True):
        store = CountingStore()
        client, server = rotating(store, large(3, 200000), tokens(4), chunked=chunked)
        held = client.session.tokens.access_token
        assert raises(CognitoError, client.refresh).code == "ReplyTooLarge"
        assert server.asked == 3 and json.loads(store.load())["refresh_token"] == "refresh3"
        assert client.session.tokens.refresh_token == "refresh3" and client.access_token() == held
        assert client.refresh().refresh_token == "refresh4"


def test_also_where_it_was_not_known_that_they_are_rotated():
    store = CountingStore()
    rotation = refusal("UnsupportedOperationException", "Refresh token rotation is on")
    client, server = device(tokens(1), rotation, large(2, 200000), store=store)
    client.sign_in("alice", "pw")
    assert raises(CognitoError, client.refresh).code == "ReplyTooLarge"
    held = json.loads(store.load())
    assert (held["refresh_token"], held["rotates"], server.asked) == ("refresh2", True, 3)
    store = CountingStore()
    unknown = refusal("NotAuthorizedException", "words of no table")
    client, server = device(tokens(1), unknown, large(2, 200000), store=store)
    client.sign_in("alice", "pw")
    assert raises(CognitoError, client.refresh).code == "ReplyTooLarge"
    assert json.loads(store.load())["refresh_token"] == "refresh2" and server.asked == 3


def test_a_reply_without_a_refresh_token_changes_nothing():
    store = CountingStore()
    client, _ = device(tokens(1), large(2, 200000, refresh=False), store=store)
    client.sign_in("alice", "pw")
    raises(CognitoError, client.refresh)
    assert json.loads(store.load())["refresh_token"] == "refresh1"


def test_who_has_signed_out_meanwhile_keeps_nothing():
    class SigningOut(Server):
        def write(self, view):
            if self.asked == 2:
                store.erase()
            return super().write(view)

    store = CountingStore()
    server, clock = SigningOut(tokens(1), tokens(2), large(3, 200000)), FakeClock()
    transport = HttpsTransport(20, None, clock, lambda *_: (server,))
    client = Client("eu-west-1", "a", endpoint=URL, store=store, transport=transport, clock=clock)
    client.sign_in("alice", "pw")
    client.refresh()
    raises((CognitoError, NotSignedIn), client.refresh)
    assert store.load() is None and not client.signed_in


def test_the_search_finds_it_in_whatever_pieces_it_comes():
    reply = json.dumps({"AuthenticationResult": {"IdToken": "x" * 40, "RefreshToken": "r" * 1800, "ExpiresIn": 3600}})
    for size in (1, 7, 512, 4000):
        search = RefreshTokenSearch()
        for at in range(0, len(reply), size):
            search.feed(reply[at : at + size].encode())
        assert search.token == "r" * 1800, size
    for text in (b'"RefreshToken": null, "a": "b", "c": 1', b'"RefreshToken":"a\\u0041","b":"c"', b"x" * 5000):
        search = RefreshTokenSearch()
        search.feed(text)
        assert search.token is None, text
    search = RefreshTokenSearch()
    search.feed(b'"RefreshToken":"')
    for _ in range(40):
        search.feed(b"r" * 1000)
    search.feed(b'"}')
    assert search.token is None, "no refresh token is as long"


def test_the_room_is_a_third_of_what_is_free():
    assert [room(free) for free in (0, 30000, 150000, 300000, 8000000)] == [32768, 32768, 50000, 100000, 131072]
