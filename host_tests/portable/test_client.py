"""The client over a fake transport and a fake clock: what it sends, keeps, retries and forgets."""

import json
import sys

from checks import raises
from cognito_mp import (
    AsyncClient,
    CertificateError,
    Client,
    CognitoError,
    NotSignedIn,
    StoreError,
    Tokens,
    __version__,
    identity_pool,
)
from cognito_mp.transports.connection_errors import ConnectError
from fakes import CountingStore, FakeClock, FakeTransport, challenge, refusal, tokens

ID = "1example23456789abcdefghij"
SECRET = "1abc2def3ghi4jkl5mno6pqr7stu8vwx9yz0abcdefghijklmnop"
# By CPython's hmac: base64 of HMAC-SHA256 under SECRET, of the user name and ID.
HASH_OF_ALICE = "aG7e+ewcJvOpa2L3LGMV5aMAIfWV2gbuBUkIobPiYcs="
HASH_OF_THE_SUB = "OAA0YTCaAIr15Ld3a5XCL+TLcNYPhwjDbhi2AulS8sc="
OVER = refusal("NotAuthorizedException", "Refresh Token has been revoked")


def device(*replies, store=None, clock=None, secret=None, **named):
    """(client, transport, store, clock) of a device whose server gives `replies`."""
    transport = FakeTransport(*replies)
    store = store or CountingStore()
    clock = clock or FakeClock()
    client = Client("eu-west-1", ID, secret, store=store, transport=transport, clock=clock, **named)
    return client, transport, store, clock


def signed_in(*replies, **named):
    """A device() that has signed in."""
    client, transport, store, clock = device(tokens(1), *replies, **named)
    client.sign_in("alice", "Passw0rd!")
    return client, transport, store, clock


def test_sign_in_sends_what_cognito_wants():
    client, transport, store, _ = signed_in(secret=SECRET)
    operation, body = transport.requests[0]
    assert operation == "InitiateAuth"
    assert body == {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": ID,
        "AuthParameters": {"USERNAME": "alice", "PASSWORD": "Passw0rd!", "SECRET_HASH": HASH_OF_ALICE},
    }
    assert client.signed_in
    assert store.saves == 1
    assert b"Passw0rd!" not in store.load() and SECRET.encode() not in store.load()


def test_a_rolled_secret_is_told_by_its_refusal():
    """More against the strict Cognito: test_two_secrets.py."""
    wrong = refusal("NotAuthorizedException", "Unable to verify secret hash for client " + ID)
    replies = wrong, tokens(1), tokens(2), wrong, tokens(3), wrong, wrong, refusal("UnauthorizedException"), {}
    for secret in (("n" * 51, SECRET), ["n" * 51, SECRET]):
        client, transport, _, clock = device(*replies, secret=secret)
        client.sign_in("alice", "pw")
        client.refresh()
        hashes = [body["AuthParameters"]["SECRET_HASH"] for _, body in transport.requests]
        assert hashes[1:] == [HASH_OF_ALICE, HASH_OF_THE_SUB] and hashes[0] != HASH_OF_ALICE and not any(clock.slept)
        client.refresh()  # rolled meanwhile
        assert len(transport.requests) == 5 and client.app.client_secret == "n" * 51
        assert "secret hash" in str(raises(CognitoError, client.refresh)) and client.signed_in
        assert len(transport.requests) == 7, "each once"
        assert client.sign_out() is True
        assert len({body["ClientSecret"] for _, body in transport.requests[7:]}) == 2
    for wrong in (("a",), ("a", "b", "c"), ("a", 1), ("a", ""), ("a", "b c")):
        assert "client_secret" in str(raises(ValueError, device, secret=wrong))


