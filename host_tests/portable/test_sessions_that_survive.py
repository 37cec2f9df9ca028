"""What must not cost a session: each case with both clients, with and without rotation and device tracking."""

import asyncio
import json
import sys

from checks import raises
from cognito_mp import (
    AsyncClient,
    Client,
    CognitoError,
    NotSignedIn,
    NvsStore,
    StoreError,
    Tokens,
    account,
    identity_pool,
)
from cognito_mp.protocol import read_reply
from cognito_mp.renewal import renew
from cognito_mp.stores.ram import RamStore
from fake_nvs import FakeNVS
from pool_world import FIREWALL, LOST_REPLY, LOST_REQUEST, AwaitedWorldTransport, World, WorldTransport

ID = "1example23456789abcdefghij"
GRACES = (None, 0, 60)
# A reply that is lost three times over is one that the retries do not find.
TRIES = 3


# On CPython asyncio.run() makes a loop, and takes 10 ms for it; these tests have thousands of calls.
run = asyncio.run
if sys.implementation.name == "cpython":
    run = asyncio.new_event_loop().run_until_complete


class Device:
    """A client of either kind on one store, whose calls block: `device.sign_in(...)` is what a program would do."""

    def __init__(self, world, kind=Client, store=None) -> None:
        self.store = store or RamStore()
        self.world = world
        self.kind = kind
        self.restart()

    def restart(self) -> None:
        """The power has gone: what is in RAM is lost."""
        transport = (WorldTransport if self.kind is Client else AwaitedWorldTransport)(self.world)
        self.client = self.kind("eu-west-1", ID, store=self.store, transport=transport, clock=self.world.clock)

    def do(self, function, *arguments, **named):
        """What a call of the client, or of a module, returns in the end."""
        outcome = function(*arguments, **named)
        return outcome if self.kind is Client else run(outcome)

    def __getattr__(self, name):
        return lambda *arguments, **named: self.do(getattr(self.client, name), *arguments, **named)

    def stored(self) -> dict:
        return json.loads(self.store.load() or b"{}")

    def in_force(self) -> bool:
        return self.world.in_force(self.stored().get("refresh_token"))


async def begun(coroutine, turns):
    """A task for `coroutine`, after so many turns of the loop."""
    task = asyncio.create_task(coroutine)
    for _ in range(turns):
        await asyncio.sleep(0)
    return task


def alice(grace=None, tracks=True, kind=Client, store=None):
    """A Device on which alice is signed in, with a confirmed device where the pool tracks them."""
    device = Device(World(grace, tracks), kind, store)
    device.sign_in("alice", "pw-of-alice")
    assert "unconfirmed" not in device.stored().get("device", {})
    return device


def each(graces=GRACES):
    """Devices of both kinds of client, under each kind of pool."""
    for kind in (Client, AsyncClient):
        for grace in graces:
            for tracks in (False, True):
                yield alice(grace, tracks, kind)


def goes_on(device) -> bool:
    """True when alice is still signed in after the power has gone, and her session can be refreshed."""
    device.restart()
    return bool(device.refresh()) and device.stored()["username"] == "sub-of-alice" and device.in_force()


# 1. Somebody else's sign-in


def test_another_persons_failed_sign_in_changes_nothing():
    for fault in (None, LOST_REQUEST, LOST_REPLY, FIREWALL, ("TooManyRequestsException", "Rate exceeded")):
        for device in each():
            before = device.store.load()
            for _ in range(TRIES if fault else 0):
                device.world.fail("InitiateAuth", fault)
            raises((CognitoError, OSError), device.sign_in, "bob", "pw-of-bob" if fault else "wrong")
            assert device.store.load() == before, fault
            device.world.faults = []
            assert device.access_token()
            assert goes_on(device), fault


def test_a_device_key_goes_out_with_its_owners_name_alone():
    for device in each():
        if not device.world.tracks:
            continue
        key = device.stored()["device"]["key"]
        device.sign_in("bob", "pw-of-bob")
        for operation, parameters in device.world.log:
            given = parameters.get("AuthParameters", {})
            assert not (given.get("USERNAME") == "bob" and given.get("DEVICE_KEY") == key), operation
        assert device.stored()["username"] == "sub-of-bob" and device.stored()["device"]["key"] != key


