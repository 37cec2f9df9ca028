"""Two clients of a program on one store: whoever asks, and whatever the other has done meanwhile, gets a good token.

A good one is of the person who signed in last, is alive, and is of a sign-in that was not revoked. No refresh token is
used twice, and the session goes on after a restart.
"""

import asyncio
import sys

from checks import raises
from cognito_mp import AsyncClient, Client, NotSignedIn
from cognito_mp.stores.ram import RamStore
from pool_world import AwaitedWorldTransport, World, WorldTransport

ID = "1example23456789abcdefghij"
run = asyncio.run
if sys.implementation.name == "cpython":
    run = asyncio.new_event_loop().run_until_complete


class Pair:
    """Two clients of one kind, with alice signed in on the first; the second has tokens of its own."""

    def __init__(self, kind, grace, tracks: bool) -> None:
        self.kind = kind
        self.world = World(grace, tracks)
        self.store = RamStore()
        self.restart()
        self.do(0, "sign_in", "alice", "pw-of-alice")
        self.do(1, "access_token")

    def restart(self) -> None:
        transport = WorldTransport if self.kind is Client else AwaitedWorldTransport
        self.clients = [
            self.kind("eu-west-1", ID, store=self.store, transport=transport(self.world), clock=self.world.clock)
            for _ in range(2)
        ]

    def do(self, which: int, call: str, *arguments):
        outcome = getattr(self.clients[which], call)(*arguments)
        return outcome if self.kind is Client else run(outcome)

    def check(self, which: int, who: str, where) -> None:
        for call in ("access_token", "refresh", "access_token"):
            token = self.do(which, call)
            if call == "refresh":
                token = token.access_token
            assert self.world.owners[token] == who, where + (call, which, self.world.owners[token])
            assert self.world.is_good(token), where + (call, which)


POOLS = ((Client, None, False), (Client, 0, False), (Client, 60, False), (AsyncClient, 60, False), (Client, 0, True))
DUE = (((), False), ((0,), False), ((1,), False), ((0, 1), False), ((0, 1), True))


def each_pair():
    """(words, a Pair): both kinds of client, each kind of pool, and whoever of the two is due, or has a dead token."""
    for kind, grace, tracks in POOLS:
        for due, is_dead in DUE[:1] if tracks else DUE:
            pair = Pair(kind, grace, tracks)
            for which in due:
                pair.clients[which].session.postpone(0)
            if is_dead:
                pair.world.clock.pass_time(3601)
            yield (kind.__name__, grace, tracks, due, is_dead), pair


# What one of them does, then who asks for tokens. "rotated": whoever signed in has refreshed before the other looks.
ACTS = (
    ("sign in", ("sign_in",)),
    ("sign in, rotated", ("sign_in", "refresh")),
    ("rotated, sign in", ("refresh", "sign_in")),
    ("rotated, sign in, rotated twice", ("refresh", "sign_in", "refresh", "refresh")),
    ("rotated", ("refresh",)),
)


def test_whoever_asks_gets_a_good_token_of_who_signed_in_last():
    for who in ("alice", "bob"):
        for words, acts in ACTS:
            if who == "bob" and "sign_in" not in acts:
                continue
            for order in ((0, 1), (1, 0)):
                for where, pair in each_pair():
                    where = where + (who, words, order)
                    for act in acts:
                        pair.do(0, act, *((who, "pw-of-" + who) if act == "sign_in" else ()))
                    for which in order:
                        pair.check(which, who, where)
                    pair.world.clock.pass_time(120)  # a grace is over
                    pair.restart()
                    pair.check(order[0], who, where)


def test_neither_gives_a_token_once_one_has_signed_out():
    for actor in (0, 1):
        for where, pair in each_pair():
            pair.do(actor, "sign_out")
            for which in (1, 0):
                raises(NotSignedIn, pair.do, which, "access_token")
                assert not pair.clients[which].signed_in, where


def test_whoever_signs_in_after_a_sign_out_is_found_by_the_other():
    for who in ("alice", "bob"):
        for actor in (0, 1):
            for where, pair in each_pair():
                pair.do(actor, "sign_out")
                pair.do(actor, "sign_in", who, "pw-of-" + who)
                pair.do(actor, "refresh")
                for which in (1 - actor, actor):
                    pair.check(which, who, where + (who, actor))


class FullStore(RamStore):
    """Takes nothing while it `is_full`."""

    is_full = False

    def save(self, data: bytes) -> None:
        if self.is_full:
            raise OSError(28, "no space")
        RamStore.save(self, data)


def test_a_sign_in_that_the_store_took_late_is_seen_by_the_other_too():
    for kind in (Client, AsyncClient):
        pair = Pair(kind, None, False)
        pair.store = FullStore()
        pair.restart()
        pair.do(0, "sign_in", "alice", "pw-of-alice")
        pair.store.is_full = True
        raises(OSError, pair.do, 1, "sign_in", "bob", "pw-of-bob")
        pair.do(0, "refresh")  # it has looked, and alice's session is what is stored
        pair.store.is_full = False
        assert pair.world.owners[pair.do(1, "access_token")] == "bob"
        assert pair.world.owners[pair.do(0, "access_token")] == "bob", "alice's token is given out no more"