def test_every_request_says_who_asks():
    class Seen(FakeTransport):
        def post(self, url, headers, body):
            agents.append(headers["User-Agent"])
            return super().post(url, headers, body)

    agents: list = []
    for given, first in (("", "cognito_mp/"), ("watch/1.2 (blue)", "watch/1.2 (blue) cognito_mp/")):
        transport = Seen({"IdentityId": "eu-west-1:1d"}, {}, tokens(1), tokens(2), {})
        client = Client("eu-west-1", ID, SECRET, transport=transport, clock=FakeClock(), user_agent=given)
        raises(CognitoError, identity_pool.credentials, client, "eu-west-1:1d2c")
        client.sign_in("alice", "pw")
        client.refresh()
        client.call("GetUser")
        assert len(agents) == 5 and len(set(agents)) == 1
        words = agents.pop()[len(first) - len("cognito_mp/") :].split(" ")
        assert agents[0].startswith(first) and words[0] == "cognito_mp/" + __version__
        name, _, version = words[1].partition("/")
        assert name == sys.implementation.name and [part.isdigit() for part in version.split(".")] == [True] * 3
        assert words[2:] == ["(%s)" % sys.platform]
        agents.clear()


def test_a_firewalls_refusal_is_told_and_ends_nothing():
    blocked = refusal("ForbiddenException", "Request not allowed due to WAF block.")
    client, transport, store, _ = signed_in(blocked)
    error = raises(CognitoError, client.refresh)
    assert (error.code, error.message) == ("ForbiddenException", "Request not allowed due to WAF block.")
    assert client.signed_in and store.load() and len(transport.requests) == 2 and not error.retryable


def test_tokens_hold_what_came():
    client, _, _, _ = device(tokens(1))
    got = client.sign_in("alice", "pw")
    assert isinstance(got, Tokens)
    assert got.id_token == "id1" and got.refresh_token == "refresh1"
    assert got.expires_in == 3600 and got.token_type == "Bearer"
    assert client.access_token() == got.access_token and client.id_token() == "id1"
    assert "refresh1" not in repr(got) and got.access_token not in repr(got)


def test_a_restart_needs_no_password_and_hashes_the_claim():
    _, _, store, _ = signed_in(secret=SECRET)
    client, transport, _, _ = device(tokens(2, refresh=False), store=store, secret=SECRET)
    assert client.signed_in
    client.access_token()
    operation, body = transport.requests[0]
    assert operation == "InitiateAuth" and body["AuthFlow"] == "REFRESH_TOKEN_AUTH"
    assert body["AuthParameters"] == {"REFRESH_TOKEN": "refresh1", "SECRET_HASH": HASH_OF_THE_SUB}


def test_a_refresh_without_a_new_token_writes_nothing():
    client, _, store, _ = signed_in(tokens(2, refresh=False))
    assert client.refresh().refresh_token == "refresh1"
    assert store.saves == 1


def test_a_rotated_token_is_stored_before_the_caller_sees_it():
    client, _, store, _ = signed_in(tokens(2))
    assert client.refresh().refresh_token == "refresh2"
    assert json.loads(store.load())["refresh_token"] == "refresh2"


def test_another_refresh_when_due_and_not_before():
    client, transport, _, clock = signed_in(tokens(2, refresh=False))
    clock.pass_time(0.64 * 3600)
    first = client.access_token()
    assert len(transport.requests) == 1
    clock.pass_time(0.22 * 3600)
    assert client.access_token() != first
    assert len(transport.requests) == 2


def test_due_times_differ_between_devices():
    for random, not_yet, due in ((0, 0.64, 0.66), (255, 0.84, 0.86)):
        clock = FakeClock()
        clock.random = random
        client, transport, _, _ = signed_in(tokens(2, refresh=False), clock=clock)
        clock.pass_time(not_yet * 3600)
        client.access_token()
        assert len(transport.requests) == 1
        clock.pass_time((due - not_yet) * 3600)
        client.access_token()
        assert len(transport.requests) == 2


def test_a_clock_stepped_back_leaves_a_dead_token_dead():
    client, transport, _, clock = signed_in(tokens(2, refresh=False))
    clock.pass_time(3601)
    clock.seconds -= 86400
    client.access_token()
    assert len(transport.requests) == 2