# 2. Cancelled calls of AsyncClient


def broken_off(waits, device, function, loop_ends):
    """Run function(client), an awaitable, and break it off after `waits` turns of the loop; True when it was still on.

    loop_ends  in place of cancelling it the event loop ends, and whatever goes on in it
    """

    async def main():
        task = await begun(function(device.client), waits)
        still_on = not task.done()
        if not loop_ends:
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
            await device.client.settle()  # the refresh is a task of its own
        return still_on

    still_on = (asyncio.run if loop_ends else run)(main())
    if loop_ends and run == asyncio.run:
        asyncio.new_event_loop()  # on MicroPython tasks of the old one would go on in the next run()
    return still_on


CALLS = (
    ("refresh", lambda client: client.refresh()),
    ("access_token", lambda client: client.access_token()),
    ("id_token", lambda client: client.id_token()),
    ("get_user", lambda client: account.get_user(client)),
    ("call", lambda client: client.call("GetUser")),
    ("credentials", lambda client: identity_pool.credentials(client, "eu-west-1:pool")),
    ("sign_in", lambda client: client.sign_in("alice", "pw-of-alice")),
    ("sign_in of bob", lambda client: client.sign_in("bob", "pw-of-bob")),
    ("sign_out", lambda client: client.sign_out()),
    ("sign_out everywhere", lambda client: client.sign_out(everywhere=True)),
)


def check_each_wait(grace, tracks, name, function, loop_ends, stride=1):
    """Break function(client) off at each of its waits: what is stored is in force, and the client goes on with it.

    stride  waits from one try to the next: a device's arithmetic has some 80, all alike
    """
    waits = 0
    still_on = True
    while still_on:
        waits += stride
        assert waits < 200
        device = alice(grace, tracks, AsyncClient)
        device.world.clock.pass_time(3601)
        still_on = broken_off(waits, device, function, loop_ends)
        where = (name, grace, tracks, loop_ends, waits)
        if name.startswith("sign_out") and not device.stored():
            continue
        assert device.in_force(), where
        for seconds in (0, 20, 90, 3601):
            device.world.clock.pass_time(seconds)
            assert device.access_token(), where
        assert device.in_force() and not device.client.session.store_error, where
        assert "unconfirmed" not in device.stored().get("device", {}), where
        device.restart()
        assert device.refresh() and device.in_force(), where


def test_a_call_cancelled_at_any_wait_loses_nothing():
    for name, function in CALLS:
        for grace in GRACES:
            check_each_wait(grace, False, name, function, False)


def test_a_loop_that_ends_at_any_wait_loses_nothing():
    for name, function in CALLS:
        for grace in (None, 60):  # with a grace of 0 a reply that nobody reads is the end: no client can help that
            check_each_wait(grace, False, name, function, True)


def test_a_device_survives_what_is_broken_off():
    for name, function in CALLS:
        if name in ("refresh", "sign_in", "sign_in of bob"):
            check_each_wait(60, True, name, function, name == "sign_in of bob", 9 if name == "sign_in of bob" else 1)


def test_a_refresh_whose_loop_has_ended_is_asked_for_again():
    device = alice(60, False, AsyncClient)

    async def main():
        task = asyncio.create_task(device.client.refresh())
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(main())
    device.world.clock.pass_time(30)
    before = device.client.session.tokens.access_token
    assert device.access_token() != before, "asked again within the grace, though the old token would still do"
    assert goes_on(device) and not device.world.revoked


# 3. Two clients on one store


def test_a_newer_session_survives_the_refusal_of_an_older_one():
    for device in each():
        other = Device(device.world, device.kind, device.store)
        assert other.client.signed_in
        device.sign_in("alice", "pw-of-alice")  # revokes what `other` holds in RAM
        newer = device.stored()["refresh_token"]
        device.world.clock.pass_time(3601)
        assert other.access_token()
        assert device.in_force() and (device.world.grace is not None or device.stored()["refresh_token"] == newer)
        assert goes_on(device)


