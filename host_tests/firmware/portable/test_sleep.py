"""A wake with a token that is still good touches no network; one that might be dead is not believed.

host_tests/portable/test_sleep_memory.py has what is kept, and when it is believed.
"""

from cognito_app.status import CONNECTING, OFFLINE, SIGNED_IN
from fake_device import FakeDevice


def woken(asleep: int):
    """A device that refreshed, slept for `asleep` seconds, and woke."""
    device = FakeDevice()
    device.step()
    device.cognito.requests = device.link.tries = device.time_server.asked = 0
    device.clock.pass_time(asleep)
    device.start()
    return device


def untouched(device) -> bool:
    return not (device.cognito.requests or device.link.tries or device.time_server.asked)


def test_a_wake_with_a_good_token_touches_no_network():
    device = woken(900)
    assert device.state == SIGNED_IN
    assert device.access_token() in device.cognito.dead_at
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
    assert device.state == OFFLINE and device.has_session


def test_a_clock_that_lost_the_time_distrusts_the_token():
    device = woken(900)
    device.clock.unset()
    device.start()
    assert device.state == CONNECTING


def test_a_clock_that_was_stepped_back_distrusts_the_token():
    device = woken(900)
    device.clock.error = -901
    device.start()
    assert device.state == CONNECTING


def test_a_session_that_is_gone_takes_its_token_along():
    device = woken(60)
    device.store.erase()
    device.start()
    assert device.state != SIGNED_IN


def test_a_port_without_such_memory_refreshes():
    device = FakeDevice()
    device.memory = None
    device.start()
    device.step()
    device.clock.pass_time(60)
    device.start()
    assert device.state == CONNECTING