def test_ticks_that_wrapped_leave_a_dead_token_dead():
    client, transport, _, clock = signed_in(tokens(2, refresh=False))
    clock.seconds += (1 << 30) // 1000
    client.access_token()
    assert len(transport.requests) == 2


def test_a_token_that_is_due_but_alive_does_while_the_network_is_down():
    client, transport, _, clock = signed_in(OSError(113), OSError(113), OSError(113), tokens(2, refresh=False))
    before = client.access_token()
    clock.pass_time(0.9 * 3600)
    assert client.access_token() == before
    assert client.access_token() == before
    assert len(transport.requests) == 4, "the network is not asked again at once"
    clock.pass_time(16)
    assert client.access_token() != before


def test_a_rotation_whose_reply_was_lost_is_asked_for_again_within_the_grace():
    """The grace is 60 seconds at most: RetryGracePeriodSeconds of RefreshTokenRotationType, in botocore's model."""
    client, transport, _, clock = signed_in(OSError(113), OSError(113), OSError(113), tokens(2))
    clock.pass_time(0.9 * 3600)
    lost_at = clock.seconds
    client.access_token()
    while len(transport.requests) < 5:
        clock.pass_time(1)
        client.access_token()
    assert clock.seconds - lost_at < 45


def test_a_dead_token_is_never_handed_out():
    client, _, store, clock = signed_in(OSError(113), OSError(113), OSError(113))
    clock.pass_time(3601)
    raises(OSError, client.access_token)
    assert client.signed_in and store.erasures == 0


def test_no_session():
    client, transport, store, _ = device()
    assert not client.signed_in
    raises(NotSignedIn, client.access_token)
    raises(NotSignedIn, client.refresh)
    assert not transport.requests and store.erasures == 0


def test_a_revoked_token_ends_the_session():
    client, _, store, _ = signed_in(OVER)
    error = raises(NotSignedIn, client.refresh)
    assert "revoked" in str(error)
    assert not client.signed_in and store.load() is None


def test_what_is_no_end_of_a_session_erases_nothing():
    for reply in (
        refusal("NotAuthorizedException", "Unable to verify secret hash for client " + ID),
        refusal("NotAuthorizedException", "SecretHash does not match for the client: " + ID),
        refusal("NotAuthorizedException", "Refresh Token has different Client"),
        refusal("NotAuthorizedException", "User is disabled."),
        refusal("NotAuthorizedException", "Request not allowed due to security reasons."),
        refusal("ResourceNotFoundException", "User pool client does not exist."),
        refusal("LimitExceededException", "Attempt limit exceeded"),
        (200, {}),
        (200, {"AuthenticationResult": {}}),
        (200, []),
    ):
        client, _, store, _ = signed_in(reply)
        raises(CognitoError, client.refresh)
        assert client.signed_in and store.erasures == 0
        assert json.loads(store.load())["refresh_token"] == "refresh1"


def test_a_refused_refresh_that_rotation_does_not_explain_erases_nothing():
    wrong = refusal("InvalidParameterException", "1 validation error detected")
    client, transport, store, _ = signed_in(wrong, wrong)
    assert raises(CognitoError, client.refresh).message == "1 validation error detected"
    assert [operation for operation, _ in transport.requests[1:]] == ["InitiateAuth", "GetTokensFromRefreshToken"]
    assert client.signed_in and store.erasures == 0 and store.saves == 1


def test_every_end_of_a_session():
    for code, message in (
        ("NotAuthorizedException", "Invalid Refresh Token"),
        ("NotAuthorizedException", "Refresh Token has expired"),
        ("NotAuthorizedException", "Refresh Token has been revoked"),
        ("NotAuthorizedException", "The user has been deleted for the associated refresh token"),
        ("UserNotFoundException", "User does not exist."),
        ("RefreshTokenReuseException", "Refresh token reuse"),
    ):
        client, _, store, _ = signed_in(refusal(code, message))
        raises(NotSignedIn, client.refresh)
        assert not client.signed_in and store.load() is None


