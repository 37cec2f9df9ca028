"""What follows a sign-in: its device is confirmed, the session that it replaced revoked, whatever comes in between."""

import asyncio

from checks import raises
from cognito_mp import AsyncClient, Client, CognitoError, NotSignedIn, account
from pool_world import FIREWALL, LOST_REPLY, LOST_REQUEST, World
from test_sessions_that_survive import Device, alice, begun, run

THROTTLE = ("TooManyRequestsException", "Rate exceeded")
# Tries of a sign-in, and of the first call after it, may all meet the fault.
MANY = 40
# Turns of the loop after which something comes in between. Python does a device's arithmetic in one, MicroPython in 80.
WAITS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 24, 48, 80, 100)
PASSING = (LOST_REQUEST, LOST_REPLY, FIREWALL, THROTTLE, ("InternalErrorException", "oops", 500))


class CtrlC(BaseException):
    """Ctrl-C in the middle of a request. Not KeyboardInterrupt: MicroPython's asyncio looks for that one."""


def turned(turns, coroutine):
    """What `coroutine` returns within so many turns of the loop; AssertionError when it takes more, or hangs."""

    async def main():
        task = asyncio.create_task(coroutine)
        for _ in range(turns):
            if task.done():
                break
            await asyncio.sleep(0)
        assert task.done(), "it hangs"
        return await task

    return run(main())


def is_confirmed(device) -> bool:
    held = device.stored().get("device")
    return bool(held) and "unconfirmed" not in held and device.world.devices[held["key"]]["confirmed"]


def sleeps_too_long(device) -> None:
    """The power goes, and comes back when the access token of the sign-in is dead: the session must go on."""
    device.world.clock.pass_time(3601 * 3)
    device.restart()
    assert device.access_token() and device.in_force()


def unconfirmed(kind, fault=FIREWALL, times=3):
    """A Device on which alice has signed in, whose device could not be confirmed as yet."""
    device = Device(World(None, True), kind)
    for _ in range(times):
        device.world.fail("ConfirmDevice", fault)
    device.sign_in("alice", "pw-of-alice")
    device.world.faults = []
    return device


# A device is confirmed


def test_a_sign_in_that_is_cancelled_after_its_tokens_came_is_gone_through_with():
    for who in ("alice", "bob"):
        done = 0
        for waits in WAITS:
            device = alice(None, True, AsyncClient) if who == "bob" else Device(World(None, True), AsyncClient)
            before = device.stored().get("refresh_token")

            async def main(device=device, waits=waits, who=who):
                task = await begun(device.client.sign_in(who, "pw-of-" + who), waits)
                task.cancel()
                try:
                    await task
                except asyncio.CancelledError:
                    pass
                started = device.client.session.username == "sub-of-" + who
                for _ in range(1500):  # and nobody asks for anything
                    if not started or is_confirmed(device) and not device.client.left:
                        break
                    await asyncio.sleep(0)
                return started

            if turned(2000, main()):
                done += 1
                assert is_confirmed(device), waits
                assert not device.client.left
                assert not before or not device.world.in_force(before), "the session that it replaced"
                sleeps_too_long(device)
        assert done > 2, "it was cancelled in the middle a few times"


def test_a_confirmation_that_fails_is_tried_again_a_few_times_at_once():
    for kind in (Client, AsyncClient):
        for fault in PASSING:
            for times in (1, 2):
                device = unconfirmed(kind, fault, times)
                assert is_confirmed(device), (fault, times)
                sleeps_too_long(device)
    device = Device(World(None, True))
    for _ in range(MANY):
        device.world.fail("ConfirmDevice", THROTTLE)
    device.sign_in("alice", "pw-of-alice")
    assert len(device.world.faults) == MANY - 3, "and no more than that: a quota is one for all"


LATER = (
    ("access_token", lambda device: device.access_token()),
    ("id_token", lambda device: device.id_token()),
    ("refresh", lambda device: device.refresh()),
    ("call", lambda device: device.call("GetUser")),
    ("get_user", lambda device: device.do(account.get_user, device.client)),
    ("forgot_password", lambda device: device.do(account.forgot_password, device.client, "bob")),
    ("a failed sign-in", lambda device: raises(CognitoError, device.sign_in, "alice", "wrong")),
    ("another's failed sign-in", lambda device: raises(CognitoError, device.sign_in, "bob", "wrong")),
)


