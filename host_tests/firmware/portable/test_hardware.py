"""The module hardware over fake modules: what differs between ports ends there."""

import errno
import sys

from checks import Skip, raises
from cognito_app.settings import SettingsError
from fake_device import run

try:
    import framebuf
except ImportError:
    framebuf = None


class FakeRtc:
    set_to = None

    def datetime(self, value) -> None:
        FakeRtc.set_to = value


class FakeRtcWithMemory(FakeRtc):
    kept = b""

    def memory(self, data=None):
        if data is None:
            return FakeRtcWithMemory.kept
        FakeRtcWithMemory.kept = data


class FakePin:
    OUT = 1

    def __init__(self, name, mode=None, pull=None) -> None:
        self.name = name
        self.lit = None

    def __call__(self, value) -> None:
        self.lit = value


class FakeI2c:
    def __init__(self, number, freq, sda=None, scl=None) -> None:
        self.pins = sda and sda.name, scl and scl.name
        self.sent: list = []

    def writeto(self, address, data) -> None:
        self.sent.append((address, bytes(data)))

    def writevto(self, address, parts) -> None:
        self.sent.append((address, b"".join(bytes(part) for part in parts)))


class FakeMachine:
    RTC = FakeRtc
    Pin = FakePin
    I2C = FakeI2c

    def __init__(self) -> None:
        self.slept: list = []

    def lightsleep(self, ms: int) -> None:
        self.slept.append(("light", ms))

    def deepsleep(self, ms: int) -> None:
        self.slept.append(ms)


class FakeWlan:
    def __init__(self, interface) -> None:
        self.interface = interface
        self.code = 0

    def isconnected(self) -> bool:
        return False

    def active(self, on) -> None:
        pass

    def connect(self, ssid, password) -> None:
        pass

    def disconnect(self) -> None:
        pass

    def status(self) -> int:
        return 202


class FakeNetwork:
    STA_IF = 0
    STAT_WRONG_PASSWORD = 202
    WLAN = FakeWlan

    def __init__(self) -> None:
        self.countries: list = []

    def country(self, code) -> None:
        self.countries.append(code)


