"""A Wi-Fi radio for MicroPython's unix port, which has none: port_models' ESP32, over a test's radio.json.

{"address": the access point's, "station": the station's, "networks": {name: [dBm, password]}}

What the access point does is written to radio.log.
"""

import json
import time

from port_models import radio

AP_IF, STA_IF = 1, 0


def _told() -> dict:
    with open("radio.json") as file:
        return json.load(file)


class _Clock:
    true_ms = property(lambda self: time.ticks_ms())  # type: ignore[attr-defined]  # MicroPython's

    def pass_time(self, seconds: float) -> None:
        pass  # a scan takes none


class _Chip:
    clock = _Clock()
    radio = None

    def alive(self) -> None:
        pass


class _Air(radio.Air):
    @property
    def networks(self) -> dict:
        told = _told()["networks"]
        return {name: radio.Network(password, dbm, seconds=0.3, wrong=202) for name, (dbm, password) in told.items()}

    @networks.setter
    def networks(self, value: dict) -> None:
        pass


class _Radio(radio.Esp32):
    def set_mode(self, mode: int) -> None:
        for bit, name in ((2, "access point"),):
            if (self.mode ^ mode) & bit:
                _log(name + (" up" if mode & bit else " down"))
        super().set_mode(mode)

    def linked(self) -> bool:
        if self.network and self.last[0] not in self.air.networks:
            self.lose()
        return super().linked()


def _log(line: str) -> None:
    with open("radio.log", "a") as file:
        file.write(line + "\n")


_RADIO = _Radio(_Chip(), _Air(), (1, 28))


def _with_its_own_address(interface, key: str, config):
    """`interface`, whose address is the one of radio.json, and whose configuration is logged."""

    def told(*words, **settings):
        if settings and key == "address":
            _log("access point " + json.dumps(settings))
        return config(*words, **settings)

    interface.config = told
    # Whoever connects to an address of the loopback network comes from 127.0.0.1.
    interface.ifconfig = lambda: (_told()[key], "255.0.0.0", "", "")


_STATION, _POINT = _RADIO.interfaces
_with_its_own_address(_STATION, "station", _STATION.config)
_with_its_own_address(_POINT, "address", _POINT.config)
WLAN = _RADIO.WLAN