def test_a_refusal_that_comes_after_another_client_has_signed_in_ends_nothing():
    for kind in (Client, AsyncClient):
        for grace in GRACES:
            device = alice(grace, False, kind)
            device.refresh()
            other = Device(device.world, kind, device.store)
            flow = renew(device.client.app, device.client.session)
            asked = next(flow)
            other.sign_in("alice", "pw-of-alice")  # which revokes the token that is on its way
            newer = device.store.load()
            headers = {"X-Amz-Target": "X." + asked.operation, "User-Agent": "any"}
            reply = WorldTransport(device.world).post("", headers, json.dumps(asked.parameters).encode())
            refusal = raises(CognitoError, read_reply, *reply)
            assert "revoked" in refusal.message
            flow.throw(refusal)  # it goes on, with the newer one
            flow.close()
            assert device.store.load() == newer and goes_on(device)


def test_a_refresh_uses_the_token_that_another_client_has_stored():
    for device in each():
        other = Device(device.world, device.kind, device.store)
        other.access_token()
        device.refresh()
        device.world.clock.pass_time(120)  # the grace is over
        assert other.refresh()
        assert goes_on(device) and not device.world.revoked


def test_a_session_that_another_client_has_stored_since_is_found():
    for kind in (Client, AsyncClient):
        world = World()
        device = Device(world, kind)
        assert not device.client.signed_in
        raises(NotSignedIn, device.access_token)
        Device(world, kind, device.store).sign_in("alice", "pw-of-alice")
        assert device.client.signed_in and device.access_token()


def test_two_clients_that_refresh_at_the_same_time_lose_nothing():
    device = alice(60, False, AsyncClient)
    other = Device(device.world, AsyncClient, device.store)
    device.world.clock.pass_time(3601)

    async def main():
        tasks = [asyncio.create_task(one.client.access_token()) for one in (device, other)]
        for task in tasks:
            await task

    asyncio.run(main())
    assert not device.world.revoked and goes_on(device)


def test_a_session_signed_out_by_another_client_is_over_for_both():
    for device in each():
        other = Device(device.world, device.kind, device.store)
        other.access_token()
        assert device.sign_out() is True
        raises(NotSignedIn, other.refresh)
        assert not other.client.signed_in and device.store.load() is None


def test_a_client_that_is_not_due_gives_out_no_token_of_who_has_gone():
    for device in each():
        other = Device(device.world, device.kind, device.store)
        device.access_token()
        other.refresh()
        asked = len(device.world.log)
        assert device.access_token() and len(device.world.log) == asked, "it is not refreshed for nothing"
        other.sign_in("bob", "pw-of-bob")
        device.access_token()
        assert device.client.session.username == "sub-of-bob"
        other.sign_out()
        raises(NotSignedIn, device.access_token)


def test_an_older_session_is_not_saved_over_a_newer_one():
    class Flaky(RamStore):
        error = None

        def save(self, data):
            if self.error:
                raise self.error
            super().save(data)

    for kind in (Client, AsyncClient):
        store = Flaky()
        device = alice(60, False, kind, store)
        store.error = StoreError(28, "full")
        raises(StoreError, device.refresh)  # the rotated token is in RAM alone
        store.error = None
        other = Device(device.world, kind, store)
        other.sign_in("bob", "pw-of-bob")
        newer = store.load()
        device.access_token()
        assert json.loads(store.load())["username"] == "sub-of-bob" and json.loads(newer)["username"] == "sub-of-bob"


def test_two_clients_that_refresh_at_once_do_not_use_one_token_twice():
    for grace in (0, 60):
        for tracks in (False, True):
            device = alice(grace, tracks, AsyncClient)
            other = Device(device.world, AsyncClient, device.store)
            other.access_token()

            async def main(device=device, other=other):
                return await asyncio.gather(device.client.refresh(), other.client.refresh())

            for tokens in asyncio.run(main()):
                assert tokens.access_token
            device.world.clock.pass_time(120)  # the grace is over
            assert device.in_force() and not device.world.revoked
            assert goes_on(device)


def test_a_client_that_was_left_waiting_in_the_middle_of_a_refresh_blocks_no_other():
    device = alice(60, False)
    # What a task leaves behind whose loop has ended, on MicroPython.
    left = renew(device.client.app, device.client.session)
    next(left)
    other = Device(device.world, Client, device.store)
    before = device.world.clock.true
    assert other.refresh() and goes_on(other)
    assert device.world.clock.true - before < 60, "within the grace"
    left.close()