def test_safe_requests_are_tried_again_with_growing_delays():
    for fault in (OSError(104), refusal("InternalErrorException", "", 500)):
        clock = FakeClock()
        clock.random = 255
        client, transport, _, _ = signed_in(fault, fault, tokens(2), clock=clock)
        client.refresh()
        assert len(transport.requests) == 4
        assert 1900 < clock.slept[0] < 2000 and 3900 < clock.slept[1] < 4000


def test_a_throttle_is_tried_again_once():
    throttled = refusal("TooManyRequestsException", "Rate exceeded")
    for fault in (throttled, refusal("X", "", 429)):
        client, transport, _, clock = device(fault, tokens(1))
        client.sign_in("alice", "pw")
        assert len(transport.requests) == 2
        client, transport, _, clock = device(fault, fault, tokens(1))
        assert raises(CognitoError, client.sign_in, "alice", "pw").throttled
        assert len(transport.requests) == 2 and len(clock.slept) == 1


def test_refreshes_that_fail_wait_longer_each_time_and_a_throttle_longer_still():
    for fault, first, last in ((OSError(104), 15, 600), (refusal("TooManyRequestsException", "slow"), 60, 1200)):
        clock = FakeClock(3)
        client, transport, _, _ = device(tokens(1, expires_in=86400), clock=clock)
        client.sign_in("alice", "pw")
        transport.replies = [fault] * 1000
        waits = []
        clock.pass_time(client.session.life.until_due())
        for _ in range(20):
            client.access_token()  # the one at hand does
            waits.append(client.session.life.until_due())
            clock.pass_time(waits[-1])
        assert first // 2 <= waits[0] <= first and last // 2 <= min(waits[-5:]) and max(waits) <= last, waits
        # A lost reply is asked for three times within the grace of a pool that rotates.
        assert not isinstance(fault, OSError) or sum(waits[:3]) <= 60
        assert len(set(waits[-5:])) > 1
        # And a token brings the count back to nothing.
        transport.replies = [tokens(2, expires_in=86400)]
        client.access_token()
        transport.replies = [fault] * 3
        clock.pass_time(client.session.life.until_due())
        client.access_token()
        assert client.session.life.until_due() <= first


def test_tries_are_counted_in_all():
    client, transport, _, _ = signed_in(OSError(104), OSError(104), OSError(104), tokens(2))
    raises(OSError, client.refresh)
    assert len(transport.requests) == 4
    client, transport, _, _ = device(OSError(104), tokens(1), attempts=1)
    raises(OSError, client.sign_in, "alice", "pw")
    assert len(transport.requests) == 1


def test_a_sign_in_is_repeated_once_and_not_where_the_pool_sends_codes():
    lost, code = OSError(104), challenge("SMS_MFA")
    client, transport, _, _ = device(lost, lost, lost, lost, code, lost, code)
    raises(OSError, client.sign_in, "alice", "pw")
    raises(OSError, client.sign_in, "alice", "pw")
    assert len(transport.requests) == 4 and not client.asks_code
    assert client.sign_in("alice", "pw").asks_code and client.asks_code
    raises(OSError, client.sign_in, "alice", "pw")
    assert len(transport.requests) == 6
    assert client.sign_in("alice", "pw").name == "SMS_MFA"
    # What has not arrived has sent nothing.
    away = ConnectError(111, "refused")
    transport.replies += [away, away, code, refusal("TooManyRequestsException"), code]
    client.sign_in("alice", "pw")
    raises(CognitoError, client.sign_in, "alice", "pw")
    # A code of an authenticator is not sent.
    client, transport, _, _ = device(challenge("SOFTWARE_TOKEN_MFA"), lost, tokens(1))
    client.sign_in("alice", "pw")
    assert isinstance(client.sign_in("alice", "pw"), Tokens)


