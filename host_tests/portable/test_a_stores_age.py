"""A store that has been written for long: numbers that need another byte, or begin anew; thousands of rotations."""

from checks import raises
from cognito_mp import Client, StoreError
from cognito_mp.crypto.hmac_sha256 import sha256
from cognito_mp.stores.ram import RamStore
from media import Bytes, Files, Keys, media
from pool_world import World, WorldTransport

ID = "1example23456789abcdefghij"
TURNS = (1 << 8, 1 << 16, 1 << 24, 1 << 31, 1 << 32)


def record(number: int, data: bytes, has_length: bool) -> bytes:
    """As the stores' docstrings have it."""
    rest = number.to_bytes(4, "big") + (len(data).to_bytes(4, "big") if has_length else b"") + data
    return b"CMP\x01" + sha256(rest).digest() + rest


def aged(medium, number: int):
    """`medium`, whose newest record is b"old" with that number, and has b"older" with the one before."""
    names = {}
    for which, data in ((number - 1, b"older"), (number, b"old")):
        one = record(which, data, isinstance(medium, Bytes))
        if isinstance(medium, Bytes):
            names["nvm"] = names.get("nvm", b"") + one
        elif isinstance(medium, Keys):
            names["session.%d" % (which % 2)] = one
        else:
            names["%d" % (which % 2)] = len(one).to_bytes(4, "big") + one
    if isinstance(medium, Bytes):
        names["nvm"] += b"\xff" * (len(medium.copy()["nvm"]) - len(names["nvm"]))
    medium.put(names)
    return medium


def unsealed() -> list:
    return [medium for medium in media() if "Sealed" not in medium.name]


def test_what_was_saved_last_is_loaded_across_each_turn_of_the_numbers():
    for turn in TURNS:
        for before in range(1, 7):
            for over in range(4):
                for medium in (Keys(), Bytes()) if over != before % 4 else (Keys(), Bytes(), Files()):
                    where = medium.name, turn, before, over
                    aged(medium, turn - before)
                    assert medium.store().load() == b"old", where
                    for number in range(6):
                        store = medium.store()
                        data = b"%d" % number
                        (store.save_over if number == over else store.save)(data)
                        assert store.load() == data and medium.store().load() == data, where
                    medium.store().erase()
                    assert medium.store().load() is None, where


def test_a_damaged_record_leaves_the_one_before_across_each_turn():
    for turn in TURNS:
        for before in range(1, 5):
            for medium in (Files(), Keys()):
                store = aged(medium, turn - before).store()
                for number in range(5):
                    last = store.load()
                    store.save(b"%d" % number)
                    whole, found = medium.copy(), set()
                    for name in whole:
                        medium.put(dict(whole, **{name: b"\0" * len(whole[name])}))
                        found.add(medium.store().load())
                    medium.put(whole)
                    # Where the count has begun anew what was older had to go.
                    has_begun_anew = turn == TURNS[-1] and number + 1 >= before
                    expected = {b"%d" % number, None if has_begun_anew and number + 1 == before else last}
                    assert found <= expected and (found == expected or None in expected), (medium.name, turn, before)


def test_a_power_cut_leaves_the_old_or_the_new_across_each_turn():
    for turn in TURNS:
        for before in range(1, 5):
            for over in (False, True):
                for medium in (Keys(True), Keys(False), Bytes()):
                    aged(medium, turn - before)

                    def action(store, over=over):
                        (store.save_over if over else store.save)(b"new")

                    for step in medium.cuts(action):
                        where = medium.name, turn, before, over, step
                        found = medium.store().load()
                        # The NVM's sector may have been erased just then.
                        assert found in (b"old", b"new") or isinstance(medium, Bytes) and found is None, where
                        medium.store().save(b"next")
                        assert medium.store().load() == b"next", where
                    assert medium.store().load() == b"new"


def test_a_sealed_session_and_its_counter_across_each_turn():
    if len(unsealed()) == len(media()):
        return
    from cognito_mp import SealedStore

    class Counter:
        number = 0

        def read(self) -> int:
            return self.number

        def write(self, number: int) -> None:
            self.number = number

    for turn in TURNS[:-1]:
        inner, counter = RamStore(), Counter()
        counter.number = turn - 3
        store = SealedStore(inner, "2580", iterations=2, counter=counter)
        for number in range(6):
            before = inner.load()
            store.save(b"%d" % number)
            assert store.load() == b"%d" % number and counter.number == turn - 2 + number
            if before:
                old = RamStore()
                old.save(before)
                played_back = SealedStore(old, "2580", iterations=2, counter=counter)
                assert raises(StoreError, played_back.load).reason == "OLDER"
    counter.number = TURNS[-1] - 2
    store.save(b"last")
    assert store.load() == b"last"
    assert "counter" in str(raises(StoreError, store.save, b"one more")) and store.load() == b"last"
    # Without a counter the number counts for nothing.
    store = SealedStore(inner, "2580", iterations=2)
    store.save(b"one more")
    assert store.load() == b"one more"


def test_thousands_of_rotations_use_no_token_twice():
    lives = [(medium, 60) for medium in media()]
    lives.append((Keys(), 2000))
    for medium, rotations in lives:
        world = World(0)
        clients: list = []

        def power_on(medium=medium, world=world, clients=clients):
            transport = WorldTransport(world)
            clients[:] = [
                Client("eu-west-1", ID, store=medium.store(), transport=transport, clock=world.clock) for _ in range(2)
            ]

        power_on()
        clients[0].sign_in("alice", "pw-of-alice")
        worn = dict(world.tokens[clients[0].session.refresh_token], rotated_at=0)
        for number in range(rotations):
            used = clients[number % 2].session.refresh_token if number % 7 else None
            clients[number % 2].refresh()
            if used:
                world.tokens[used] = worn  # it is known that it was given, and takes no room
            if number % 5 == 0:
                power_on()
            for kept in (world.log, world.owners, world.dead_at):
                kept.clear()
        assert not world.revoked and len(world.tokens) == rotations + 1, medium.name
        power_on()
        clients[0].refresh()
        assert not world.revoked
