"""Each key of settings.json, changed, has an effect that is seen from outside: over a model of a Pico W or an ESP32."""

import os

from checks import Skip
from cognito_app import app, settings_checks
from cognito_app.settings import Settings
from composed import SETTINGS, Composed
from port_models.boards import ESP32, PicoW
from port_models.radio import Network

try:
    import framebuf
except ImportError:
    framebuf = None

try:
    import microdot
except ImportError:
    microdot = None

SECONDS = 300


class I2c:
    """Counts what goes over the bus, and keeps what says how bright it is."""

    def __init__(self, sent: list, **pins) -> None:
        self.sent = sent
        self.sent.append(sorted((name, getattr(pin, "id", pin)) for name, pin in pins.items()))

    def writeto(self, address, data) -> None:
        if len(data) < 6:
            self.sent.append(bytes(data))

    def writevto(self, address, parts) -> None:
        pass


def seen(kind=PicoW, typed: bytes = b"s\ralice\rpw-of-alice\r", **changes) -> dict:
    """What is seen of a device of a person who signs in on the console, in five minutes."""
    device = Composed(kind, signed_in=False, **changes)
    device.model.air.networks["office"] = Network("office-secret", dbm=-30)
    chip = device.model.chip
    sent: list = []
    chip.machine.I2C = lambda number, **pins: I2c(sent, **pins)
    pieces = [(20 + 2 * number, line + b"\r") for number, line in enumerate(typed.split(b"\r")[:-1])]

    def type_on() -> None:
        if pieces and device.clock.true - device.began >= pieces[0][0]:
            chip.terminal.arrives(pieces.pop(0)[1])

    device.on_turn.append(type_on)
    radio = device.model.network
    state: dict = {}

    def look() -> None:
        at = device.clock.true - device.began
        if at in (15, 290):
            state[at] = radio.is_powered, chip.terminal.interrupts, chip.watchdog.timeout

    device.on_turn.append(look)
    device.live(SECONDS)
    first = device.posts[0] if device.posts else None
    return {
        "request": first,
        "files": sorted(name for name in os.listdir() if name.endswith(".0")),
        "asked": radio.asked,
        "countries": radio.countries,
        "access point": [name for name, _ in radio.shown],
        "time": sorted(set(device.asked_time)),
        "pins": sorted(str(pin.id) for pin in chip.pins_made),
        "bus": sent,
        "boots": [at for at, what in device.log],
        "state": state,
        "said": device.said,
    }


# Key -> what is seen of it, another value, and what more both devices have in their settings.
CHANGED: dict = {
    "region": ("request", "us-east-1", {}),
    "client_id": ("request", "another", {}),
    "client_secret": ("request", "secret", {}),
    "endpoint": ("request", "https://127.0.0.1:8443", {}),
    "sign_in_flow": ("request", "USER_SRP_AUTH", {"user_pool_id": "eu-west-1_a"}),
    "user_pool_id": ("said", "eu-west-1_a", {"sign_in_flow": "USER_SRP_AUTH"}),
    "session_days": ("said", 3, {}),
    "session_file": ("files", "kept", {}),
    "wifi_ssid": ("asked", "office", {}),
    "wifi_password": ("asked", "another", {}),
    "wifi_networks": ("asked", [{"ssid": "office", "password": "office-secret"}], {}),
    "wifi_country": ("countries", "DE", {}),
    "improv": ("state", "serial", {}),
    "sign_in_page": ("access point", "access_point", {}),
    "ntp_host": ("time", "time.example", {}),
    "ntp_port": ("time", 1123, {}),
    "sleep_s": ("boots", 60, {}),
    "awake_s": ("boots", 40, {"sleep_s": 60, "typed": b""}),
    "watchdog_s": ("state", 100, {"kind": ESP32}),
    "radio_idle_s": ("state", 30, {}),
    "led": ("pins", 5, {}),
    "button": ("pins", 6, {}),
    "screen": ("bus", "ssd1306", {}),
    "screen_dim_s": ("bus", 0, {"screen": "ssd1306", "button": 6}),
    "screen_off_s": ("bus", 0, {"screen": "ssd1306", "button": 6}),
    "i2c_sda": ("bus", 4, {"screen": "ssd1306", "with": {"i2c_scl": 5}}),
    "i2c_scl": ("bus", 7, {"screen": "ssd1306", "i2c_sda": 4, "before": {"i2c_scl": 5}}),
}
_ELSEWHERE = (
    "ca_file",
    "timeout_s",
    "sign_in_page_port",
    "sign_in_page_code",
    "srp_xtensa",
)  # with tests of their own, below


def test_each_key_is_looked_at():
    keys = set(settings_checks.REQUIRED) | set(settings_checks.OPTIONAL)
    assert keys == set(CHANGED) | set(_ELSEWHERE), keys ^ (set(CHANGED) | set(_ELSEWHERE))


def test_each_key_has_an_effect():
    for key in sorted(CHANGED):
        what, value, more = CHANGED[key]
        if what == "bus" and framebuf is None or what == "access point" and microdot is None:
            continue  # told by test_what_this_python_lacks
        more = dict(more)
        together, before = more.pop("with", {}), more.pop("before", {})
        as_before = seen(**dict(more, **before))[what]
        assert as_before == seen(**dict(more, **before))[what], "%s: the same twice" % key
        assert as_before != seen(**dict(more, **dict(together, **{key: value})))[what], '"%s" has no effect' % key


def test_how_long_a_request_may_take_and_whose_roots_are_believed():
    with open("own_root.der", "wb") as file:
        file.write(b"0\x82 a root")
    for changes, expected in (({}, (20, 0)), ({"timeout_s": 33}, (33, 0)), ({"ca_file": "own_root.der"}, (20, 1))):
        model = PicoW()
        keeper = app.keeper_for(Settings(dict(SETTINGS, **changes), "settings.json"), None, model.hardware(None))
        transport = keeper.client.transport
        found = transport.timeout, transport.roots.count(b"0\x82 a root")
        assert found == expected, (changes, found)
    os.remove("own_root.der")


def test_machine_code_is_asked_for():
    for wanted in (False, True):
        told = app.machine_code(Settings(dict(SETTINGS, srp_xtensa=wanted), "settings.json"))
        # No Python that tests run on is an ESP32's.
        assert [words.partition(" in settings.json has no effect")[0] for words in told] == ['"srp_xtensa"'] * wanted


def test_where_the_page_is():
    from cognito_app.sign_in_page.place import place_for

    for port, url in ((80, "http://192.168.4.1/"), (8080, "http://192.168.4.1:8080/")):
        model = PicoW()
        values = dict(SETTINGS, sign_in_page="access_point", sign_in_page_port=port)
        board = model.hardware(None)
        chosen = Settings(values, "settings.json")
        place = place_for(chosen, board.link(chosen), board.own_settings(), board, os.urandom, True)
        place.access_point.up()
        assert place.url == url and place.gate.code != "493817"
        chosen = Settings(dict(values, sign_in_page_code="493817"), "settings.json")
        assert (
            place_for(chosen, board.link(chosen), board.own_settings(), board, os.urandom, True).gate.code == "493817"
        )


def test_what_this_python_lacks():
    """MicroPython's run has the screen, CPython's the page."""
    if framebuf is None or microdot is None:
        raise Skip("no %s on this Python" % ("framebuf" if framebuf is None else "microdot"))
