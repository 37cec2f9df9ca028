"""When the page is opened, and that nothing of it is left in RAM."""

import sys

from cognito_app import page_watch
from cognito_app.page_watch import PageWatch
from fake_device import FakeDevice, run


class Enough(Exception):
    """The test has seen what it wanted."""


class FakePage:
    """A SignInPage that only counts what it is told."""

    def __init__(self) -> None:
        self.sessions_ended = 0

    def session_has_ended(self) -> None:
        self.sessions_ended += 1


def opened(device, at_start=True, pressed=None, seconds=30, each=None, page=None) -> list:
    """When the page was opened within `seconds`: the seconds since the start. each(): awaited at each look."""
    start = device.clock.true_ms
    times: list = []

    async def open_page() -> None:
        times.append((device.clock.true_ms - start) // 1000)
        device.clock.pass_time(5)

    async def sleep(length: float) -> None:
        device.clock.pass_time(length)
        if each:
            await each()
        if device.clock.true_ms - start > seconds * 1000:
            raise Enough

    is_down = pressed and (lambda: pressed(device.clock.true_ms - start))
    watch = PageWatch(device.keeper, open_page, sleep, at_start, is_down)
    watch.page = page
    try:
        run(watch.run())
    except Enough:
        pass
    assert not watch.is_open
    return times


def test_without_a_session_it_opens_once():
    assert opened(FakeDevice(signed_in=False)) == [0]


def test_with_a_session_it_stays_closed():
    assert opened(FakeDevice()) == []


def test_a_wake_by_itself_opens_nothing():
    assert opened(FakeDevice(signed_in=False), at_start=False) == []


def test_a_session_that_ends_opens_it():
    device, page = FakeDevice(), FakePage()
    device.step()

    async def ends_after_an_hour() -> None:
        if device.link.up:
            device.cognito.end_sessions()
            device.clock.pass_time(3600)
            await device.keeper.step()
            device.link.up = False

    assert opened(device, each=ends_after_an_hour, seconds=5000, page=page)[0] >= 3600
    assert page.sessions_ended == 1, "whoever comes next need not know the access point's password"
    page = FakePage()
    opened(FakeDevice(signed_in=False), page=page)
    assert page.sessions_ended == 0, "a start without a session does not end one"


def test_the_button_held_at_power_up_and_for_two_seconds_later():
    assert opened(FakeDevice(), pressed=lambda ms: ms < 100) == [0]
    assert opened(FakeDevice(), pressed=lambda ms: 5000 < ms < 6000) == []
    assert opened(FakeDevice(), pressed=lambda ms: 5000 < ms < 9000)[0] in (6, 7)
    assert len(opened(FakeDevice(), pressed=lambda ms: 5000 < ms < 25000)) == 1, "one press is one"


def test_nothing_of_it_stays_in_ram():
    from cognito_app.sign_in_page import conversation

    assert conversation
    page_watch.forget()
    assert not [name for name in sys.modules if "sign_in_page" in name]
    from cognito_app.sign_in_page import forms  # and it can be had again

    assert forms.FORMS


def test_watching_costs_nothing_while_nothing_happens():
    """It looks five times a second: no token is decoded, and no flash is read."""
    device = FakeDevice()
    device.step()
    device.store.loads = 0
    asked: list = []
    status = device.keeper.status
    device.keeper.status = lambda: asked.append(1) or status()
    assert opened(device) == [] and not asked and not device.store.loads