class ReadStore(RamStore):
    """Counts how often it is read."""

    reads = 0

    def load(self):
        self.reads += 1
        return super().load()


def test_a_client_that_waits_reads_the_store_only_when_there_is_something_new():
    device = Device(World(0), Client, ReadStore())
    device.sign_in("alice", "pw-of-alice")
    slow = renew(device.client.app, device.client.session)
    next(slow)
    waiting = renew(device.client.app, Device(device.world, Client, device.store).client.session)
    reads, waited, pauses = device.store.reads, 0, 0
    while waited < 30000:
        waited += next(waiting)
        pauses += 1
    assert device.store.reads - reads <= 1 and pauses < 50
    slow.close()
    assert next(waiting).operation == "InitiateAuth", "its turn comes at once"
    waiting.close()


def test_who_gives_up_waiting_takes_the_others_place_and_a_third_waits_for_it():
    device = alice(60, False)
    first, second, third = [
        renew(device.client.app, Device(device.world, Client, device.store).client.session) for _ in range(3)
    ]
    next(first)

    def asks(flow):
        waited, step = 0, next(flow)
        while isinstance(step, int):
            waited += step
            step = next(flow)
        return waited, step.operation

    assert 57000 <= asks(second)[0] < 60000
    first.close()  # it comes to its end at last, and leaves the claim of the second alone
    for _ in range(20):
        assert isinstance(next(third), int)
    second.close()
    assert asks(third) == (0, "InitiateAuth")
    third.close()
    last = renew(device.client.app, device.client.session)
    assert asks(last)[0] == 0, "no claim is left"
    last.close()


def test_a_refresh_of_the_same_client_waits_too():
    device = alice(0, False)
    slow = renew(device.client.app, device.client.session)
    next(slow)
    other = renew(device.client.app, device.client.session)
    assert isinstance(next(other), int)
    slow.close()
    other.close()


def test_what_another_program_has_refreshed_meanwhile_is_not_revoked():
    device = alice(60, False)
    device.refresh()  # so that it knows that the app client rotates its tokens
    flow = renew(device.client.app, device.client.session)
    device.transport = WorldTransport(device.world)
    url, headers, body = next(flow).write(device.client.app.url, 0)
    headers["User-Agent"] = "any"
    status, headers, reply = device.transport.post(url, headers, body)
    stored = device.stored()
    newer = device.world.answer("GetTokensFromRefreshToken", {"RefreshToken": stored["refresh_token"]})[1]
    stored["refresh_token"] = newer["AuthenticationResult"]["RefreshToken"]
    device.store.save(json.dumps(stored).encode())  # by a process of its own, which shares no memory with this one
    step = flow.send(read_reply(status, headers, reply))
    assert step.operation == "GetTokensFromRefreshToken", "the newer one is used"
    flow.close()
    assert not device.world.revoked and goes_on(device)


# 4. A device that is not confirmed


def test_a_confirmation_that_fails_costs_no_session():
    for kind in (Client, AsyncClient):
        for grace in GRACES:
            for fault in (
                LOST_REQUEST,
                LOST_REPLY,
                FIREWALL,
                ("TooManyRequestsException", "Rate exceeded"),
                ("InvalidParameterException", "1 validation error detected"),
                ("NotAuthorizedException", "Access Token has expired"),
            ):
                device = Device(World(grace, True), kind)
                for _ in range(TRIES):
                    device.world.fail("ConfirmDevice", fault)
                device.sign_in("alice", "pw-of-alice")
                assert device.access_token() and device.client.signed_in
                device.world.faults = []
                device.world.clock.pass_time(16)
                assert device.access_token()
                assert "unconfirmed" not in device.stored()["device"], fault
                assert goes_on(device), fault


class PowerCut(BaseException):
    """The power goes in the middle of a request."""


def test_a_power_cut_while_the_device_is_confirmed_costs_no_session():
    for grace in GRACES:
        device = Device(World(grace, True))
        device.world.fail("ConfirmDevice", PowerCut())
        raises(PowerCut, device.sign_in, "alice", "pw-of-alice")
        assert goes_on(device)
        assert "access_token" not in device.stored()["device"], "it is kept no longer than it is needed"


