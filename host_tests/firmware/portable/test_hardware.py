"""The module hardware over fake modules: what differs between ports ends there."""

import errno

from checks import Skip, raises
from cognito_app.hardware import Board
from cognito_app.settings import SettingsError
from fake_device import run
from port_models import boards
from port_models.radio import Network

try:
    import framebuf
except ImportError:
    framebuf = None


class FakeI2c:
    def __init__(self, number, freq, sda=None, scl=None) -> None:
        self.pins = sda and sda.id, scl and scl.id
        self.sent: list = []

    def writeto(self, address, data) -> None:
        self.sent.append((address, bytes(data)))

    def writevto(self, address, parts) -> None:
        self.sent.append((address, b"".join(bytes(part) for part in parts)))


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


class FakeSettings:
    wifi_country = "DE"

    @staticmethod
    def networks() -> list:
        return [("home", "wifi-secret")]

    led = button = screen = i2c_sda = i2c_scl = None


async def no_time(seconds) -> None:
    """asyncio.sleep() that takes none."""


def board_of(kind, network=None, ppp=None, sleep=no_time):
    """(the model, the hardware.Board over it)."""
    model = kind()
    model.network = network
    chip = model.chip
    return model, Board(chip.machine, network, ppp, chip.platform, chip.words, model.clock, sleep, model.chip.gmtime)


def test_the_clock_is_set_in_the_boards_own_words():
    for kind in boards.ALL:
        model, board = board_of(kind)
        board.set_time(1800000000)
        assert model.clock.now() == 1800000000, kind
        assert model.chip.machine.RTC().datetime() == (2027, 1, 15, 4, 8, 0, 0, 0)


def test_a_board_without_a_clock_to_set_goes_on():
    board = Board(object())
    board.set_time(1800000000)
    assert board.deep_sleep_memory() is None and board.unique_id() == b"unix"


def test_memory_where_the_port_has_it():
    for kind in (boards.PicoW, boards.RP2040):
        assert board_of(kind)[1].deep_sleep_memory() is None
    memory = board_of(boards.ESP32)[1].deep_sleep_memory()
    memory(b"kept")
    assert memory() == b"kept"


def at_full_speed(kind, speeds):
    """What the frequency was inside and after, though the arithmetic failed."""
    model, board = board_of(kind)
    model.chip.speeds = speeds
    machine = model.chip.machine
    try:
        with board.full_speed:
            inside = machine.freq()
            raise OSError
    except OSError:
        return inside, machine.freq()


def test_an_esp32_is_fast_for_as_long_as_it_proves_a_password():
    assert at_full_speed(boards.ESP32, (160000000, 240000000)) == (240000000, 160000000)


def test_a_chip_that_has_no_240_mhz_stays_as_it_is():
    assert at_full_speed(boards.ESP32, (80000000, 160000000)) == (160000000, 160000000)
    inside, after = at_full_speed(boards.RP2040, ())
    assert inside == after


def test_no_watchdog_unless_it_is_wanted_and_there_is_one():
    model, board = board_of(boards.ESP32)
    board.watchdog(0).feed()
    assert not model.chip.watchdog.is_on
    Board(object()).watchdog(60).stop()


def test_wifi():
    for kind in (boards.ESP32, boards.PicoW):
        model = kind()
        model.air.networks["home"] = Network("another-secret")
        link = model.hardware(model.clock.sleep).link(FakeSettings)
        assert "wrong password" in str(raises(OSError, run, link.connect()))
        model.air.networks["home"].password = "wifi-secret"
        run(link.connect())
        assert link.is_up()


def test_a_country_is_told_to_the_radio_that_heeds_it_alone():
    for kind, told in ((boards.PicoW, ["DE"]), (boards.ESP32, [])):
        model = kind()
        board = model.hardware(model.clock.sleep)
        board.link(FakeSettings)
        assert model.network.countries == told
        remarks = board.remarks(FakeSettings)
        assert len(remarks) == (0 if told else 1) and all('"wifi_country" has no effect' in words for words in remarks)


def test_ppp_comes_up_without_stopping_the_loop():
    ppp = FakePpp(errno.ETIMEDOUT, errno.EALREADY, errno.EALREADY)
    model = boards.RP2040()
    _, board = board_of(boards.RP2040, None, ppp, model.clock.sleep)
    link = board.link(FakeSettings)
    assert not link.is_up()
    run(link.connect())
    assert link.is_up() and 200 < model.clock.true_ms < 400
    ppp.up = False
    assert not link.is_up()
    link.down()


def test_ppp_with_nobody_at_the_other_end_gives_up():
    model = boards.RP2040()
    _, board = board_of(boards.RP2040, None, FakePpp(*[errno.EALREADY] * 1000), model.clock.sleep)
    assert raises(OSError, run, board.link(FakeSettings).connect()).errno == errno.ETIMEDOUT
    assert 25000 < model.clock.true_ms < 35000
    _, board = board_of(boards.RP2040, None, FakePpp(errno.EIO))
    assert raises(OSError, run, board.link(FakeSettings).connect()).errno == errno.EIO


def test_a_computer_is_always_connected():
    link = Board(object()).link(FakeSettings)
    run(link.connect())
    link.down()
    assert link.is_up()


def with_settings(**changes):
    settings = FakeSettings()
    for key in changes:
        setattr(settings, key, changes[key])
    return settings


def test_the_led():
    board = board_of(boards.PicoW)[1]
    assert board.led(FakeSettings) is None
    led = board.led(with_settings(led="LED"))
    led(1)
    assert led.id == "LED" and led.level == 1


def test_a_button_joins_its_pin_to_ground():
    model, board = board_of(boards.ESP32)
    assert board.button(FakeSettings()) is None
    pressed = board.button(with_settings(button=0))
    assert not pressed()
    model.chip.pins_made[0].level = 0
    assert pressed()


def test_a_pin_that_the_board_does_not_have_is_a_mistake_in_the_settings():
    class I2c:
        def __init__(self, *words, **named) -> None:
            raise ValueError("bad SCL pin")

    model, board = board_of(boards.RP2040)
    settings = with_settings(led="LEDD", button=99, i2c_sda=98, i2c_scl=99, screen="ssd1306")
    assert '"led" in settings.json' in str(raises(SettingsError, board.led, settings))
    assert '"button" in settings.json' in str(raises(SettingsError, board.button, settings))
    if framebuf:
        assert '"i2c_sda" in settings.json' in str(raises(SettingsError, board.screen, settings))
        model.chip.machine.I2C = I2c
        settings = with_settings(i2c_sda=4, i2c_scl=5, screen="ssd1306")
        assert '"i2c_sda" and "i2c_scl"' in str(raises(SettingsError, board.screen, settings))


def test_the_small_screen():
    if framebuf is None:
        raise Skip("no framebuf on this Python")
    model, board = board_of(boards.RP2040)
    assert board.screen(FakeSettings) is None
    settings = FakeSettings()
    settings.screen, settings.i2c_sda, settings.i2c_scl = "ssd1306", 4, 5
    made: list = []

    def i2c(*args, **named):
        made.append(FakeI2c(*args, **named))
        return made[-1]

    model.chip.machine.I2C = i2c
    screen = board.screen(settings)
    from cognito_app.status import CONNECTING, Status

    screen.show(Status(CONNECTING))
    assert made[0].pins == (4, 5)
    sent = made[0].sent
    assert sent[0][0] == 0x3C and sent[0][1][:2] == b"\x00\xae" and sent[0][1][-1] == 0xAF
    assert sent[-1][1][:1] == b"\x40" and len(sent[-1][1]) == 1025 and any(sent[-1][1][1:])
