"""The keeper over the library's own AsyncClient, for days in which replies get lost."""

import asyncio
import json

from cognito_mp import AsyncClient
from cognito_mp.stores.ram import RamStore
from fake_device import FakeDevice, FakeWorld
from fakes import refusal, tokens
from session_keeper import SessionKeeper
from status import NEEDS_SIGN_IN, OFFLINE, SESSION_OVER, SIGNED_IN


class FaultyCognito:
    """A transport: the service rotates its refresh tokens, and takes an old one until the new one was used."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world
        self.good = ["refresh1"]
        self.given = 1
        self.fault = None

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        operation = headers["X-Amz-Target"].split(".")[1]
        parameters = json.loads(body)
        status, reply = self.answer(operation, parameters)
        return status, {}, json.dumps(reply).encode()

    def answer(self, operation: str, parameters: dict) -> tuple:
        if self.fault == "no route":
            raise OSError(113, "no route")
        if self.fault == "500":
            return refusal("InternalErrorException", "", 500)
        token = parameters["AuthParameters"].get("REFRESH_TOKEN", "refresh1")
        if token not in self.good:
            return refusal("NotAuthorizedException", "Refresh Token has been revoked")
        self.given += 1
        self.good = [token, f"refresh{self.given}"]
        if self.fault == "reply lost":
            raise OSError(104, "reset")
        return 200, tokens(self.given)


def device() -> tuple:
    """(keeper, service, store) of a device on which alice has signed in."""
    whole = FakeDevice(signed_in=False)
    service = FaultyCognito(whole.world)
    store = RamStore()

    def start() -> SessionKeeper:
        client = AsyncClient(
            "eu-west-1", "1example23456789", store=store, transport=service, attempts=1, clock=whole.world
        )
        whole.keeper = SessionKeeper(
            client, whole.link, whole.time_server.ask, whole.world.set_time, whole.kept, whole.world
        )
        return whole.keeper

    whole.run = asyncio.run
    asyncio.run(start().sign_in("alice", "pw"))
    return whole, service, store, start


def test_days_in_which_replies_get_lost():
    whole, service, store, start = device()
    for day in range(4):
        for fault in ("reply lost", None, "500", None, "no route", None):
            service.fault = fault
            if whole.world.random(3) == 0:
                whole.world.unset()
                start()
            whole.live(1800 + whole.world.random(4 * 3600))
            assert store.load() and whole.state not in (NEEDS_SIGN_IN, SESSION_OVER), (day, fault)
            if fault is None:
                assert whole.state == SIGNED_IN
    assert service.given > 50


def test_the_services_word_ends_it():
    whole, service, store, start = device()
    service.good = []
    whole.live(3600)
    assert whole.state == SESSION_OVER and not store.load()
    start()
    assert whole.state == NEEDS_SIGN_IN


def test_a_secret_that_was_changed_ends_nothing():
    whole, service, store, _ = device()
    service.answer = lambda *words: refusal("NotAuthorizedException", "SecretHash does not match for the client")
    whole.live(2 * 3600)
    assert whole.state == OFFLINE and store.load() and "SecretHash" in whole.keeper.status().detail
