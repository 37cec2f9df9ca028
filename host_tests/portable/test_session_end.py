"""When a session began and when it ends: session.signed_in_at and session.ends_at."""

from checks import raises
from cognito_mp import Client, NotSignedIn, StoreError
from cognito_mp.stores.ram import RamStore
from fakes import START, FakeClock, FakeTransport, jwt, refusal, tokens

ID = "1example23456789abcdefghij"
DAY = 86400


def signed_in_then(when=START, number=1, **claims):
    """Tokens of somebody who has signed in at `when`."""
    reply = tokens(number)
    reply["AuthenticationResult"]["AccessToken"] = jwt(dict({"username": "the-sub", "auth_time": when}, **claims))
    return reply


def device(*replies, store=None):
    return Client("eu-west-1", ID, store=store or RamStore(), transport=FakeTransport(*replies), clock=FakeClock())


def test_a_session_knows_when_it_began_and_ends_over_refreshes_and_resets():
    store = RamStore()
    client = device(signed_in_then(), signed_in_then(number=2), store=store)
    session = client.session
    assert (session.signed_in_at, session.session_days, session.ends_at) == (None, None, None)
    session.session_days = 365
    client.sign_in("alice", "Passw0rd!")
    assert session.signed_in_at == START and session.ends_at == START + 365 * DAY
    client.clock.pass_time(40 * DAY)
    client.refresh()
    assert session.signed_in_at == START and session.ends_at == START + 365 * DAY
    # After a reset there are no tokens at hand, and the network may be gone.
    again = device(store=store).session
    assert again.signed_in_at == START and again.ends_at is None
    again.session_days = 30
    assert again.ends_at == START + 30 * DAY


def test_another_sign_in_counts_anew_and_a_sign_out_leaves_nothing():
    client = device(signed_in_then(), signed_in_then(START + 9), {}, {})
    client.session.session_days = 1
    client.sign_in("alice", "Passw0rd!")
    client.sign_in("alice", "Passw0rd!")
    assert client.session.signed_in_at == START + 9
    client.sign_out()
    assert client.session.signed_in_at is None and client.session.ends_at is None


def test_a_session_that_is_over_leaves_none_behind():
    client = device(signed_in_then(), refusal("NotAuthorizedException", "Refresh Token has expired"))
    client.sign_in("alice", "Passw0rd!")
    raises(NotSignedIn, client.refresh)
    assert client.session.signed_in_at is None


def test_a_session_of_an_older_version_is_told_by_its_next_token():
    store = RamStore()
    store.save(b'{"username": "the-sub", "refresh_token": "refresh1", "client_id": "%s"}' % ID.encode())
    client = device(signed_in_then(START - DAY), store=store)
    assert client.session.signed_in_at is None
    client.access_token()
    assert client.session.signed_in_at == START - DAY


def test_what_a_token_says_of_it_may_be_anything():
    for claim in ("1800000000", None, [], -5, 0, 1.5, True):
        client = device(signed_in_then(claim))
        client.session.session_days = 365
        client.sign_in("alice", "Passw0rd!")
        assert client.session.signed_in_at is None and client.session.ends_at is None, claim
    client = device(tokens(1))
    client.sign_in("alice", "Passw0rd!")
    assert client.session.signed_in_at is None


def test_session_days_that_can_not_be_right_are_named():
    client = device(signed_in_then())
    client.sign_in("alice", "Passw0rd!")
    for days in ("365", -1, 1.5):
        client.session.session_days = days
        assert "session_days" in str(raises(ValueError, getattr, client.session, "ends_at"))
    client.session.session_days = 0  # not known
    assert client.session.ends_at is None


def test_other_names_are_attribute_errors():
    session = device().session
    raises(AttributeError, getattr, session, "signed_in_on")
    assert not hasattr(session, "ends")


def test_a_store_that_can_not_be_read_says_so():
    class Unreadable(RamStore):
        def load(self):
            raise StoreError(5)

    raises(StoreError, getattr, device(store=Unreadable()).session, "signed_in_at")
