"""A week of faults at random, the same ones on every Python: the session lives, and no dead token is handed out."""

from fake_device import FakeDevice
from fake_faults import live_through
from status import SIGNED_IN

HOUR = 3600


def test_a_week_of_faults():
    for seed in (3, 1415, 92653):
        device = FakeDevice(seed=seed)
        device.cognito.rotates = seed % 2 == 1
        faults = []
        while sum(fault[1] for fault in faults) < 7 * 24 * HOUR:
            faults.append((device.world.random(8), 60 + device.world.random(5 * HOUR)))
        live_through(device, faults)
        assert device.cognito.requests < 7 * 24 * 20, "no storm of requests"


def test_a_month_with_no_fault_asks_as_seldom_as_it_can():
    device = FakeDevice()
    device.live(30 * 24 * HOUR)
    assert device.state == SIGNED_IN
    assert 30 * 24 / 0.86 < device.cognito.requests < 30 * 24 / 0.64
    assert device.link.tries == 1
