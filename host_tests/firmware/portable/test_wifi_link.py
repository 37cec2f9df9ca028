"""Wi-Fi over the models of each port's radio."""

from checks import raises
from cognito_app.sign_in_page.access_point import AccessPoint
from cognito_app.wifi_link import WifiLink
from cognito_app.wifi_radios import Cyw43Radio, Esp32Radio
from fake_device import run
from port_models import boards
from port_models.radio import Network

HOME = [("home", "wifi-secret")]
WRONG, NONE = "wrong password", "no such network in reach"
# Of MicroPython; up to 1.27 a CYW43 initialises its station once only.
VERSIONS = ((1, 24), (1, 25), (1, 27), (1, 28), (1, 29))
KINDS = ((boards.ESP32, (1, 24)), (boards.ESP32, (1, 28))) + tuple((boards.PicoW, version) for version in VERSIONS)


def linked(kind, version=(1, 28), networks=HOME, **air):
    """(the model, a WifiLink over its radio); `air`: Networks by name."""
    model = kind(version=version)
    model.air.networks.update(air)
    radio = (Esp32Radio if kind is boards.ESP32 else Cyw43Radio)(model.network.WLAN(0))

    async def sleep(seconds) -> None:
        model.clock.pass_time(seconds)

    return model, WifiLink(radio, list(networks), sleep)


def refused(link) -> str:
    return str(raises(OSError, run, link.connect()))


def test_it_comes_up_and_is_asked_for_once():
    for kind, version in KINDS:
        model, link = linked(kind, version, home=Network("wifi-secret"))
        assert not link.is_up()
        run(link.connect())
        assert link.is_up() and model.network.asked == HOME and model.network.route == "station"
        run(link.connect())
        assert len(model.network.asked) == 1 and link.address == "192.168.1.20"


def test_it_gives_up_in_time_and_switches_the_radio_off():
    for kind, version in KINDS:
        model, link = linked(kind, version)
        start = model.clock.true
        text = refused(link)
        assert 20 <= model.clock.true - start <= 30 and not model.network.is_powered
        assert "home" in text and "wifi-secret" not in text and NONE in text


def test_a_join_of_ten_seconds_is_waited_for():
    """A scan of all channels of two bands, and DHCP."""
    for kind, version in KINDS:
        model, link = linked(kind, version, home=Network("wifi-secret", seconds=10))
        run(link.connect())
        assert len(model.network.asked) == 1


def test_a_refusal_on_the_way_to_a_connection_is_no_end():
    for kind, version in KINDS:
        _, link = linked(kind, version, home=Network("wifi-secret", hiccups=2))
        run(link.connect())
        assert link.is_up()


def test_a_wrong_password_is_told_whatever_the_access_point_makes_of_it():
    for reason in (2, 15, 202, 204, 205):
        _, link = linked(boards.ESP32, home=Network("other", wrong=reason))
        assert WRONG in refused(link), reason
        assert WRONG in refused(link), "and again, though the code of the first time is still there"
    for version in VERSIONS:
        _, link = linked(boards.PicoW, version, home=Network("other"))
        assert WRONG in refused(link)


def test_what_the_network_before_left_behind_does_not_break_off_a_join():
    """ESP32's 201 and 202 stay until another event comes: connect() does not clear them."""
    model, link = linked(boards.ESP32, home=Network("wifi-secret", seconds=9))
    radio = model.network
    for reason in (201, 202):
        radio.reason = reason
        radio.asked.clear()
        run(link.connect())
        assert len(radio.asked) == 1, reason
        link.down()


def test_wpa3_alone_is_joined_by_a_pico_w_that_knows_its_name():
    for version in VERSIONS:
        model, link = linked(boards.PicoW, version, home=Network("wifi-secret", security="wpa3"))
        if version < (1, 25):
            assert NONE in refused(link)
            continue
        run(link.connect())
        assert link.is_up()
        link.down()
        model.network.asked.clear()
        run(link.connect())
        assert len(model.network.asked) == 1, "it is asked for first from then on"
    run(linked(boards.ESP32, home=Network("wifi-secret", security="wpa3"))[1].connect())


def test_an_open_network():
    for kind, version in KINDS:
        _, link = linked(kind, version, [("café", "")], **{"café": Network()})
        run(link.connect())
        assert link.is_up()


def test_the_drivers_runtime_error_is_an_oserror_with_words():
    for action in ("connect", "scan", "down"):
        model, link = linked(boards.ESP32, home=Network("wifi-secret"))
        model.network.error = RuntimeError("Wifi Unknown Error 0x0102")
        if action == "down":
            link.down()
        elif action == "scan":
            assert "0x0102" in str(raises(OSError, run, link.scan()))
        else:
            run(link.connect())  # the first call is a disconnect, which may fail
    wlan = linked(boards.ESP32)[0]
    wlan.network.error = RuntimeError("Wifi Unknown Error 0x0101")
    point = AccessPoint(wlan.network.WLAN(1), 3, lambda: "its-password", b"\x2a\x2b")
    point.up()
    assert wlan.network.ap_up


def test_an_access_point_goes_though_the_driver_fails_at_it_once():
    model, _ = linked(boards.ESP32)
    point = AccessPoint(model.network.WLAN(1), 3, lambda: "its-password", b"\x2a\x2b")
    point.up()
    model.network.error = OSError("Wifi Not Started")
    point.down()
    assert not model.network.ap_up