class FakePpp:
    """The module ppp_link, and its link: begins, goes on, is there."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.up = False

    def connect(self, timeout_s):
        assert timeout_s == 0
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise OSError(answer, "ppp")
        self.up = True
        return self

    def isconnected(self) -> bool:
        return self.up


class FakeAsyncio:
    def __init__(self) -> None:
        self.slept = 0

    async def sleep(self, seconds) -> None:
        self.slept += seconds


class FakeSettings:
    wifi_country = "DE"

    @staticmethod
    def networks() -> list:
        return [("home", "wifi-secret")]

    led = button = screen = i2c_sda = i2c_scl = None


def imported(network=None, ppp=None):
    """The module hardware, imported over fake modules."""
    machine = FakeMachine()
    sys.modules["machine"] = machine  # ty: ignore
    from cognito_app import hardware

    hardware.machine, hardware.network, hardware.ppp_link = machine, network, ppp
    hardware.HAS_WIFI = hasattr(network, "WLAN")
    hardware.asyncio = FakeAsyncio()
    return hardware


def test_the_clock_is_set_in_the_boards_own_words():
    hardware = imported()
    hardware.set_time(1800000000)
    assert FakeRtc.set_to == (2027, 1, 15, 4, 8, 0, 0, 0)


def test_a_board_that_counts_from_2000():
    hardware = imported()

    class Time2000:
        @staticmethod
        def gmtime(seconds):
            import time

            return time.gmtime(seconds + 946684800)

    real, hardware.time = hardware.time, Time2000
    try:
        hardware.set_time(1800000000)
    finally:
        hardware.time = real
    assert FakeRtc.set_to == (2027, 1, 15, 4, 8, 0, 0, 0)


def test_a_board_without_a_clock_to_set_goes_on():
    hardware = imported()
    hardware.machine = object()
    hardware.set_time(1800000000)
    assert hardware.deep_sleep_memory() is None


def test_memory_where_the_port_has_it():
    hardware = imported()
    assert hardware.deep_sleep_memory() is None
    hardware.machine.RTC = FakeRtcWithMemory
    memory = hardware.deep_sleep_memory()
    memory(b"kept")
    assert memory() == b"kept"


class FakeFrequency:
    """machine.freq() of a chip that can run at `possible`."""

    def __init__(self, *possible):
        self.possible = possible
        self.asked = [160000000]

    def freq(self, hertz=None):
        if hertz is None:
            return self.asked[-1]
        if hertz not in self.possible:
            raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz")
        self.asked.append(hertz)


def at_full_speed(platform, machine):
    """What the frequency was inside and after, though the arithmetic failed."""
    hardware = imported()

    class System:
        pass

    System.platform = platform
    hardware.machine, real, hardware.sys = machine, hardware.sys, System
    try:
        with hardware.FullSpeed():
            inside = machine.freq()
            raise OSError
    except OSError:
        return inside, machine.freq()
    finally:
        hardware.sys = real


def test_an_esp32_is_fast_for_as_long_as_it_proves_a_password():
    esp32 = FakeFrequency(160000000, 240000000)
    assert at_full_speed("esp32", esp32) == (240000000, 160000000)
    assert esp32.asked == [160000000, 240000000, 160000000]


def test_a_chip_that_has_no_240_mhz_stays_as_it_is():
    assert at_full_speed("esp32", FakeFrequency(80000000, 160000000)) == (160000000, 160000000)
    assert at_full_speed("rp2", FakeFrequency(240000000)) == (160000000, 160000000)


def test_deep_sleep_takes_seconds():
    hardware = imported()
    hardware.deep_sleep(90)
    assert hardware.machine.slept == [90000]


def test_what_a_port_cannot_count_is_slept_in_parts():
    """RP2 counts microseconds in 32 bits: machine.lightsleep() there refuses 4,294,967 ms and more."""
    hardware = imported()

    class Rp2:
        platform = "rp2"

    real, hardware.sys = hardware.sys, Rp2
    try:
        hardware.deep_sleep(10000)
    finally:
        hardware.sys = real
    assert hardware.machine.slept == [("light", 4000000), ("light", 4000000), 2000000]
    hardware.machine.slept.clear()
    hardware.deep_sleep(31536000)
    assert max(part[1] if isinstance(part, tuple) else part for part in hardware.machine.slept) < 1 << 31
    assert sum(part[1] if isinstance(part, tuple) else part for part in hardware.machine.slept) == 31536000000


def test_a_wake_is_told_from_power_up():
    hardware = imported()
    machine = hardware.machine
    assert hardware.woke_by_itself(), "a computer has no power-up to tell"
    machine.WDT_RESET, machine.DEEPSLEEP_RESET = 3, 4
    for cause, by_itself in ((1, False), (3, True), (4, True), (2, False)):
        machine.reset_cause = lambda cause=cause: cause
        assert hardware.woke_by_itself() == by_itself
    del machine.DEEPSLEEP_RESET  # RP2 has no such name
    assert not (machine.reset_cause() == 4 and hardware.woke_by_itself())


def test_no_watchdog_unless_it_is_wanted_and_there_is_one():
    hardware = imported()
    for seconds in (0, 60):
        watchdog = hardware.watchdog(seconds)
        watchdog.feed()
        watchdog.stop()


def test_wifi():
    network = FakeNetwork()
    hardware = imported(network)
    error = raises(OSError, run, hardware.link(FakeSettings).connect())
    assert "wrong password" in str(error) and network.countries == ["DE"]


def test_ppp_comes_up_without_stopping_the_loop():
    ppp = FakePpp(errno.ETIMEDOUT, errno.EALREADY, errno.EALREADY)
    hardware = imported(None, ppp)
    link = hardware.link(FakeSettings)
    assert not link.is_up()
    run(link.connect())
    assert link.is_up() and 0.2 < hardware.asyncio.slept < 0.4
    ppp.up = False
    assert not link.is_up()
    link.down()


def test_ppp_with_nobody_at_the_other_end_gives_up():
    hardware = imported(None, FakePpp(*[errno.EALREADY] * 1000))
    link = hardware.link(FakeSettings)
    assert raises(OSError, run, link.connect()).errno == errno.ETIMEDOUT
    assert 25 < hardware.asyncio.slept < 35
    hardware = imported(None, FakePpp(errno.EIO))
    assert raises(OSError, run, hardware.link(FakeSettings).connect()).errno == errno.EIO


def test_a_computer_is_always_connected():
    link = imported().link(FakeSettings)
    run(link.connect())
    link.down()
    assert link.is_up()


def test_the_led():
    hardware = imported()
    assert hardware.led(FakeSettings) is None
    settings = FakeSettings()
    settings.led = "LED"
    led = hardware.led(settings)
    led(1)
    assert led.name == "LED" and led.lit == 1


def test_a_button_joins_its_pin_to_ground():
    hardware = imported()
    settings = FakeSettings()
    assert hardware.button(settings) is None
    settings.button = 0
    FakePin.IN, FakePin.PULL_UP = 0, 2
    made: list = []

    class Pin(FakePin):
        def __init__(self, name, mode, pull) -> None:
            assert (mode, pull) == (0, 2)
            made.append(self)
            self.level = 1

        def __call__(self):
            return self.level

    hardware.machine.Pin = Pin
    pressed = hardware.button(settings)
    assert not pressed()
    made[0].level = 0
    assert pressed()
    hardware.machine.Pin = FakePin


def test_a_pin_that_the_board_does_not_have_is_a_mistake_in_the_settings():
    hardware = imported()
    FakePin.IN, FakePin.PULL_UP = 0, 2

    class Pin(FakePin):
        def __init__(self, name, *mode) -> None:
            raise ValueError("invalid pin")

    class I2c:
        def __init__(self, *words, **named) -> None:
            raise ValueError("bad SCL pin")

    def wrong(**changes):
        settings = FakeSettings()
        for key in changes:
            setattr(settings, key, changes[key])
        return settings

    settings = wrong(led="LEDD", button=99, i2c_sda=1, i2c_scl=2, screen="ssd1306")
    hardware.machine.Pin = Pin
    try:
        assert '"led" in settings.json' in str(raises(SettingsError, hardware.led, settings))
        assert '"button" in settings.json' in str(raises(SettingsError, hardware.button, settings))
        if framebuf:
            assert '"i2c_sda" in settings.json' in str(raises(SettingsError, hardware.screen, settings))
            hardware.machine.Pin, hardware.machine.I2C = FakePin, I2c
            assert '"i2c_sda" and "i2c_scl"' in str(raises(SettingsError, hardware.screen, settings))
    finally:
        hardware.machine.Pin, hardware.machine.I2C = FakePin, FakeI2c


def test_the_small_screen():
    if framebuf is None:
        raise Skip("no framebuf on this Python")
    hardware = imported()
    assert hardware.screen(FakeSettings) is None
    settings = FakeSettings()
    settings.screen, settings.i2c_sda, settings.i2c_scl = "ssd1306", 4, 5
    made: list = []

    def i2c(*args, **named):
        made.append(FakeI2c(*args, **named))
        return made[-1]

    hardware.machine.I2C = i2c
    screen = hardware.screen(settings)
    from cognito_app.status import CONNECTING, Status

    screen.show(Status(CONNECTING))
    assert made[0].pins == (4, 5)
    sent = made[0].sent
    assert sent[0][0] == 0x3C and sent[0][1][:2] == b"\x00\xae" and sent[0][1][-1] == 0xAF
    assert sent[-1][1][:1] == b"\x40" and len(sent[-1][1]) == 1025 and any(sent[-1][1][1:])
