"""Somebody else signs in, a device is confirmed, a session ends: what was there before is in no slot of any store."""

import json

from checks import raises
from cognito_mp import Client, NotSignedIn, StoreError
from fakes import CountingStore
from media import Bytes, Keys, media
from pool_world import World, WorldTransport

ID = "1example23456789abcdefghij"


def client_on(store, world) -> Client:
    return Client("eu-west-1", ID, store=store, transport=WorldTransport(world), clock=world.clock)


def loaded(medium) -> dict:
    """What a device finds that starts now; {} for nothing, or nothing that can be read."""
    try:
        return json.loads(medium.store().load() or b"{}")
    except StoreError:  # a seal that was broken
        return {}


def signed_in(medium, *names, tracks=False, grace=None) -> World:
    """The world after these people have signed in on the medium, each over the one before."""
    world = World(grace, tracks)
    for name in names:
        client_on(medium.store(), world).sign_in(name, "pw-of-" + name)
    return world


def test_no_damage_brings_back_the_person_before():
    for medium in media():
        signed_in(medium, "alice", "bob")
        assert loaded(medium)["username"] == "sub-of-bob"
        found: list = []
        for damage in medium.damages(1 if isinstance(medium, Keys) else 13):
            name = loaded(medium).get("username")
            assert name in (None, "sub-of-bob"), (medium.name, damage, name)
            found.append(name)
        if len(medium.copy()) > 1 and "Sealed" not in medium.name:
            assert None not in found, "the other slot holds the same session: %s" % medium.name


def test_no_damage_brings_back_a_device_of_the_person_before():
    for medium in media():
        world = signed_in(medium, "alice", tracks=True)
        over = ("NotAuthorizedException", "Refresh Token has been revoked")
        world.fail("InitiateAuth", over)
        world.fail("InitiateAuth", over)
        raises(NotSignedIn, client_on(medium.store(), world).refresh)
        assert loaded(medium)["device"]["owner"] == "sub-of-alice"
        world.tracks = False
        client_on(medium.store(), world).sign_in("bob", "pw-of-bob")
        for damage in medium.damages(13):
            device = loaded(medium).get("device") or {"owner": "sub-of-bob"}
            assert device["owner"] == "sub-of-bob", (medium.name, damage)


def test_no_slot_keeps_the_access_token_that_confirmed_a_device():
    for medium in media():
        signed_in(medium, "alice", tracks=True)
        for damage in medium.damages(13):
            assert "access_token" not in (loaded(medium).get("device") or {}), (medium.name, damage)


def test_a_session_of_another_app_client_does_not_come_back_either():
    for medium in media():
        world = signed_in(medium, "alice")
        other = Client("eu-west-1", "other", store=medium.store(), transport=WorldTransport(world), clock=world.clock)
        other.sign_in("alice", "pw-of-alice")
        for damage in medium.damages(13):
            assert loaded(medium).get("client_id") in (None, "other"), (medium.name, damage)


def test_one_that_could_not_be_saved_at_once_is_saved_over_the_other_persons():
    medium = Keys()
    world = signed_in(medium, "alice")

    class Full(CountingStore):
        full = True

        def __init__(self, store) -> None:
            self._store = store
            self.load, self.erase = store.load, store.erase

        def save(self, data):
            self._check()
            self._store.save(data)

        def save_over(self, data):
            self._check()
            self._store.save_over(data)

        def _check(self):
            if self.full:
                raise StoreError(28, "full")

    store = Full(medium.store())
    client = client_on(store, world)
    raises(StoreError, client.sign_in, "bob", "pw-of-bob")
    world.grace = 60
    raises(StoreError, client.refresh)  # which changes what is to be saved
    store.full = False
    client.access_token()
    assert client.session.store_error is None
    for damage in medium.damages():
        assert loaded(medium).get("username") in (None, "sub-of-bob"), damage


def test_what_could_not_be_read_at_the_sign_in_does_not_come_back_either():
    for unreadable in (("get_blob",), (("get_blob", "session.0"),), (("get_blob", "session.1"),)):
        for before in ("alice",), ("alice", "alice"):
            medium = Keys()
            world = signed_in(medium, *before)
            store = medium.store()
            medium.broken.update({method: 5 for method in unreadable})
            client_on(store, world).sign_in("bob", "pw-of-bob")
            medium.broken.clear()
            assert loaded(medium)["username"] == "sub-of-bob"  # the first look that can does what is left
            for damage in medium.damages(13):
                assert loaded(medium).get("username") in (None, "sub-of-bob"), (unreadable, damage)


# Power cuts


def test_a_power_cut_in_between_leaves_one_or_the_other_and_the_first_look_finishes_it():
    for medium in media():
        world = signed_in(medium, "alice", "alice")
        old = medium.store().load()

        def bob_signs_in(store, world=world):
            client_on(store, world).sign_in("bob", "pw-of-bob")

        for step in medium.cuts(bob_signs_in):
            where = medium.name, step
            name = loaded(medium).get("username")
            may_be_lost = isinstance(medium, Bytes)  # NvmStore says so itself
            assert name in ("sub-of-alice", "sub-of-bob") or may_be_lost and name is None, where
            if name != "sub-of-bob":
                continue
            for damage in medium.damages(101):
                assert loaded(medium).get("username") in (None, "sub-of-bob"), (where, damage)
        assert loaded(medium)["username"] == "sub-of-bob" and old


