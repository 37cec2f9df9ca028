"""Wi-Fi over a radio that fails in the ways that radios do."""

from checks import raises
from cognito_app.wifi_link import WifiLink
from fake_device import run
from fakes import FakeClock


class FakeRadio:
    """network.WLAN as ESP32 has it: refuses a connect() while it is at an earlier one."""

    def __init__(self, polls: int = 3) -> None:
        self.polls = polls  # looks until it is connected; below 0: never
        self.on = self.trying = self.connected = False
        self.code = 1001
        self.asked: list = []

    def active(self, on: bool) -> None:
        self.on = on
        if not on:
            self.trying = self.connected = False

    def connect(self, ssid: str, password: str) -> None:
        if self.trying or not self.on:
            raise OSError("Wifi Internal State Error")
        self.asked.append((ssid, password))
        self.trying = True
        self.left = self.polls

    def isconnected(self) -> bool:
        if self.trying and not self.connected:
            self.left -= 1
            self.connected = self.left == 0
        return self.connected

    def status(self) -> int:
        return self.code

    def disconnect(self) -> None:
        if not self.connected:
            raise OSError("Wifi Not Started")
        self.trying = self.connected = False


def linked(radio, clock=None):
    clock = clock or FakeClock()
    return WifiLink(radio, "home", "wifi-secret", clock.sleep, {202: "wrong password"})


def test_it_comes_up():
    radio = FakeRadio()
    link = linked(radio)
    assert not link.is_up()
    run(link.connect())
    assert link.is_up() and radio.asked == [("home", "wifi-secret")]
    run(link.connect())
    assert len(radio.asked) == 1


def test_it_gives_up_in_time_and_switches_the_radio_off():
    radio, clock = FakeRadio(polls=-1), FakeClock()
    start = clock.true
    error = raises(OSError, run, linked(radio, clock).connect())
    assert 15 <= clock.true - start <= 25 and not radio.on
    assert "home" in str(error) and "wifi-secret" not in str(error)


def test_a_wrong_password_is_told_at_once():
    radio, clock = FakeRadio(polls=-1), FakeClock()
    radio.code = 202
    start = clock.true
    error = raises(OSError, run, linked(radio, clock).connect())
    assert clock.true - start < 2 and "wrong password" in str(error)


def test_it_comes_up_again_after_a_loss_and_after_a_failure():
    radio = FakeRadio(polls=-1)
    link = linked(radio)
    raises(OSError, run, link.connect())
    radio.polls = 3
    run(link.connect())
    radio.connected = False  # the access point went away; the radio goes on trying
    radio.left = -1
    run(link.connect())
    assert link.is_up() and len(radio.asked) == 3


def test_down_never_raises():
    radio = FakeRadio()
    link = linked(radio)
    link.down()
    run(link.connect())
    link.down()
    assert not radio.on