def test_and_again_at_any_later_call():
    for kind in (Client, AsyncClient):
        for fault in PASSING:
            for name, call in LATER:
                device = unconfirmed(kind, fault, MANY)
                assert not is_confirmed(device)
                call(device)
                assert is_confirmed(device), (name, fault)
                sleeps_too_long(device)


def test_ctrl_c_leaves_it_to_the_next_call_whatever_that_is():
    for operation in ("ConfirmDevice", "RevokeToken"):
        for name, call in LATER:
            device = Device(World(None, True))
            device.sign_in("bob", "pw-of-bob")
            before = device.stored()["refresh_token"]
            device.world.fail(operation, CtrlC())
            raises(CtrlC, device.sign_in, "alice", "pw-of-alice")
            assert device.world.in_force(before)
            call(device)
            assert is_confirmed(device) and not device.world.in_force(before), (operation, name)
            sleeps_too_long(device)


def test_a_device_is_confirmed_at_the_first_call_after_a_power_cut():
    for kind in (Client, AsyncClient):
        for name, call in LATER:
            device = unconfirmed(kind, FIREWALL, MANY)
            device.restart()
            assert device.client.signed_in
            call(device)
            assert is_confirmed(device), name


def test_settle_tries_once_more_before_a_sleep():
    device = unconfirmed(AsyncClient, FIREWALL, MANY)
    device.settle()
    assert is_confirmed(device)
    sleeps_too_long(device)


def test_where_no_network_is_a_token_at_hand_is_not_kept_waiting_for_at_each_call():
    device = unconfirmed(Client, LOST_REQUEST, MANY)
    for _ in range(MANY):
        device.world.fail("ConfirmDevice", LOST_REQUEST)
    for _ in range(10):
        assert device.access_token()
    assert len(device.world.faults) == MANY - 1, "one try, and then a pause"
    device.world.faults = []
    device.world.clock.pass_time(16)
    assert device.access_token() and is_confirmed(device)


def test_a_refusal_for_good_is_no_request_at_each_call():
    for kind in (Client, AsyncClient):
        device = unconfirmed(kind, ("InvalidParameterException", "1 validation error detected"), 1)
        asked = device.world.operations().count("ConfirmDevice")
        device.world.fail("ConfirmDevice", ("InvalidParameterException", "1 validation error detected"))
        for _ in range(5):
            device.call("GetUser")
        assert device.world.operations().count("ConfirmDevice") == asked
        assert len(device.world.faults) == 1
        device.world.faults = []
        device.refresh()
        assert is_confirmed(device), "a refresh tries it all the same"


def test_a_device_that_the_service_has_forgotten_is_let_go():
    for kind in (Client, AsyncClient):
        device = unconfirmed(kind, ("ResourceNotFoundException", "Device does not exist."), 1)
        assert "device" not in device.stored() and device.access_token()
        assert not device.client.left


def test_a_sign_out_in_the_middle_leaves_nothing():
    for waits in WAITS:
        device = Device(World(None, True), AsyncClient)

        async def main(device=device, waits=waits):
            task = await begun(device.client.sign_in("alice", "pw-of-alice"), waits)
            was_in = device.client.session.username is not None
            await device.client.sign_out()
            await task
            return was_in

        was_in = turned(2000, main())
        if was_in:
            assert device.store.load() is None and not device.client.signed_in and not device.client.left
            assert not [token for token in device.world.tokens if device.world.in_force(token)], waits


def test_another_persons_sign_in_in_the_middle_is_gone_through_with_too():
    for waits in WAITS:
        device = Device(World(None, True), AsyncClient)

        async def main(device=device, waits=waits):
            first = await begun(device.client.sign_in("alice", "pw-of-alice"), waits)
            await device.client.sign_in("bob", "pw-of-bob")
            await first
            await device.client.settle()

        turned(3000, main())
        assert is_confirmed(device) and not device.client.left
        in_force = [token for token in device.world.tokens if device.world.in_force(token)]
        assert in_force == [device.stored()["refresh_token"]], waits
        sleeps_too_long(device)