def test_a_cut_at_any_moment_of_a_sessions_end_leaves_its_device_and_no_other_session():
    for medium in media():
        world = signed_in(medium, "alice", tracks=True)
        key = loaded(medium)["device"]["key"]

        def ends(store, world=world):
            world.fail("InitiateAuth", ("NotAuthorizedException", "Refresh Token has been revoked"))
            world.fail("InitiateAuth", ("NotAuthorizedException", "Refresh Token has been revoked"))
            raises(NotSignedIn, client_on(store, world).refresh)

        for step in medium.cuts(ends):
            world.faults.clear()
            left = loaded(medium)
            if isinstance(medium, Bytes) and not left:
                continue  # the sector was being erased
            assert left["device"]["key"] == key, (medium.name, step)
            if "refresh_token" in left:
                continue  # it was not over yet, here
            for damage in medium.damages(101):
                assert "refresh_token" not in loaded(medium), (medium.name, step, damage)
        left = loaded(medium)
        assert left["device"]["key"] == key and "refresh_token" not in left and "username" not in left
        for damage in medium.damages(13):
            assert "refresh_token" not in loaded(medium), (medium.name, damage)


def test_a_session_that_is_over_is_replaced_by_its_device_in_one_save_of_a_callers_store():
    store = CountingStore()
    world = World(None, True)
    client_on(store, world).sign_in("alice", "pw-of-alice")
    saves = store.saves
    world.fail("InitiateAuth", ("NotAuthorizedException", "Refresh Token has been revoked"))
    world.fail("InitiateAuth", ("NotAuthorizedException", "Refresh Token has been revoked"))
    client = client_on(store, world)
    raises(NotSignedIn, client.refresh)
    assert (store.saves, store.erasures) == (saves + 1, 0)
    assert client.session.device and not client.signed_in
    store.error = StoreError(28, "full")
    client.session.known_device()
    raises(StoreError, client.sign_in, "alice", "pw-of-alice")


def test_an_end_that_can_not_be_written_changes_nothing():
    store = CountingStore()
    world = World(None, True)
    client = client_on(store, world)
    client.sign_in("alice", "pw-of-alice")
    before = store.load()
    store.error = StoreError(28, "full")
    world.fail("InitiateAuth", ("NotAuthorizedException", "Refresh Token has been revoked"))
    world.fail("InitiateAuth", ("NotAuthorizedException", "Refresh Token has been revoked"))
    raises(StoreError, client.refresh)
    assert store.load() == before and client.signed_in and client.session.username == "sub-of-alice"


# What it costs


def test_a_callers_store_is_saved_once():
    store = CountingStore()
    world = World()
    for number, name in enumerate(("alice", "bob", "bob")):
        client_on(store, world).sign_in(name, "pw-of-" + name)
        assert store.saves == number + 1


def test_a_sealed_session_is_sealed_and_counted_once():
    if not [medium for medium in media() if "Sealed" in medium.name]:
        return
    from cognito_mp import SealedStore

    class Counter:
        writes: list = []

        def read(self) -> int:
            return self.writes[-1] if self.writes else 0

        def write(self, number: int) -> None:
            self.writes.append(number)

    medium = Keys()
    world = World()
    for name in ("alice", "bob"):
        client_on(SealedStore(medium.store(), "2580", iterations=2, counter=Counter()), world).sign_in(
            name, "pw-of-" + name
        )
    assert Counter.writes == [1, 2]
    first, second = [record[40:] for record in medium.copy().values()]
    assert first == second, "the same seal, twice"


def test_both_slots_are_written_for_another_person_and_a_confirmed_device_and_at_no_refresh():
    class Counted(Keys):
        """Counts the keys that are written."""

        def written(self, action) -> int:
            store = self.store()
            count = [0]
            set_blob = self.nvs.set_blob

            def counted(key, value):
                count[0] += 1
                set_blob(key, value)

            self.nvs.set_blob = counted
            action(store)
            return count[0]

    for tracks in (False, True):
        medium = Counted()
        world = World(60, tracks)
        for name, untracked, tracked in (("alice", 1, 3), ("alice", 1, 1), ("bob", 2, 4), ("bob", 1, 1)):

            def signs_in(store, world=world, name=name):
                client_on(store, world).sign_in(name, "pw-of-" + name)

            count = medium.written(signs_in)
            assert count == (tracked if tracks else untracked), (tracks, name, count)
        assert medium.written(lambda store, world=world: client_on(store, world).refresh()) == 1


# A medium that can take no more


def test_where_the_second_slot_can_not_be_written_it_is_removed():
    for broken in ("set_blob", "erase_key", "both"):
        medium = Keys()
        medium.store().save(b"older")
        medium.store().save(b"old")
        store = medium.store()
        key = "session.1"  # which holds b"old"
        if broken != "erase_key":
            medium.broken[("set_blob", key)] = 28
        if broken != "set_blob":
            medium.broken[("erase_key", key)] = 28
        store.save_over(b"new")
        assert store.load() == b"new"
        assert (b"old" in b"".join(list(medium.copy().values()))) is (broken == "both")
        medium.broken.clear()
        assert medium.store().load() == b"new"
        assert b"old" not in b"".join(list(medium.copy().values())), "the next look has tried again"
        left = medium.copy()
        for name in left:
            medium.put({other: left[other] for other in left if other != name})
            assert medium.store().load() in (None, b"new")


def test_a_first_slot_that_can_not_be_written_is_an_error_and_the_old_session_stays():
    medium = Keys()
    medium.store().save(b"old")
    store = medium.store()
    medium.broken["set_blob"] = 28
    raises(StoreError, store.save_over, b"new")
    medium.broken.clear()
    assert medium.store().load() == b"old"
