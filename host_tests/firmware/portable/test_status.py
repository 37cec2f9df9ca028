"""Words for the time that is left, and the LED's patterns."""

from checks import raises
from cognito_app import status_led
from cognito_app.status import STATES, Status, time_left
from fake_device import FakeDevice, run


def test_time_left():
    assert time_left(0) == ("0", "s") and time_left(99) == ("99", "s") and time_left(100) == ("1", "min")
    assert time_left(3600) == ("60", "min") and time_left(5999) == ("99", "min") and time_left(6000) == ("1", "h")
    assert time_left(86400) == ("24", "h") and time_left(30 * 86400) == ("30", "days")


def test_time_is_never_below_nothing():
    assert Status(STATES[0], "", -5).seconds_left == 0


def test_every_state_blinks_in_its_own_way():
    assert set(status_led.PATTERNS) == set(STATES)
    assert len(set(status_led.PATTERNS.values())) == len(STATES)
    for pattern in status_led.PATTERNS.values():
        assert len(pattern) % 2 == 0, "it ends dark"


def test_the_led_follows_the_state():
    class Enough(Exception):
        pass

    device = FakeDevice(signed_in=False)
    lit: list = []
    slept: list = []

    async def sleep(seconds):
        slept.append(seconds)
        if len(slept) == 3:
            await device.keeper.sign_in("alice", "pw")
        if len(slept) == 5:
            raise Enough

    raises(Enough, run, status_led.run(lit.append, device.keeper, sleep))
    assert lit == [1, 0, 1, 1, 0]
    assert slept == [0.1, 0.2, 0.1, 0.05, 4.95]