def test_what_sends_a_code_for_certain_or_uses_up_a_session_goes_out_once():
    for named in ({"flow": "CUSTOM_AUTH"}, {"flow": "USER_AUTH", "preferred": "EMAIL_OTP"}, {"session": "s" * 20}):
        client, transport, _, _ = device(OSError(104), tokens(1))
        raises(OSError, client.sign_in, "alice", None, **dict({"flow": "USER_AUTH"}, **named))
        assert len(transport.requests) == 1, named


def test_a_refusal_is_not_tried_again():
    for code in ("NotAuthorizedException", "LimitExceededException", "PasswordResetRequiredException"):
        client, transport, _, clock = device(refusal(code, "no"))
        error = raises(CognitoError, client.sign_in, "alice", "pw")
        assert error.code == code and error.message == "no" and error.status == 400 and not error.retryable
        assert len(transport.requests) == 1 and not clock.slept


def test_a_refused_certificate_is_not_tried_again():
    client, transport, _, _ = device(CertificateError("expired"))
    error = raises(CertificateError, client.sign_in, "alice", "pw")
    assert isinstance(error, OSError) and len(transport.requests) == 1


def answered(*replies):
    """A device that has been asked for a new password and answers; (client, transport, outcome or error)."""
    client, transport, _, _ = device(challenge("NEW_PASSWORD_REQUIRED", USER_ID_FOR_SRP="the-sub"), *replies)
    asked = client.sign_in("alice@example.com", "temporary")
    assert asked.name == "NEW_PASSWORD_REQUIRED"
    assert asked.username == "the-sub" and asked.session == "session-1-of-20-chars"
    try:
        return client, transport, client.set_new_password(asked, "New-Passw0rd!")
    except (OSError, CognitoError) as error:
        return client, transport, error


def test_a_challenge_answer_is_not_sent_twice_once_it_may_have_left():
    for fault in (OSError(104), refusal("TooManyRequestsException"), refusal("InternalErrorException", "", 500)):
        _, transport, outcome = answered(fault, tokens(1))
        assert isinstance(outcome, (OSError, CognitoError))
        assert len(transport.requests) == 2


def test_a_challenge_answer_is_sent_again_when_no_byte_has_left():
    client, transport, outcome = answered(ConnectError(111, "refused"), tokens(1))
    assert isinstance(outcome, Tokens) and client.signed_in
    assert len(transport.requests) == 3


