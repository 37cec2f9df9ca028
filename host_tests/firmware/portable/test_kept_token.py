"""A wake with a token that is still good touches no network; one that might be dead is not believed."""

from cognito_mp.stores.ram import RamStore
from fake_device import FakeDevice, FakeMemory, FakeWorld, run
from kept_token import KeptToken
from status import CONNECTING, OFFLINE, SIGNED_IN


def woken(asleep: int):
    """A device that refreshed, slept for `asleep` seconds, and woke."""
    device = FakeDevice()
    device.step()
    device.cognito.requests = device.link.tries = device.time_server.asked = 0
    device.world.pass_time(asleep)
    device.start()
    return device


def untouched(device) -> bool:
    return not (device.cognito.requests or device.link.tries or device.time_server.asked)


def test_a_wake_with_a_good_token_touches_no_network():
    device = woken(900)
    assert device.state == SIGNED_IN
    assert run(device.keeper.access_token()) == "access-1"
    device.step()
    assert untouched(device)
    assert 3600 - 910 < device.keeper.seconds_left <= 2700 and device.keeper.status().life == 3600


def test_a_wake_waits_until_the_token_is_due():
    device = woken(900)
    assert device.step() > 60


def test_a_wake_with_a_token_that_is_due_refreshes():
    device = woken(3200)
    assert device.state == CONNECTING
    device.step()
    assert device.state == SIGNED_IN and device.cognito.requests == 1


def test_a_wake_while_everything_is_down_keeps_the_session():
    device = woken(3700)
    device.link.reachable = False
    device.step()
    assert device.state == OFFLINE and device.store.load()


def test_a_clock_that_lost_the_time_distrusts_the_token():
    device = woken(900)
    device.world.unset()
    assert device.kept.load() is None
    device.start()
    assert device.state == CONNECTING


def test_a_clock_that_was_stepped_back_distrusts_the_token():
    device = woken(900)
    device.world.error = -901
    assert device.kept.load() is None


def test_a_token_of_another_session_is_not_believed():
    device = woken(60)
    assert device.kept.load()
    device.store.save(b"somebody else's refresh token")
    assert device.kept.load() is None


def test_a_session_that_is_gone_takes_its_token_along():
    device = woken(60)
    device.store.erase()
    device.start()
    assert device.state != SIGNED_IN


def test_memory_that_was_never_written_or_was_garbled_is_no_token():
    device = woken(60)
    good = device.memory()
    for data in (b"", b"\xff" * 2048, good[:40], good[:-1], good + b"x", b"x" + good[1:], good[:50] + b"z" + good[51:]):
        device.memory(data)
        assert device.kept.load() is None
    device.memory(good)
    assert device.kept.load()


def test_a_port_without_such_memory_keeps_nothing():
    kept = KeptToken(None, RamStore(), FakeWorld())
    kept.save("token", 100, 200, 300)
    assert kept.load() is None
    kept.erase()


def test_a_token_that_is_larger_than_the_memory_is_not_kept():
    memory = FakeMemory(room=1000)
    kept = KeptToken(memory, RamStore(), FakeWorld())
    kept.save("a" * 100, 100, 200, 300)
    assert kept.load()
    kept.save("b" * 1100, 100, 200, 300)
    assert kept.load() is None and memory() == b""


def test_a_token_of_real_size_fits_in_esp32s_memory():
    memory = FakeMemory(room=2048)
    kept = KeptToken(memory, RamStore(), FakeWorld())
    kept.save("a" * 1900, 100, 200, 300)
    assert kept.load() == ("a" * 1900, 100, 200, 300)


def test_nothing_is_kept_by_a_clock_that_is_not_set():
    world = FakeWorld()
    world.unset()
    memory = FakeMemory()
    KeptToken(memory, RamStore(), world).save("token", 100, 200, 300)
    assert memory() == b""