def test_a_device_that_is_not_confirmed_is_not_named_when_the_person_signs_in_again():
    for kind in (Client, AsyncClient):
        device = Device(World(None, True), kind)
        for _ in range(TRIES):
            device.world.fail("ConfirmDevice", FIREWALL)
        device.sign_in("alice", "pw-of-alice")
        device.world.faults = []
        raises(CognitoError, device.sign_in, "alice", "wrong")
        assert [given for _, given in device.world.log if "DEVICE_KEY" in given.get("AuthParameters", {})] == []
        assert goes_on(device)


def test_a_refresh_refused_for_an_unconfirmed_device_ends_nothing_while_it_can_be_confirmed():
    device = Device(World(None, True))
    for _ in range(9):
        device.world.fail("ConfirmDevice", FIREWALL)
    device.sign_in("alice", "pw-of-alice")
    raises(CognitoError, device.refresh)
    assert device.client.signed_in and device.access_token()
    device.world.faults = []
    assert goes_on(device)


# 5. Replies that are lost


def test_a_refresh_whose_replies_are_all_lost_is_asked_for_again_within_the_grace():
    for kind in (Client, AsyncClient):
        for explicit in (True, False):
            device = alice(60, False, kind)
            device.world.clock.random = 0
            if not explicit:
                device.world.clock.pass_time(3000)
            for _ in range(TRIES):
                device.world.fail("GetTokensFromRefreshToken", LOST_REPLY)
            if explicit:
                raises(OSError, device.refresh)
            else:
                device.access_token()
            for _ in range(40):
                device.world.clock.pass_time(1)
                device.access_token()
            assert device.client.session.life.left() > 3500, "asked again, not at the old due time"
            device.world.clock.pass_time(120)
            assert goes_on(device) and not device.world.revoked


# 6. Ctrl-C


def test_ctrl_c_at_any_request_leaves_the_session_and_the_next_call_its_own_reply():
    for operation in ("GetTokensFromRefreshToken", "GetUser"):
        device = alice(60, False)
        device.world.clock.pass_time(3601)
        device.world.fail(operation, KeyboardInterrupt())
        with device.client:
            raises(KeyboardInterrupt, account.get_user, device.client)
            assert account.get_user(device.client)["username"] == "alice"
        assert goes_on(device)


# 7. Stores that fail


class FailingStore(RamStore):
    """Fails to be read or written, when told so, and counts the attempts to write."""

    def __init__(self) -> None:
        super().__init__()
        self.read_error = self.write_error = None
        self.attempts = 0

    def load(self):
        if self.read_error:
            raise self.read_error
        return super().load()

    def save(self, data):
        self.attempts += 1
        if self.write_error:
            raise self.write_error
        super().save(data)


def test_a_store_that_cannot_be_written_keeps_nobody_from_their_tokens():
    for kind in (Client, AsyncClient):
        for grace in GRACES:
            store = FailingStore()
            device = Device(World(grace), kind, store)
            store.write_error = OSError(30)  # read-only, as a drive that USB holds
            assert isinstance(raises(StoreError, device.sign_in, "alice", "pw-of-alice"), OSError)
            before = store.attempts
            for _ in range(2):
                assert device.access_token()
            assert isinstance(device.client.session.store_error, StoreError)
            assert store.attempts == before + 2, "saving is tried again at each call"
            store.write_error = None
            assert device.refresh()
            assert device.client.session.store_error is None
            assert goes_on(device)


def unsaved(kind):
    """A Device whose sign-in could not be stored; by now its store works."""
    device = Device(World(None), kind, FailingStore())
    device.store.write_error = StoreError(28, "full")
    raises(StoreError, device.sign_in, "alice", "pw-of-alice")
    device.store.write_error = None
    return device


def test_a_call_that_needs_no_token_saves_what_is_unsaved_too():
    for kind in (Client, AsyncClient):
        device = unsaved(kind)
        device.do(account.forgot_password, device.client, "bob")
        assert device.client.session.store_error is None and goes_on(device)


def test_refresh_saves_what_is_unsaved():
    for kind in (Client, AsyncClient):
        device = unsaved(kind)
        device.refresh()  # brings no new refresh token
        assert goes_on(device)


