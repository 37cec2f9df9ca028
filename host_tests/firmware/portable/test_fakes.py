"""No fake of the application takes a call, an order or an argument that what it stands for refuses."""

import asyncio
import errno
import os

from checks import Skip, raises
from cognito_app import fault_log, hardware, page_watch, ppp, sntp, wifi_link
from cognito_app.settings import Settings
from cognito_app.sign_in_page import place
from fake_browser import HostAlone
from fake_device import FakeFaults, FakeFullSpeed, FakeLink, FakeTimeServer, run
from fakes import FakeClock, FakeMemory
from port_models import boards, sockets
from port_models.radio import Network
from stand_in_server import StandInServer
from test_console import FakePlace
from test_hardware import FakeSettings
from test_page_watch import FakePage
from test_sntp import FakeUdp
from test_wifi_link import linked

try:
    import inspect
except ImportError:
    inspect = None

_HERE = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."


class Udp(sockets.Sockets, sockets.Socket):
    """FakeUdp is a module and its one socket."""


# Each fake, what it stands for, and what of it is for a test to set or to look at, and no program's to call.
STANDS_FOR = (
    (FakeLink(FakeClock()), wifi_link.WifiLink, ("clock", "reachable", "up", "tries", "downs")),
    (FakeLink(FakeClock()), ppp.PppLink, ("clock", "reachable", "up", "tries", "downs")),
    (FakeLink(FakeClock()), hardware.ComputersLink, ("clock", "reachable", "up", "tries", "downs")),
    (FakeFaults(), fault_log.FaultLog, ("recorded",)),
    (FakeTimeServer(FakeClock()), sntp.TimeServers, ("clock", "up", "wrong", "asked")),
    (FakeFullSpeed(), hardware.FullSpeed, ("times", "now")),
    (FakePage(), page_watch.SignInPage, ("sessions_ended",)),
    (FakePlace(), place.Place, ()),
    (HostAlone(), place.Place, ("used", "gate")),  # an attribute of the original's objects, not of the class
    (FakeUdp(), Udp, ("asked", "found", "answers", "closed", "query")),
    (FakeSettings(), Settings({"region": "eu-west-1", "client_id": "x", "wifi_ssid": "x"}, ""), ()),
)
# Fakes that stand for nothing of the application's or of a port's, and why.
ITS_OWN = {
    "FakeDevice": "all of a device, made of other fakes",
    "FakeWifi": "the application's own WifiLink over the model of an ESP32",
    "FakePlace": "in fake_browser: the application's own Site on a FakeDevice",
    "FakeCognito": "the service: host_tests/portable/pool_world.py",
    "FakeNetwork": "draw_screens: a link for pictures",
    "FakeRadio": "draw_screens: an access point for pictures",
    "FakeI2c": "machine.I2C, for which there is no model",
    "FakePpp": "the module ppp_link of a maker's",
    "FakeApi": "a maker's API",
    "FakeMqttClient": "umqtt.simple's",
    "FakeModule": "umqtt.simple",
}


def _calls(thing, tests_own) -> list:
    return [name for name in dir(thing) if not name.startswith("_") and name not in tests_own]


def refused(fake, original, tests_own) -> list:
    """What `fake` takes, and `original` does not."""
    found = []
    for name in _calls(fake, tests_own):
        if not hasattr(original, name):
            found.append(name)
        elif inspect is not None and hasattr(inspect, "signature") and callable(getattr(fake, name)):
            mine, theirs = _parameters(getattr(fake, name)), _parameters(getattr(original, name))
            if isinstance(original, type) and not isinstance(original.__dict__.get(name), staticmethod):
                theirs = theirs[1:]  # self
            found += [] if mine == theirs else [f"{name}{mine} for {theirs}"]
    return found


def _parameters(call) -> list:
    """(name, may be left out) of each."""
    every = inspect.signature(call).parameters.values()
    return [(one.name, one.default is not one.empty or one.kind == one.VAR_POSITIONAL) for one in every]


def test_a_fake_takes_no_call_and_no_argument_that_its_original_refuses():
    for fake, original, tests_own in STANDS_FOR:
        assert refused(fake, original, tests_own) == [], (fake, original)


def test_the_pages_server_takes_what_its_stand_in_takes():
    try:
        from cognito_app.sign_in_page.server import Server
    except ImportError:
        raise Skip("no microdot on this Python")  # noqa: B904
    own = "site", "addresses", "listening", "is_stopped", "was_dropped"
    assert refused(StandInServer(None), Server, own) == []


