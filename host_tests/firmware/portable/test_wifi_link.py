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


WRONG, NONE = "wrong password", "no such network in reach"
ESP32 = {202: WRONG, 201: NONE}
PICO_W = {-3: WRONG, -2: NONE}


def linked(radio, clock=None, refusals=ESP32):
    clock = clock or FakeClock()
    return WifiLink(radio, [("home", "wifi-secret")], clock.sleep, refusals)


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


class ScriptedRadio(FakeRadio):
    """Goes through `states`, one for each look at it; the last one stays. `good` is that of a connection.

    gives_up: a refusal ends the attempt, as on Pico W; the next one goes on with the next state.
    """

    def __init__(self, states, good: int, gives_up: bool = False) -> None:
        super().__init__()
        self.states = list(states)
        self.good = good
        self.gives_up = gives_up
        self.code = self.states[0]
        self.stuck = False

    def connect(self, ssid: str, password: str) -> None:
        super().connect(ssid, password)
        if self.stuck:
            self.stuck = False
            self._next()

    def _next(self) -> None:
        if len(self.states) > 1:
            self.states.pop(0)
        self.code = self.states[0]

    def isconnected(self) -> bool:
        self.connected = self.trying and self.code == self.good
        return self.connected

    def status(self) -> int:
        code = self.code
        if self.gives_up and code < 0:
            self.stuck = True
        else:
            self._next()
        return code


def orders(states) -> list:
    """Every order of `states`."""
    if len(states) < 2:
        return [list(states)]
    return [
        [states[at]] + rest for at in range(len(states)) for rest in orders(list(states[:at]) + list(states[at + 1 :]))
    ]


def test_refusals_on_the_way_to_a_connection_are_no_end():
    for before in orders([1001, 202, 201, 1001, 202]):
        radio = ScriptedRadio(before + [1010], 1010)
        link = linked(radio)
        run(link.connect())
        assert link.is_up(), before
    for before in orders([1, 2, -2, -3]):
        radio = ScriptedRadio(before + [3], 3, gives_up=True)
        link = linked(radio, refusals=PICO_W)
        run(link.connect())
        assert link.is_up() and len(radio.asked) == 3, before


def test_a_wrong_password_is_told_when_nothing_else_was_said_for_the_whole_time():
    radio, clock = ScriptedRadio([1001, 202], 1010), FakeClock()
    start = clock.true
    error = raises(OSError, run, linked(radio, clock).connect())
    assert WRONG in str(error) and clock.true - start >= 19 and len(radio.asked) > 3 and not radio.on
    for states in ([1001, 202, 1001], [202, 1001, 201, 1001], [202, 201] * 100, [201] * 16 + [202] * 16 + [201] * 99):
        error = raises(OSError, run, linked(ScriptedRadio(states, 1010)).connect())
        assert "no connection" in str(error) and WRONG not in str(error), states[:3]


class Neighbourhood(FakeRadio):
    """Networks by name, each with its strength in dBm, None for one that hides; those in `good` let the radio in."""

    def __init__(self, strengths: dict, good: list) -> None:
        super().__init__()
        self.strengths = strengths
        self.good = good

    def scan(self) -> list:
        seen = [name for name in self.strengths if self.strengths[name] is not None]
        # An access point for each band: the same name twice.
        weak = [(name.encode(), b"2", 6, self.strengths[name] - 30, 3, False) for name in seen]
        return weak + [(name.encode(), b"1", 1, self.strengths[name], 3, False) for name in seen]

    def isconnected(self) -> bool:
        self.connected = self.trying and self.asked[-1][0] in self.good
        return self.connected


def test_the_strongest_of_several_networks_comes_first_and_a_hidden_one_last():
    networks = [("hidden", "1"), ("far", "2"), ("near", "3")]
    last = ["near", "far", "hidden"]
    for good, tried in ((["near", "far"], ["near"]), (["far"], ["near", "far"]), (["hidden"], last)):
        radio = Neighbourhood({"far": -80, "near": -40, "hidden": None}, good)
        link = WifiLink(radio, networks, FakeClock().sleep)
        run(link.connect())
        assert [name for name, _ in radio.asked] == tried
    radio = Neighbourhood({"far": -80, "near": -40}, [])
    error = raises(OSError, run, WifiLink(radio, networks, FakeClock().sleep).connect())
    assert "near" in str(error) and not radio.on


def test_a_scan_that_fails_leaves_the_order_of_the_settings():
    radio = Neighbourhood({}, ["b"])

    def scan():
        raise OSError("Wifi Internal Error")

    radio.scan = scan
    run(WifiLink(radio, [("a", "1"), ("b", "2")], FakeClock().sleep).connect())
    assert [name for name, _ in radio.asked] == ["a", "b"]


def test_what_a_person_can_choose_from():
    radio = Neighbourhood({"far": -80, "near": -40, "": -10, "hidden": None}, [])
    seen = radio.scan() + [(b"\xff\xfe", b"", 1, -20, 3, False), (b"open", b"", 1, -90, 0, False)]
    radio.scan = lambda: seen
    found = run(WifiLink(radio, [], FakeClock().sleep).scan())
    assert found == [("near", -40, True), ("far", -80, True), ("open", -90, False)]


def test_a_network_that_lets_it_in_is_tried_first_from_then_on_and_one_that_does_not_changes_nothing():
    radio = Neighbourhood({"old": -40, "new": -80}, ["old"])
    link = WifiLink(radio, [("old", "1"), ("new", "wrong")], FakeClock().sleep)
    run(link.connect())
    raises(OSError, run, link.join("new", "2"))
    assert not radio.on
    run(link.connect())
    assert radio.asked[-1] == ("old", "1")
    radio.good = ["new"]
    run(link.join("new", "2"))
    assert link.is_up() and link._networks == [("new", "2"), ("old", "1")]


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
