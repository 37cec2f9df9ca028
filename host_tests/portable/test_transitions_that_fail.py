"""Each transition of a Session with the n-th load, save or erase of its store failing, after somebody else has written.

Whatever fails: nothing but OSError is raised; once the store works again, what is in RAM and in the store is one whole
session, the right one: of who signed in last, with the refresh token that came last.
"""

import json

from cognito_mp.protocol import Tokens
from cognito_mp.session import Session
from cognito_mp.stores.ram import RamStore
from fakes import FakeClock

METADATA = {"DeviceKey": "eu-west-1_new", "DeviceGroupKey": "-group"}
DEVICE = {"key": "eu-west-1_key", "group": "-group", "password": "p", "owner": "alice", "sign_in_name": "alice"}


class Failing(RamStore):
    """`failing`: which of the operations from now on fail, by their number from 0; `broken`: which kinds of them do."""

    def __init__(self, has_save_over: bool) -> None:
        super().__init__()
        self.done: list = []
        self.failing: tuple = ()
        self.broken: tuple = ()
        if has_save_over:
            self.save_over = self.save

    def _do(self, operation: str) -> None:
        self.done.append(operation)
        if operation in self.broken or len(self.done) - 1 in self.failing:
            raise OSError(5, "made to fail")

    def load(self):
        self._do("load")
        return super().load()

    def save(self, data):
        self._do("save")
        super().save(data)

    def erase(self):
        self._do("erase")
        super().erase()

    def works(self) -> None:
        self.failing, self.broken = (), ()

    def holds(self) -> dict:
        return json.loads(self._data or b"{}")


def brought(who: str, refresh_token: str, **more) -> Tokens:
    return Tokens(dict({"AccessToken": "a.b.c", "ExpiresIn": 3600, "RefreshToken": refresh_token}, **more), who, None)


def with_device(session) -> None:
    tokens = brought("alice", "first")
    tokens.device = DEVICE
    session.start(tokens)


# name: (what is there before, the transition, the refresh tokens that may be in force after it)
TRANSITIONS = {
    "start": (None, lambda session: session.start(brought("alice", "second")), ("second",)),
    "start over another": (None, lambda session: session.start(brought("bob", "second")), ("second",)),
    "start with a device": (
        None,
        lambda session: session.start(brought("alice", "second", NewDeviceMetadata=METADATA)),
        ("second",),
    ),
    "begin_refresh": (None, lambda session: session.begin_refresh(), ("first",)),
    "renew": (None, lambda session: session.renew("first", brought("alice", "second"), True, None), ("second",)),
    "renew, not rotated": (
        None,
        lambda session: session.renew("first", brought("alice", "first"), False, None),
        ("first",),
    ),
    "end": (None, lambda session: session.end("first"), ("first", None)),
    "end with a device": (with_device, lambda session: session.end("first"), ("first", None)),
    "erase": (None, lambda session: session.erase(), ("first", None)),
    "keep a device": (None, lambda session: session.keep(device=DEVICE), ("first",)),
    "keep no device": (with_device, lambda session: session.keep(device=None), ("first",)),
    "keep an identity": (None, lambda session: session.keep(identity=["pool", "alice", "id"]), ("first",)),
    "signed_in": (None, lambda session: session.signed_in, ("first",)),
    "known_device": (with_device, lambda session: session.known_device(), ("first",)),
    "save_pending": (None, lambda session: session.save_pending(), ("first",)),
}


def carried_out(name: str, failing: tuple, somebody, has_save_over: bool, broken: tuple = ()):
    """(session, store, whether it raised) after the transition, on a store that fails then.

    somebody  what another client of the program stores just before, a Tokens; None: nobody does
    """
    before, transition, _ = TRANSITIONS[name]
    store = Failing(has_save_over)
    session = Session("client", store, FakeClock())
    (before or (lambda session: session.start(brought("alice", "first"))))(session)
    other = Session("client", store, FakeClock())
    assert other.signed_in
    if somebody:
        other.start(somebody)
    store.done, store.failing, store.broken = [], failing, broken
    has_raised = False
    try:
        transition(session)
    except OSError:
        has_raised = True
    return session, store, has_raised


def check(name: str, failing: tuple, somebody, has_save_over: bool, broken: tuple = ()) -> int:
    """How many operations of the store it took."""
    where = name, failing, bool(somebody), has_save_over, broken
    session, store, has_raised = carried_out(name, failing, somebody, has_save_over, broken)
    count = len(store.done)
    if somebody and not name.startswith("start") and name != "erase" and session.store_error:
        # Its own is not newer than what that other client has stored, and must not be written over it blindly.
        store.broken = ("load",)
        session.save_pending(True)
        assert store.holds()["refresh_token"] == somebody.refresh_token, where
    store.works()
    was = store.holds()
    session.save_pending()
    is_signed_in = session.signed_in
    assert session.store_error is None, where
    held = store.holds()
    assert held.get("refresh_token") == session.refresh_token and held.get("username") == session.username, where
    assert held.get("device") == session.device and held.get("identity") == session.identity, where
    assert is_signed_in is bool(session.refresh_token), where
    allowed = TRANSITIONS[name][2]
    if somebody and not name.startswith("start"):
        # "erase" is for whoever is signed in; all else is for the session that it began with.
        allowed = (somebody.refresh_token, None) if name == "erase" else (somebody.refresh_token,)
    assert session.refresh_token in allowed, where + (session.refresh_token,)
    if None in allowed and not somebody:
        assert (session.refresh_token is not None) is has_raised, where
        if name == "end with a device":
            assert held["device"] == DEVICE, where
    if has_raised:
        assert held == was, where
    if not failing and not broken:
        assert session.refresh_token == allowed[-1] and not has_raised, where
    return count


def test_the_nth_operation_of_each_transition_fails():
    for name in TRANSITIONS:
        for somebody in (None, brought("alice", "another"), brought("bob", "another")):
            for has_save_over in (False, True):
                count = check(name, (), somebody, has_save_over)
                for nth in range(count + 1):
                    check(name, (nth,), somebody, has_save_over)
                    check(name, (nth, nth + 1), somebody, has_save_over)


ALL = ("load", "save", "erase")


def test_a_store_that_is_broken_meanwhile():
    for name in TRANSITIONS:
        for somebody in (None, brought("alice", "another"), brought("bob", "another")):
            for broken in (ALL, ("load",), ("save", "erase")):
                check(name, (), somebody, False, broken)


def test_what_no_store_took_is_written_before_a_sleep_though_it_still_can_not_be_read():
    for name in ("start", "start over another", "renew", "keep a device", "keep no device"):
        session, store, _ = carried_out(name, (), None, True, ALL)
        before = store.holds()
        store.broken = ("load",)
        session.save_pending()
        assert store.holds() == before and session.store_error or name.startswith("start"), name
        session.save_pending(True)
        assert session.store_error is None, name
        assert store.holds() != before and store.holds()["refresh_token"] == session.refresh_token, name