def test_a_challenge_answer_carries_and_hashes_the_name_it_was_given():
    client, transport, _, _ = device(
        challenge("NEW_PASSWORD_REQUIRED", USER_ID_FOR_SRP="the-sub"), tokens(1), secret=SECRET
    )
    client.set_new_password(client.sign_in("alice@example.com", "temporary"), "New-Passw0rd!", {"name": "Alice"})
    operation, body = transport.requests[1]
    answers = {"USERNAME": "the-sub", "NEW_PASSWORD": "New-Passw0rd!", "userAttributes.name": "Alice"}
    assert operation == "RespondToAuthChallenge"
    assert body["ChallengeResponses"] == dict(answers, SECRET_HASH=HASH_OF_THE_SUB)
    assert body["Session"] == "session-1-of-20-chars" and body["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_required_attributes_come_without_their_prefix_and_are_asked_for_before_the_answer_goes_out():
    for listed in ('["userAttributes.email","userAttributes.name"]', ["userAttributes.email", "name"]):
        client, transport, _, _ = device(challenge("NEW_PASSWORD_REQUIRED", requiredAttributes=listed), tokens(1))
        asked = client.sign_in("alice", "temporary")
        assert asked.required_attributes == ["email", "name"]
        error = raises(ValueError, client.set_new_password, asked, "New-Passw0rd!", {"email": "a@b.c"})
        assert "name" in str(error) and len(transport.requests) == 1
        client.set_new_password(asked, "New-Passw0rd!", {"email": "a@b.c", "name": "Alice"})


def test_an_unknown_challenge_can_be_answered_raw():
    second = challenge("SECOND", "session-2-of-20-chars")
    client, transport, _, _ = device(challenge("BRAND_NEW", TEACH="me"), second, tokens(1))
    first = client.sign_in("alice", "pw")
    assert first.name == "BRAND_NEW" and first.parameters == {"TEACH": "me"}
    second = client.respond(first, {"ANSWER": "42"})
    assert second.session == "session-2-of-20-chars" and second.username == "alice"
    answers = transport.requests[1][1]["ChallengeResponses"]
    assert answers == {"ANSWER": "42", "USERNAME": "alice"}
    assert isinstance(client.respond(second, {}), Tokens)
    raises(ValueError, client.respond, "BRAND_NEW", {})


def test_sign_out_erases_and_revokes():
    client, transport, store, _ = signed_in((200, {}), secret=SECRET)
    assert client.sign_out() is True
    assert not client.signed_in and store.load() is None
    revoked = {"Token": "refresh1", "ClientId": ID, "ClientSecret": SECRET}
    assert transport.requests[1] == ("RevokeToken", revoked)


def test_sign_out_erases_when_the_network_is_down():
    client, _, store, _ = signed_in(OSError(113), OSError(113), OSError(113))
    assert client.sign_out() is False
    assert not client.signed_in and store.load() is None
    assert client.sign_out() is False


def test_a_session_of_another_app_client_is_neither_used_nor_erased():
    _, _, store, _ = signed_in()
    other = Client("eu-west-1", "another-client", store=store, transport=FakeTransport())
    assert not other.signed_in
    raises(NotSignedIn, other.access_token)
    assert store.erasures == 0 and store.load()


def test_what_a_store_holds_may_be_anything():
    for data in (None, b"", b"{", b"[]", b"17", b"{}", b'"x"', b"\xff\xfe", b'{"client_id": 3}'):
        store = CountingStore()
        store._data = data
        client, _, _, _ = device(store=store)
        assert not client.signed_in


def test_a_session_stored_by_another_python_hashes_the_same_name():
    """CPython's json writes an emoji as a surrogate pair, which MicroPython's breaks."""
    store = CountingStore()
    store.save(b'{"client_id": "%s", "username": "\\ud83d\\ude00", "refresh_token": "r"}' % ID.encode())
    client, transport, _, _ = device(tokens(2, refresh=False), store=store, secret=SECRET)
    client.refresh()
    sent = transport.requests[0][1]["AuthParameters"]["SECRET_HASH"]
    assert sent == "GWfSsWviehOyCIW4SCajDVyNRXc2HTSnPJ0x1k09Law="


def test_a_store_that_cannot_be_read_once_is_read_again():
    class Flaky(CountingStore):
        fails = True

        def load(self):
            if self.fails:
                raise OSError(5)
            return super().load()

    _, _, good, _ = signed_in()
    store = Flaky()
    store._data = good.load()
    client, _, _, _ = device(tokens(2, refresh=False), store=store)
    raises(OSError, client.access_token)
    store.fails = False
    assert client.signed_in and client.access_token()


def test_a_store_that_cannot_be_erased_keeps_the_session_for_another_try():
    class Flaky(CountingStore):
        fails = True

        def erase(self):
            if self.fails:
                raise StoreError(5, "can't write /session.0")
            super().erase()

    client, transport, store, _ = signed_in((200, {}), store=Flaky())
    raises(StoreError, client.sign_out)
    assert client.signed_in
    store.fails = False
    assert client.sign_out() is True and store.load() is None
    assert transport.requests[-1][0] == "RevokeToken"


def test_a_store_that_cannot_be_written_loses_nothing():
    store = CountingStore()
    store.error = StoreError(28, "can't write /session.0")
    client, _, _, _ = device(tokens(1), store=store)
    raises(StoreError, client.sign_in, "alice", "pw")
    assert client.signed_in
    assert client.access_token() and isinstance(client.session.store_error, StoreError)
    store.error = None
    assert client.access_token() and json.loads(store.load())["refresh_token"] == "refresh1"
    assert client.session.store_error is None


def test_a_connection_is_closed_after_each_call_or_kept_for_a_with():
    client, transport, _, _ = signed_in(tokens(2, refresh=False))
    assert transport.closed == 1
    with client:
        client.refresh()
        assert transport.closed == 1
    assert transport.closed == 2


def test_a_with_inside_another_closes_nothing():
    client, transport, _, _ = signed_in(tokens(2, refresh=False))
    with client:
        with client:
            pass
        client.refresh()
        assert transport.closed == 1
    assert transport.closed == 2


def test_a_failed_call_closes_too():
    client, transport, _, _ = device(refusal("NotAuthorizedException", "no"))
    raises(CognitoError, client.sign_in, "alice", "pw")
    assert transport.closed == 1


def test_a_transport_needs_no_close():
    class Bare:
        def post(self, url, headers, body):
            return FakeTransport(tokens(1)).post(url, headers, body)

    client = Client("eu-west-1", ID, transport=Bare())
    assert isinstance(client.sign_in("alice", "pw"), Tokens)


def test_a_transport_that_is_empty_is_a_transport():
    class Empty(FakeTransport):
        def __len__(self):
            return len(self.replies)

    for kind in (Client, AsyncClient):
        transport = Empty()
        assert kind("eu-west-1", ID, transport=transport).transport is transport


def without_id_token(number: int, **named) -> dict:
    reply = tokens(number, **named)
    del reply["AuthenticationResult"]["IdToken"]
    return reply


def test_where_no_id_token_comes_it_is_asked_for_once():
    client, transport, _, clock = device(without_id_token(1), without_id_token(2))
    client.sign_in("alice", "pw")
    for _ in range(3):
        assert client.id_token() is None
    assert len(transport.requests) == 2
    transport.replies = [without_id_token(3), without_id_token(4, refresh=False), tokens(5)]
    client.refresh()
    assert client.id_token() is None and len(transport.requests) == 3
    clock.pass_time(3601)
    assert client.id_token() is None and len(transport.requests) == 4, "one refresh, and not two"
    clock.pass_time(3601)
    assert client.id_token() == "id5" and client.id_token() == "id5" and len(transport.requests) == 5


def test_bad_arguments_are_named():
    for named in (
        {"region": ""},
        {"region": None},
        {"region": 3},
        {"client_id": ""},
        {"client_id": b"bytes"},
        {"client_secret": 5},
        {"endpoint": ""},
        {"endpoint": "localhost:4566"},
        {"endpoint": "ftp://localhost"},
        {"endpoint": "https://"},
        {"endpoint": "https://host:port"},
        {"endpoint": "http://example.com"},
        {"cadata": "text"},
        {"cadata": b"neither"},
        {"cadata": b"-----BEGIN CERTIFICATE----------END CERTIFICATE-----"},
    ):
        arguments = {"region": "eu-west-1", "client_id": ID}
        arguments.update(named)
        error = raises(ValueError, Client, **arguments)
        assert list(named)[0] in str(error), (named, error)


def test_bad_names_and_passwords_are_named_and_sent_nowhere():
    client, transport, _, _ = device()
    for username, password, culprit in (("", "pw", "username"), (None, "pw", "username"), ("a", "", "password")):
        error = raises(ValueError, client.sign_in, username, password)
        assert culprit in str(error)
    assert "password" in str(raises(ValueError, client.sign_in, "a", b"bytes", flow="CUSTOM_AUTH"))
    assert not transport.requests


def test_bad_answers_are_named_and_sent_nowhere():
    client, transport, _, _ = device(challenge("SMS_MFA"), challenge("NEW_PASSWORD_REQUIRED"))
    asked = client.sign_in("alice", "pw")
    for answers in (None, 123456, b"123456", "", ["123456"]):
        assert "answers" in str(raises(ValueError, client.respond, asked, answers))
    asked = client.sign_in("alice", "pw")
    assert "attributes" in str(raises(ValueError, client.set_new_password, asked, "New-Passw0rd!", ["email"]))
    assert len(transport.requests) == 2


def test_a_result_that_holds_no_tokens_is_unreadable():
    for changed in ({"AccessToken": None}, {"AccessToken": 3}):
        reply = tokens(1)
        reply["AuthenticationResult"].update(changed)
        client, _, _, _ = device(reply)
        assert raises(CognitoError, client.sign_in, "alice", "pw").code == "UnreadableReply"
        assert not client.signed_in


def test_no_secret_in_any_error():
    client, _, _, _ = device(refusal("NotAuthorizedException", "Incorrect username or password."), secret=SECRET)
    error = raises(CognitoError, client.sign_in, "alice", "hunter2-hunter2")
    assert "hunter2" not in str(error) + repr(error) and SECRET not in str(error) + repr(error)


def test_errors_wear_many_clothes():
    for reply in (
        {"__type": "com.amazonaws.cognito#UserNotFoundException", "Message": "gone"},
        {"__type": "UserNotFoundException:http://internal.amazon.com/#coral/", "message": "gone"},
    ):
        client, _, _, _ = device((400, reply))
        error = raises(CognitoError, client.sign_in, "alice", "pw")
        assert (error.code, error.message) == ("UserNotFoundException", "gone")


class RawTransport:
    """Answers with these bytes."""

    def __init__(self, status: int, headers: dict, body: bytes) -> None:
        self.reply = status, headers, body

    def post(self, url, headers, body):
        return self.reply


def test_error_type_in_a_header():
    transport = RawTransport(400, {"x-amzn-errortype": "UserNotConfirmedException:"}, b"{}")
    client = Client("eu-west-1", ID, transport=transport)
    assert raises(CognitoError, client.sign_in, "alice", "pw").code == "UserNotConfirmedException"


def test_html_is_said_to_be_no_json():
    for status in (200, 503):
        transport = RawTransport(status, {"content-type": "text/html"}, b"<html>Service Unavailable</html>")
        client = Client("eu-west-1", ID, transport=transport, clock=FakeClock())
        error = raises(CognitoError, client.sign_in, "alice", "pw")
        assert error.code == "UnreadableReply" and "text/html" in error.message
        assert error.status == status and error.retryable == (status == 503)


def test_an_emoji_in_a_reply_breaks_nothing():
    text = b'{"ChallengeName":"X","ChallengeParameters":{"NAME":"A\\ud83d\\ude00\\\\ud83d"},"Session":"s"}'
    client = Client("eu-west-1", ID, transport=RawTransport(200, {}, text))
    assert client.sign_in("alice", "pw").parameters["NAME"] == "A\U0001f600\\ud83d"


def test_tokens_are_taken_out_of_any_json_and_nothing_else_is():
    from cognito_mp.protocol import read_reply

    for text, expected in (
        (b'{"SecretCode":"ABC","Session":"s"}', {"SecretCode": "ABC", "Session": "s"}),
        (b'{"RefreshToken":null,"ExpiresIn":1}', {"RefreshToken": None, "ExpiresIn": 1}),
        (b"{}", {}),
        (
            b'{"ClientAuthenticationResult":{"AccessToken":"a","ExpiresIn":3}}',
            {"ClientAuthenticationResult": {"AccessToken": "a", "ExpiresIn": 3}},
        ),
        (b'{"AuthenticationResult" : {"IdToken" :  "i", "AccessToken":"a","RefreshToken":\n"r"}}', None),
        (b'{"AuthenticationResult":{"AccessToken": "a","IdToken":"i","RefreshToken":"r"}}', None),
    ):
        if expected is None:
            expected = {"AuthenticationResult": {"AccessToken": "a", "IdToken": "i", "RefreshToken": "r"}}
        assert read_reply(200, {}, bytearray(text)) == expected, text
        assert read_reply(200, {}, text) == expected, text