def test_each_fake_is_looked_at():
    known = {type(fake).__name__ for fake, _, _ in STANDS_FOR} | {"StandInServer"} | set(ITS_OWN)
    for name in os.listdir(_HERE):
        if name.endswith(".py"):
            with open(_HERE + "/" + name) as file:
                for line in file:
                    if line.startswith(("class Fake", "class StandIn")):
                        assert line[6:].split("(")[0].split(":")[0] in known, (name, line)


def test_a_fake_that_is_widened_is_seen():
    class MoreCalls(FakeLink):
        def reconnect(self) -> None:
            pass

    class MoreArguments(FakeLink):
        async def connect(self, timeout_s: int = 20) -> None:
            pass

    own = ("clock", "reachable", "up", "tries", "downs")
    assert refused(MoreCalls(FakeClock()), wifi_link.WifiLink, own) == ["reconnect"]
    if inspect is not None and hasattr(inspect, "signature"):
        assert refused(MoreArguments(FakeClock()), wifi_link.WifiLink, own)


def _what_comes_of(link, goes_away, comes_back) -> list:
    """Of the same calls, in the same order, on any link."""
    found: list = []

    def call(action, *words) -> None:
        try:
            result = action(*words)
            found.append(result if isinstance(result, bool) else run(result) if result else None)
        except OSError:
            found.append("OSError")

    call(link.is_up)
    for change in (comes_back, goes_away, comes_back):
        change()
        for action in (
            link.is_up,
            link.connect,
            link.is_up,
            link.connect,
            link.down,
            link.down,
            link.is_up,
            link.connect,
        ):
            call(action)
    goes_away()
    call(link.is_up)
    return found


def test_in_any_order_a_link_is_as_wifi_is():
    for kind in (boards.ESP32, boards.PicoW):
        model, wifi = linked(kind, home=Network("wifi-secret"))
        home = model.air.networks["home"]

        def goes_away(model=model) -> None:
            model.air.networks.clear()
            if model.network.network:
                model.network.lose()

        def comes_back(model=model, home=home) -> None:
            model.air.networks["home"] = home

        fake = FakeLink(FakeClock())

        def reach(is_there, fake=fake) -> None:
            fake.reachable = is_there

        real = _what_comes_of(wifi, goes_away, comes_back)
        assert _what_comes_of(fake, lambda: reach(False), lambda: reach(True)) == real, kind  # noqa: B023


def test_a_time_server_is_as_one_over_a_boards_sockets():
    for kind in (boards.ESP32, boards.PicoW):
        model = kind()
        board, fake = model.sockets, FakeTimeServer(FakeClock())
        board.radio = None
        board.names["time.example"] = "192.0.2.1"
        servers = sntp.TimeServers(["time.example"], model.clock.sleep, 123, _over(board, model.chip.platform))
        true = (model.clock.true + 2208988800).to_bytes(4, "big") + bytes(4)
        board.answer = lambda query, peer: b"\x24\x02" + bytes(22) + query[40:48] + bytes(8) + true  # noqa: B023
        assert run(servers.ask()) == run(fake.ask()) == model.clock.true
        board.answer = lambda query, peer: None
        fake.up = False
        for ask, clock in ((servers.ask, model.clock), (fake.ask, fake.clock)):
            start = clock.true_ms
            error = raises(OSError, run, ask())
            assert error.errno in (errno.ETIMEDOUT, 116), error
            assert clock.true_ms - start == 4000


def _over(board, platform: str):
    async def ask(host, sleep, port) -> int:
        async def sleep_on(seconds) -> None:
            await asyncio.sleep(0)
            await sleep(seconds)

        return await sntp.ask(host, sleep_on, port, socket=board, platform=platform)

    return ask


def test_the_memory_refuses_what_a_chips_does():
    fake, chips = FakeMemory(), boards.ESP32().chip.machine.RTC().memory
    for memory in (fake, chips):
        assert memory() == b""
        memory(bytes(2048))
        raises(ValueError, memory, bytes(2049))
        assert len(memory()) == 2048


def test_the_clock_is_that_of_a_board():
    for kind in boards.ALL:
        clock = kind().clock
        assert isinstance(clock, FakeClock)
