"""One opening of the sign-in page over each port's radio: what comes up, and what is left after each way out."""

import asyncio

from checks import raises
from cognito_app.own_settings import OwnSettings
from cognito_app.sign_in_page import opening
from cognito_app.sign_in_page.access_point import AccessPoint
from cognito_app.sign_in_page.gate import Gate, Tries
from cognito_app.sign_in_page.place import Place
from cognito_mp.stores.ram import RamStore
from fake_browser import bytes_in_a_row
from fake_device import FakeDevice, run
from port_models.radio import Network
from stand_in_server import StandInServer
from test_wifi_link import KINDS, linked


class Ended(Exception):
    pass


async def ended() -> None:
    raise Ended


class Opening:
    """A device with `kind`'s radio, and its page."""

    def __init__(self, kind, version) -> None:
        self.model, self.link = linked(kind, version, home=Network("wifi-secret"))
        self.device = FakeDevice(signed_in=False)
        self.device.link = self.link
        self.device.start()
        self.keeper = self.device.keeper
        self.point = AccessPoint(self.model.network.WLAN(1), 3, self._password, b"\x2a\x2b")
        self.sockets = self.model.sockets
        self.told: list = []
        self.passwords: list = []  # whether random numbers could be guessed when each was made
        self.server = None
        self.each = None  # async, at each look of the page

    def _password(self) -> str:
        self.passwords.append(self.model.random_is_weak() if hasattr(self.model, "random_is_weak") else False)
        return "its-password"

    def _server(self, site):
        self.server = StandInServer(site)
        return self.server

    async def _sleep(self, seconds) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        self.device.clock.pass_time(seconds)
        if self.each and seconds == 0.5:
            await self.each()

    def page(self):
        self.place = Place(self.link, 80, Gate("493817", Tries()), self.device.clock, self.point)
        place = self.place
        own = OwnSettings(RamStore(), bytes_in_a_row())
        more = (False, True), self.device.clock, self._sleep, bytes_in_a_row(), self.device.faults, self.told.append
        return opening.open_page(place, self.keeper, self.link, own, *more, self._server, self.sockets)

    def is_as_before(self) -> bool:
        """No access point, no listener, no socket, and the station gets to the internet."""
        assert not self.model.network.ap_up and not self.sockets.open and not self.keeper.leave_link_down
        assert self.told[-1:] == [None] and (self.server is None or self.server.is_stopped)
        run(self.link.connect())
        return self.model.network.route == "station"


def openings():
    return [Opening(kind, version) for kind, version in KINDS]


def test_the_device_is_online_while_the_page_is_open():
    for opened in openings():
        looks: list = []

        async def each(opened=opened, looks=looks) -> None:
            radio = opened.model.network
            looks.append((radio.ap_up, radio.route))
            if len(looks) == 1:
                await opened.keeper.connect()
            if len(looks) == 3:
                raise Ended

        opened.each = each
        raises(Ended, run, opened.page())
        assert looks[-1] == (True, "station")
        assert opened.server.addresses == [("192.168.4.1", 80)] and opened.server.is_stopped
        assert opened.is_as_before()


def test_its_password_is_made_once_the_radio_makes_random_numbers():
    for opened in openings():
        opened.each = ended
        raises(Ended, run, opened.page())
        assert opened.passwords == [False]


def test_the_devices_own_network_is_left_again_when_nobody_with_the_code_is_there():
    for opened in openings():
        looks: list = []

        async def each(opened=opened, looks=looks) -> None:
            looks.append(list(opened.server.listening))
            if len(looks) == 1:
                await opened.keeper.connect()
                assert opened.place.url_with_code == "", "Improv has not asked"
                opened.place.used_on_network()
                assert opened.place.url_with_code == "http://192.168.1.20/?code=493817"
            if len(looks) == 3:
                assert "192.168.1.20" in opened.server.site.hosts
                opened.device.clock.pass_time(181)
            if len(looks) == 5:
                assert "192.168.1.20" not in opened.server.site.hosts
                raise Ended

        opened.each = each
        raises(Ended, run, opened.page())
        assert [len(listening) for listening in looks] == [1, 2, 2, 1, 1], looks
        assert opened.is_as_before()


def test_ten_wrong_codes_close_the_network_and_never_the_access_point():
    for opened in openings()[::3]:
        looks: list = []

        async def each(opened=opened, looks=looks) -> None:
            looks.append(list(opened.server.listening))
            if len(looks) == 1:
                await opened.keeper.connect()
                opened.place.used_on_network()
            if len(looks) == 3:
                for _ in range(10):
                    assert not opened.place.gate.open_for("0" * 32, "000000")
                assert not opened.place.gate.open_for("0" * 32, "493817"), "nor the right one then"
            if len(looks) == 4:
                opened.place.used_on_network()  # Improv asks on
            if len(looks) == 6:
                raise Ended

        opened.each = each
        raises(Ended, run, opened.page())
        assert looks[2:] == [["192.168.4.1", "192.168.1.20"]] + [["192.168.4.1"]] * 3, looks
        assert opened.is_as_before()


def test_ten_minutes_without_use():
    for opened in openings()[::3]:
        run(opened.page())
        assert not opened.server.was_dropped and opened.is_as_before()


def test_a_port_that_can_not_be_had():
    for opened in openings():

        def broken(site, opened=opened):
            raise OSError(98, "address in use")

        opened._server = broken
        raises(OSError, run, opened.page())
        assert opened.is_as_before()


def test_a_name_server_that_can_not_be_had_costs_no_page():
    for opened in openings():
        others = [opened.sockets.socket(2, 2) for _ in range(opened.sockets.most_udp)]
        opened.each = ended
        raises(Ended, run, opened.page())
        for other in others:
            other.close()
        assert opened.server.addresses and opened.is_as_before()


def test_cancelled():
    for opened in openings():

        async def cancelled(opened=opened) -> None:
            task = asyncio.create_task(opened.page())
            for _ in range(20):
                await asyncio.sleep(0)
            assert opened.model.network.ap_up
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass

        run(cancelled())
        assert opened.is_as_before()


def test_cancelled_while_somebody_else_has_the_link():
    for opened in openings():

        async def busy(opened=opened) -> None:
            task = asyncio.create_task(opened.page())
            for _ in range(20):
                await asyncio.sleep(0)
            release = asyncio.Event()
            other = asyncio.create_task(opened.keeper.alone(release.wait))
            await asyncio.sleep(0)
            for _ in range(2):  # the first ends the page, which then waits for the link; the second ends that
                task.cancel()
                for _ in range(5):
                    await asyncio.sleep(0)
            assert not opened.model.network.ap_up
            release.set()
            await other

        run(busy())
        assert opened.is_as_before()


def test_ctrl_c_in_whose_wake_nothing_can_be_awaited():
    """The outermost coroutine is closed, and the loop does not turn: see live() in app.py."""
    for opened in openings():

        async def begun(opened=opened):
            page = opened.page()
            task = asyncio.create_task(page)
            for _ in range(20):
                await asyncio.sleep(0)
            assert opened.model.network.ap_up
            return page, task

        page, task = run(begun())
        page.close()
        assert not opened.model.network.ap_up and opened.server.was_dropped
        assert opened.is_as_before()


def test_a_radio_that_can_not_open_it_is_told_and_left_as_it_was():
    for opened in openings():
        opened.model.network.WLAN(1).config = lambda *words, **settings: "" if words else None
        assert "does not take the name" in str(raises(OSError, run, opened.page()))
        assert opened.is_as_before()