def test_a_scan_while_it_reconnects_is_repeated():
    for kind, version in KINDS:
        model, link = linked(kind, version, home=Network("wifi-secret", seconds=60), far=Network("x", dbm=-80))
        raises(OSError, run, link.connect())
        wlan = model.network.WLAN(0)
        wlan.active(True)
        wlan.connect("home", "wifi-secret")
        assert run(link.scan()) == [("home", -50, True), ("far", -80, True)]


def test_the_strongest_of_several_networks_comes_first_and_a_hidden_one_last():
    networks = [("hidden", "1"), ("far", "2"), ("near", "3")]
    for kind, version in KINDS:
        for good, tried in (("near", ["near"]), ("far", ["near", "far"]), ("hidden", ["near", "far", "hidden"])):
            air = {"far": Network("2", -80), "near": Network("3", -40), "hidden": Network("1", hidden=True)}
            for name in air:
                air[name].password += "" if name in (good, "hidden") else "-changed"
            model, link = linked(kind, version, networks, **air)
            run(link.connect())
            asked = [name for name, _ in model.network.asked]
            assert [name for at, name in enumerate(asked) if name not in asked[:at]] == tried, (kind, good)


def test_a_scan_that_fails_leaves_the_order_of_the_settings():
    model, link = linked(boards.ESP32, networks=[("a", "1"), ("b", "2")], b=Network("2"))
    model.network.error = OSError("Wifi Internal Error")
    run(link.connect())
    assert model.network.asked[0][0] == "a" and model.network.asked[-1][0] == "b"


def test_what_a_person_can_choose_from():
    for kind, version in KINDS:
        air = {"far": Network("2", -80), "near": Network("3", -40), "": Network("4", -10), "open": Network("", -90)}
        model, link = linked(kind, version, hidden=Network("1", hidden=True), **air)
        model.air.networks[b"\xff\xfe"] = Network("5", -20)
        assert run(link.scan()) == [("near", -40, True), ("far", -80, True), ("open", -90, False)]


def test_a_network_that_lets_it_in_is_tried_first_from_then_on_and_one_that_does_not_changes_nothing():
    for kind, version in KINDS:
        networks = [("old", "1"), ("new", "wrong")]
        model, link = linked(kind, version, networks, old=Network("1", -40), new=Network("2", -80))
        run(link.connect())
        raises(OSError, run, link.join("new", "not-it"))
        assert not model.network.is_powered
        run(link.connect())
        assert model.network.asked[-1] == ("old", "1")
        run(link.join("new", "2"))
        assert link.is_up() and model.network.asked[-1] == ("new", "2")
        del model.air.networks["old"]
        link.down()
        run(link.connect())
        assert model.network.asked[-1] == ("new", "2")


def test_it_comes_up_again_after_a_loss():
    for kind, version in KINDS:
        model, link = linked(kind, version, home=Network("wifi-secret"))
        run(link.connect())
        home = model.air.networks.pop("home")
        model.network.lose()
        assert not link.is_up()
        raises(OSError, run, link.connect())
        model.air.networks["home"] = home
        run(link.connect())
        assert link.is_up()


def test_down_never_raises_and_powers_a_pico_ws_radio_down():
    for kind, version in KINDS:
        model, link = linked(kind, version, home=Network("wifi-secret"))
        link.down()
        assert not model.network.is_powered
        run(link.connect())
        for _ in range(2):
            link.down()
            assert not model.network.is_powered and not link.is_up()


# Beside an access point


def opened(kind, version, configures_inactive=True):
    model, link = linked(kind, version, home=Network("wifi-secret"))
    model.network.configures_inactive = configures_inactive
    return model, link, AccessPoint(model.network.WLAN(1), 3, lambda: "its-password", b"\x2a\x2b")


def test_the_station_keeps_the_route_beside_an_access_point_and_after_it():
    for kind, version in KINDS:
        for before in (False, True):
            model, link, point = opened(kind, version)
            radio = model.network
            if before:
                run(link.connect())
            run(link.open_beside(point))
            assert radio.ap_up and point.address == "192.168.4.1"
            run(link.connect())
            assert radio.route == "station" and radio.ap_up, (kind, version)
            raises(OSError, run, link.join("not there", ""))
            assert radio.ap_up, "the page is open while a join fails"
            run(link.connect())
            assert radio.route == "station" and radio.ap_up
            run(link.close_beside(point))
            assert not radio.ap_up
            run(link.connect())
            assert radio.route == "station", (kind, version)
            link.down()
            assert not radio.is_powered
            # And a second time.
            run(link.open_beside(point))
            run(link.connect())
            assert radio.route == "station" and radio.ap_up
            assert set(radio.shown) == {(point.name, "its-password")}, "never with a name of the port's own"


def test_an_access_point_is_configured_first_or_activated_first_whichever_the_port_takes():
    model, link, point = opened(boards.ESP32, (1, 28), configures_inactive=False)
    run(link.open_beside(point))
    assert model.network.ap_up and model.network.ap_settings["ssid"] == point.name
    assert model.network.shown[-1] == (point.name, "its-password")


def test_an_access_point_that_does_not_take_its_name_is_told_and_goes():
    for kind, version in KINDS:
        model, link, point = opened(kind, version)
        point = AccessPoint(Deaf(model.network.WLAN(1)), 3, lambda: "its-password", b"\x2a\x2b")
        assert "does not take the name" in str(raises(OSError, run, link.open_beside(point)))
        assert not model.network.ap_up
        run(link.connect())
        assert model.network.route == "station"


class Deaf:
    def __init__(self, wlan) -> None:
        self.active = wlan.active
        self.ifconfig = wlan.ifconfig

    def config(self, *words, **settings):
        return "PYBD" if words else None