def test_a_store_that_cannot_be_read_just_now_is_not_no_session():
    for kind in (Client, AsyncClient):
        for grace in GRACES:
            store = FailingStore()
            device = alice(grace, False, kind, store)
            device.restart()
            store.read_error = StoreError(5, "can't read /session.0")
            raises(StoreError, device.access_token)
            raises(StoreError, lambda client: client.signed_in, device.client)
            store.read_error = None
            assert device.access_token() and device.client.signed_in and goes_on(device)


# Where another process may write to the store it is not written blindly: settle() is a microcontroller's.
IS_ALONE = sys.implementation.name != "cpython"
UNREADABLE = StoreError(5, "can't read /session.0")


def renewed_in_ram(kind):
    """A Device whose rotated refresh token is in RAM alone, because its store can't be read."""
    store = FailingStore()
    device = alice(0, False, kind, store)
    store.read_error = UNREADABLE
    raises(StoreError, device.refresh)
    assert device.client.session.store_error is UNREADABLE
    return device


def test_what_was_renewed_while_the_store_could_not_be_read_is_saved_by_any_later_call():
    for kind in (Client, AsyncClient):
        for call in ("access_token", "settle", "forgot_password", "failed sign-in"):
            device = renewed_in_ram(kind)
            device.store.read_error = None
            if call == "forgot_password":
                device.do(account.forgot_password, device.client, "bob")
            elif call == "failed sign-in":
                raises(CognitoError, device.sign_in, "bob", "wrong")
            else:
                getattr(device, call)()
            assert device.client.session.store_error is None, call
            assert goes_on(device), call


def test_what_is_in_ram_alone_before_a_sleep_is_written_over_what_can_not_be_read():
    for kind in (Client, AsyncClient):
        device = renewed_in_ram(kind)
        attempts = device.store.attempts
        device.access_token()
        assert device.store.attempts == attempts, "only before a sleep"
        device.settle()
        assert device.store.attempts == attempts + IS_ALONE
        assert (device.client.session.store_error is None) is IS_ALONE
        device.store.read_error = None
        if IS_ALONE:
            assert goes_on(device)


def test_what_is_in_ram_alone_before_a_sleep_is_not_written_over_what_another_client_has_stored():
    for kind in (Client, AsyncClient):
        for person in ("alice", "bob"):
            device = renewed_in_ram(kind)
            device.store.read_error = None
            other = Device(device.world, kind, device.store)
            other.sign_in(person, "pw-of-" + person)
            stored = device.store.load()
            device.store.read_error = UNREADABLE
            device.settle()
            device.store.read_error = None
            assert device.store.load() == stored and other.in_force()


def test_a_slot_that_stays_unreadable_costs_no_rotated_session():
    if not IS_ALONE:
        return
    for unreadable in ("session.0", "session.1", None):
        nvs = FakeNVS(True)
        device = Device(World(0), Client, NvsStore(nvs=nvs))
        device.sign_in("alice", "pw-of-alice")
        device.refresh()  # which leaves one in either
        nvs.broken["get_blob" if unreadable is None else ("get_blob", unreadable)] = 5
        raises(StoreError, device.refresh)
        device.settle()
        assert device.client.session.store_error is None
        nvs.broken.clear()
        assert goes_on(device), unreadable


def test_where_a_refresh_brings_nothing_to_save_a_store_that_cannot_be_read_is_no_trouble():
    for kind in (Client, AsyncClient):
        store = FailingStore()
        device = alice(None, False, kind, store)
        store.read_error = UNREADABLE
        assert device.refresh() and device.client.session.store_error is None
        store.read_error = None
        assert goes_on(device)


def test_what_another_client_has_replaced_is_not_used_while_the_store_cannot_be_read():
    for kind in (Client, AsyncClient):
        store = FailingStore()
        device = alice(60, False, kind, store)
        other = Device(device.world, kind, store)
        other.refresh()
        device.world.clock.pass_time(120)  # the grace is over
        store.read_error = StoreError(5, "can't read /session.0")
        raises(StoreError, device.refresh)
        assert not device.world.revoked
        device.world.clock.pass_time(3600)
        assert other.access_token(), "the one that has refreshed last goes on, in RAM"
        store.read_error = None
        assert other.access_token() and goes_on(device) and not device.world.revoked


