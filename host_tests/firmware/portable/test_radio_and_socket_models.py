"""The models of radios and sockets say no where the ports do; what each does is in port_models, with its source."""

import asyncio
import errno

from checks import raises
from cognito_app import sntp
from fake_device import run
from fakes import FakeClock
from port_models import boards
from port_models.radio import Network
from port_models.sockets import EspSockets, LwipSockets


def on(kind, version=(1, 28), **air):
    """(the model, its station, its access point)."""
    model = kind(version=version)
    model.air.networks.update(air)
    return model, model.network.WLAN(0), model.network.WLAN(1)


def test_an_access_point_that_comes_up_last_takes_a_pico_ws_route():
    for version in ((1, 24), (1, 27), (1, 28), (1, 29)):
        model, station, point = on(boards.PicoW, version, home=Network("pw", seconds=1))
        radio = model.network
        station.active(True)
        station.connect("home", "pw")
        model.clock.pass_time(1)
        assert station.isconnected() and radio.route == "station"
        point.config(ssid="sign-in", key="12345678")
        point.active(True)
        assert station.isconnected() and radio.route == "access point"
        point.active(False)
        station.active(False)
        station.active(True)
        station.connect("home", "pw")
        model.clock.pass_time(1)
        # To 1.27 it never gets the route back but by deinit().
        assert station.isconnected() and radio.route == ("station" if version >= (1, 28) else "access point")
        station.deinit()
        station.active(True)
        station.connect("home", "pw")
        model.clock.pass_time(1)
        assert station.isconnected() and radio.route == "station"


def test_only_deinit_powers_a_cyw43_down_and_a_disconnect_powers_it_up():
    model, station, _ = on(boards.PicoW)
    radio = model.network
    station.active(True)
    station.active(False)
    assert radio.is_powered
    station.deinit()
    assert not radio.is_powered
    station.disconnect()
    assert radio.is_powered, "an ioctl"
    model.chip.lightsleep(1000)
    assert model.chip.slept[-1][2] == 0, "and a light sleep ends at once"


def test_a_cyw43_refuses():
    _, station, point = on(boards.PicoW, (1, 24))
    assert raises(OSError, station.connect, "home", "pw").args[0] == 1
    assert raises(OSError, station.scan).args[0] == 1
    raises(ValueError, point.config, hidden=True)
    raises(ValueError, station.config, reconnects=1)
    assert not hasattr(station, "SEC_WPA3") and hasattr(on(boards.PicoW, (1, 25))[1], "SEC_WPA3")


def test_an_esp32_refuses():
    model, station, point = on(boards.ESP32, home=Network("pw", seconds=5))
    raises(OSError, station.connect, "home", "pw")
    raises(OSError, station.disconnect)
    raises(OSError, station.scan)
    station.active(True)
    station.connect("home", "pw")
    raises(OSError, station.connect, "home", "pw")  # while it is at it
    assert station.scan() == []
    model.network.configures_inactive = False
    assert "Invalid Mode" in str(raises(OSError, point.config, ssid="x"))


def test_what_an_esp32_says_of_a_refusal():
    for reason, told in ((2, 1001), (15, 1001), (204, 1001), (202, 202), (205, 202)):
        model, station, _ = on(boards.ESP32, home=Network("pw", wrong=reason))
        station.active(True)
        station.connect("home", "wrong")
        model.clock.pass_time(100)
        assert station.status() == told, "it goes on by itself"
        station.disconnect()
        assert station.status() == 1000
        station.config(reconnects=0)
        station.connect("home", "wrong")
        model.clock.pass_time(100)
        assert station.status() == (202 if reason == 205 else reason)
        station.connect("home", "pw")
        assert station.status() == (told if told == 202 else 1001), "202 is still that of the attempt before"
        model.clock.pass_time(100)
        assert station.status() == 1010


def test_sockets_are_few():
    clock = FakeClock()
    lwip, esp = LwipSockets(clock), EspSockets(clock)
    for _ in range(5):
        lwip.socket()
        lwip.socket(2, 2)
    for kind in (1, 2):
        assert raises(OSError, lwip.socket, 2, kind).args[0] == errno.ENOMEM
    opened = [esp.socket(2, 1 + at % 2) for at in range(10)]
    assert raises(OSError, esp.socket).args[0] == 23
    opened[0].close()
    esp.socket()


def test_a_look_up_that_nobody_answers_blocks_for_each_server_and_on_esp32_for_each_family():
    for sockets, number, families in ((LwipSockets(FakeClock()), -6, 1), (EspSockets(FakeClock()), -202, 2)):
        sockets.names["cognito"] = "1.2.3.4"
        sockets.silent = True
        for servers, family, seconds in ((1, 2, 7), (1, 0, 7 * families), (3, 0, 21 * families)):
            sockets.servers = servers
            start = sockets.clock.true
            assert raises(OSError, sockets.getaddrinfo, "cognito", 443, family).args[0] == number
            assert sockets.clock.true - start == seconds
        assert sockets.getaddrinfo("10.0.0.1", 443)[0][-1] == ("10.0.0.1", 443), "a number needs no look-up"
        sockets.silent = False
        assert sockets.getaddrinfo("cognito", 443)[0][-1] == ("1.2.3.4", 443)


def test_a_time_server_is_looked_up_by_one_family_and_its_failure_has_words():
    for sockets, platform in ((LwipSockets(FakeClock()), "rp2"), (EspSockets(FakeClock()), "esp32")):
        sockets.silent = True
        start = sockets.clock.true
        error = raises(OSError, run, sntp.ask("time.example", asyncio.sleep, socket=sockets, platform=platform))
        assert "no address found for the time server time.example" in str(error)
        assert sockets.clock.true - start == 7


def test_a_route_that_leads_to_the_access_point_leads_to_no_name_server():
    model, _, point = on(boards.PicoW)
    sockets = LwipSockets(model.clock, model.network)
    sockets.names["cognito"] = "1.2.3.4"
    point.active(True)
    raises(OSError, sockets.getaddrinfo, "cognito", 443)