class NoMemory(MemoryError):
    pass


def test_a_shortage_of_memory_costs_no_later_call_its_outcome():
    for kind in (Client, AsyncClient):
        device = unconfirmed(kind, FIREWALL, MANY)
        device.world.fail("ConfirmDevice", NoMemory())
        assert device.call("GetUser")["Username"] == "alice"
        assert not is_confirmed(device)
        assert device.access_token() and is_confirmed(device)


def test_a_token_at_hand_waits_for_no_sign_ins_confirmation():
    device = Device(World(None, True), AsyncClient)

    async def main():
        task = asyncio.create_task(device.client.sign_in("alice", "pw-of-alice"))
        while not device.client.signed_in:
            await asyncio.sleep(0)
        assert await device.client.access_token() and not is_confirmed(device)
        await task

    turned(2000, main())
    assert is_confirmed(device)


# What was replaced is revoked


def test_a_revocation_that_failed_is_tried_again_at_later_calls():
    for kind in (Client, AsyncClient):
        for fault in PASSING:
            for tracks in (False, True):
                device = alice(None, tracks, kind)
                old = device.stored()["refresh_token"]
                for _ in range(MANY):
                    device.world.fail("RevokeToken", fault)
                device.sign_in("bob", "pw-of-bob")
                device.world.faults = []
                if fault != LOST_REPLY:
                    assert device.world.in_force(old)
                raises(CognitoError, device.sign_in, "carol", "wrong")
                assert not device.world.in_force(old) and device.in_force()
                assert not device.client.left
                asked = len(device.world.log)
                device.access_token()
                assert len(device.world.log) == asked


def test_a_revocation_that_is_refused_for_good_is_not_tried_again():
    device = alice(None, False)
    device.world.fail("RevokeToken", ("UnsupportedOperationException", "Token revocation is not enabled"))
    device.sign_in("bob", "pw-of-bob")
    assert not device.client.left
    device.access_token()
    assert "RevokeToken" not in device.world.operations()


def test_what_is_kept_to_be_revoked_is_a_few():
    device = alice(None, False)
    for _ in range(300):
        device.world.fail("RevokeToken", THROTTLE)
    for _ in range(10):
        device.sign_in("bob", "pw-of-bob")
    assert len(device.client.left.replaced) == 3
    device.world.faults = []
    device.world.clock.pass_time(16)
    device.access_token()
    assert not device.client.left and device.in_force()


# A sign-out


def test_a_sign_out_that_the_service_was_not_told_of_says_so_and_keeps_nothing():
    for kind in (Client, AsyncClient):
        for everywhere in (False, True):
            for replaces in (False, True):
                device = alice(None, True, kind)
                for _ in range(MANY):
                    device.world.fail("RevokeToken", THROTTLE)
                    device.world.fail("GlobalSignOut", THROTTLE)
                if replaces:
                    device.sign_in("bob", "pw-of-bob")
                assert device.sign_out(everywhere=everywhere) is False
                device.world.faults = []
                asked = len(device.world.log)
                raises(NotSignedIn, device.access_token)
                assert not device.client.left and not device.client.cache and len(device.world.log) == asked


def test_a_sign_out_revokes_what_was_replaced_too():
    for kind in (Client, AsyncClient):
        for everywhere in (False, True):
            device = alice(None, True, kind)
            for _ in range(MANY):
                device.world.fail("RevokeToken", LOST_REQUEST)
            device.sign_in("bob", "pw-of-bob")
            device.world.faults = []
            assert device.sign_out(everywhere=everywhere) is True
            assert not [token for token in device.world.tokens if device.world.in_force(token)]


def test_a_sign_out_that_is_cancelled_is_told_all_the_same():
    for waits in range(1, 8):
        device = alice(None, False, AsyncClient)

        async def main(device=device, waits=waits):
            task = await begun(device.client.sign_out(), waits)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
            await device.client.settle()

        turned(500, main())
        if not device.stored():
            assert not [token for token in device.world.tokens if device.world.in_force(token)], waits