def test_a_slow_refresh_is_waited_for_by_another_client():
    device = alice(0, False)
    slow = renew(device.client.app, device.client.session)
    next(slow)
    other = renew(device.client.app, Device(device.world, Client, device.store).client.session)
    waited = 0
    while waited < 30000:
        waited += next(other)  # and not a Request, with the same refresh token
    slow.close()
    other.close()


def test_a_refusal_erases_nothing_on_the_strength_of_a_read_that_failed():
    for kind in (Client, AsyncClient):
        store = FailingStore()
        device = alice(None, False, kind, store)
        device.world.fail("InitiateAuth", ("NotAuthorizedException", "Refresh Token has been revoked"))
        store.read_error = StoreError(5, "can't read /session.0")
        raises(StoreError, device.refresh)
        store.read_error = None
        assert goes_on(device)


def test_a_store_that_cannot_be_read_keeps_nobody_from_signing_in():
    for kind in (Client, AsyncClient):
        store = FailingStore()
        device = alice(None, False, kind, store)
        device.restart()
        store.read_error = StoreError(5, "can't read /session.0")
        assert device.sign_in("alice", "pw-of-alice") and device.access_token()
        store.read_error = None
        assert goes_on(device)


def test_a_session_that_cannot_be_read_can_be_signed_out():
    store = FailingStore()
    device = alice(None, False, Client, store)
    device.restart()
    store.read_error = StoreError(5, "can't read /session.0")
    device.sign_out()
    store.read_error = None
    assert store.load() is None and not device.client.signed_in


# 8. Devices that the service has forgotten


def test_a_device_that_is_refused_at_the_challenge_is_not_named_again():
    """The challenge is used up by then, so that this sign-in may fail; the next one must not."""
    for kind in (Client, AsyncClient):
        device = alice(None, True, kind)
        device.world.asks_code = True
        asked = device.sign_in("alice", "pw-of-alice")
        assert asked.device_key
        device.world.devices.clear()
        assert "Invalid session" in str(raises(CognitoError, device.respond, asked, "123456"))
        asked = device.sign_in("alice", "pw-of-alice")
        assert device.respond(asked, "123456").access_token
        assert device.stored()["device"]["key"] and goes_on(device)


def test_a_sign_in_after_the_device_was_forgotten_makes_a_new_one():
    for kind in (Client, AsyncClient):
        device = alice(None, True, kind)
        old = device.stored()["device"]["key"]
        del device.world.devices[old]
        device.sign_in("alice", "pw-of-alice")
        assert device.stored()["device"]["key"] != old and goes_on(device)


def test_a_refresh_refused_for_the_device_is_tried_without_it():
    for kind in (Client, AsyncClient):
        for grace in GRACES:
            device = alice(grace, True, kind)
            token = device.stored()["refresh_token"]
            device.world.devices.clear()
            device.world.tokens[token]["device"] = None  # the service has let the session go on without
            operation = "InitiateAuth" if grace is None else "GetTokensFromRefreshToken"
            device.world.fail(operation, ("ResourceNotFoundException", "Device does not exist."))
            assert device.refresh()
            assert "device" not in device.stored() and goes_on(device)


def test_both_refusals_end_the_session():
    for kind in (Client, AsyncClient):
        device = alice(None, True, kind)
        device.world.devices.clear()
        raises(NotSignedIn, device.refresh)
        assert not device.client.signed_in and "refresh_token" not in device.stored()


# 9. Which refusals end a session


def test_words_that_are_not_known_end_nothing_until_the_other_operation_was_asked():
    for kind in (Client, AsyncClient):
        device = alice(None, False, kind)
        device.world.fail("InitiateAuth", ("NotAuthorizedException", "Something quite new"))
        assert device.refresh()
        assert device.world.operations()[-1] == "GetTokensFromRefreshToken"
        device.world.fail("InitiateAuth", ("NotAuthorizedException", "Something quite new"))
        device.world.fail("GetTokensFromRefreshToken", ("NotAuthorizedException", "Something quite new"))
        assert "quite new" in str(raises(CognitoError, device.refresh))
        assert goes_on(device)
        device.world.fail("InitiateAuth", ("NotAuthorizedException", "Something quite new"))
        device.world.fail("GetTokensFromRefreshToken", ("NotAuthorizedException", "Refresh Token has been revoked"))
        raises(NotSignedIn, device.refresh)
        assert not device.client.signed_in


