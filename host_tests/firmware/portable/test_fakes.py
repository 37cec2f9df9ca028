"""No fake of the application takes a call or an argument that what it stands for refuses."""

from checks import Skip, raises
from cognito_app import fault_log, hardware, ppp, sntp, wifi_link
from fake_device import FakeFaults, FakeFullSpeed, FakeLink, FakeTimeServer
from fakes import FakeClock, FakeMemory
from port_models import boards

try:
    import inspect
except ImportError:
    inspect = None

# What a test tells the fake itself, and no program calls.
_TESTS_OWN = (
    "up",
    "reachable",
    "tries",
    "downs",
    "recorded",
    "times",
    "now",
    "clock",
    "wrong",
    "asked",
    "data",
    "space",
)
STANDS_FOR = (
    (FakeLink(FakeClock()), wifi_link.WifiLink),
    (FakeLink(FakeClock()), ppp.PppLink),
    (FakeLink(FakeClock()), hardware.ComputersLink),
    (FakeFaults(), fault_log.FaultLog),
    (FakeTimeServer(FakeClock()), sntp.TimeServers),
    (FakeFullSpeed(), hardware.FullSpeed),
)


def _calls(thing) -> list:
    return [name for name in dir(thing) if not name.startswith("_") and name not in _TESTS_OWN]


def test_what_a_fake_is_asked_its_original_knows():
    for fake, original in STANDS_FOR:
        for name in _calls(fake):
            assert hasattr(original, name), (original, name)


def test_with_the_same_arguments():
    if inspect is None or not hasattr(inspect, "signature"):
        raise Skip("no inspect.signature on this Python")
    for fake, original in STANDS_FOR:
        for name in _calls(fake):
            found = list(inspect.signature(getattr(fake, name)).parameters)
            real = list(inspect.signature(getattr(original, name)).parameters)[1:]  # self
            assert found == real, (original, name, found, real)


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
