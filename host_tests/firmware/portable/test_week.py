"""A week of faults at random, the same ones on every Python: the session lives, and no dead token is handed out."""

from cognito_app.status import NEEDS_SIGN_IN, OFFLINE, SESSION_OVER, SIGNED_IN
from fake_device import FakeDevice
from fake_faults import live_through

HOUR = 3600


def test_a_week_of_faults():
    for seed in (3, 1415, 92653):
        device = FakeDevice(seed=seed, grace=60 if seed % 2 == 1 else None)
        faults = []
        while sum(fault[1] for fault in faults) < 7 * 24 * HOUR:
            faults.append((device.clock.draw(8), 60 + device.clock.draw(5 * HOUR)))
        live_through(device, faults)
        assert device.cognito.requests < 7 * 24 * 20, "no storm of requests"


def test_ten_days_with_no_fault_asks_as_seldom_as_it_can():
    device = FakeDevice()
    device.live(10 * 24 * HOUR)
    assert device.state == SIGNED_IN
    assert 10 * 24 / 0.86 < device.cognito.requests < 10 * 24 / 0.64
    assert device.link.tries == 1


def test_days_in_which_replies_get_lost():
    device = FakeDevice(seed=7, grace=60)
    for day in range(4):
        for fault in ("reply lost", None, "down", None, "no route", None):
            device.cognito.error = {"down": (500, "InternalErrorException", ""), "no route": OSError(113)}.get(fault)
            # Within the grace: a device that gets no reply for longer than that can't know the new token.
            device.cognito.lost_replies = fault == "reply lost"
            device.live(40 if device.cognito.lost_replies else 1800 + device.clock.draw(4 * HOUR))
            assert device.has_session and device.state not in (NEEDS_SIGN_IN, SESSION_OVER), (day, fault)
            if fault is None:
                assert device.state == SIGNED_IN
    assert device.cognito.requests > 30


def test_a_secret_that_was_changed_ends_nothing():
    device = FakeDevice()
    device.cognito.error = (400, "NotAuthorizedException", "SecretHash does not match for the client")
    device.live(2 * HOUR)
    assert device.state == OFFLINE and device.has_session and "SecretHash" in device.keeper.status().detail