# 10. A sign-in over a live session


def test_a_sign_in_revokes_the_refresh_token_that_it_replaces():
    for kind in (Client, AsyncClient):
        for name in ("alice", "bob"):
            device = alice(None, True, kind)
            old = device.stored()["refresh_token"]
            device.sign_in(name, "pw-of-" + name)
            assert not device.world.in_force(old) and device.in_force()
            assert device.world.operations()[-1] == "RevokeToken"


def test_a_sign_in_succeeds_though_the_old_token_cannot_be_revoked():
    for kind in (Client, AsyncClient):
        device = alice(None, False, kind)
        for _ in range(TRIES):
            device.world.fail("RevokeToken", LOST_REQUEST)
        assert device.sign_in("alice", "pw-of-alice").access_token
        assert goes_on(device)


def test_a_sign_in_that_cannot_be_stored_leaves_the_stored_session_in_force():
    for kind in (Client, AsyncClient):
        store = FailingStore()
        device = alice(None, False, kind, store)
        store.write_error = StoreError(28, "full")
        raises(StoreError, device.sign_in, "alice", "pw-of-alice")
        assert device.access_token()
        store.write_error = None
        assert goes_on(device), "the power has gone before the new one could be stored"


# Deleting an account while somebody else signs in


def test_a_deleted_account_takes_nobody_elses_session_along():
    for shared in (False, True):
        device = alice(None, False, AsyncClient)
        other = Device(device.world, AsyncClient, device.store) if shared else device
        device.client.access_token()

        async def main(device=device, other=other):
            signing_in = asyncio.create_task(other.client.sign_in("bob", "pw-of-bob"))
            await asyncio.sleep(0)
            await account.delete_user(device.client)  # it has begun while alice is the one who is signed in
            await signing_in

        asyncio.run(main())
        assert device.world.deleted == ["alice"]
        assert device.stored()["username"] == "sub-of-bob" and other.client.signed_in
    device = alice()
    account.delete_user(device.client)
    assert device.store.load() is None and not device.client.signed_in


# Signing out while a refresh is under way


def test_a_sign_out_during_a_refresh_wins():
    for pauses in range(1, 12):
        device = alice(60, False, AsyncClient)

        async def main(device=device, pauses=pauses):
            refresh = asyncio.create_task(device.client.refresh())
            for _ in range(pauses):
                await asyncio.sleep(0)
            await device.client.sign_out()
            try:
                await refresh
            except NotSignedIn:
                pass

        asyncio.run(main())
        assert device.store.load() is None and not device.client.signed_in
        assert not [token for token in device.world.tokens if device.world.in_force(token)], pauses


def test_a_trigger_takes_its_time_and_no_code_is_used_up_in_vain():
    """A Lambda trigger has 5 seconds, three times: what comes after 11 or 15 was carried out, and is not lost."""
    for seconds in (11, 15):
        for kind in (Client, AsyncClient):
            device = Device(World(60), kind)
            device.world.asks_code, device.world.trigger_s = True, seconds
            challenge = device.sign_in("alice", "pw-of-alice")
            assert isinstance(device.respond(challenge, "123456"), Tokens)
            device.refresh()
            assert device.world.codes == 1 and device.in_force()


def test_a_refresh_is_tried_three_times_within_a_rotations_grace():
    for kind in (Client, AsyncClient):
        device = alice(60, False, kind)
        device.refresh()
        device.world.clock.random = 255  # the longest pauses
        device.world.trigger_s = 30  # nothing of which comes in time
        before, asked = device.world.clock.true_ms, len(device.world.log)
        raises(OSError, device.refresh)
        assert len(device.world.log) == asked + 3
        if kind is Client:  # the other's pauses are the loop's
            assert 50000 < device.world.clock.true_ms - before < 57000
        device.world.trigger_s = 0
        device.world.clock.random = 0
        device.refresh()
        assert device.in_force()
