"""A Wi-Fi radio for MicroPython's unix port, which has none: what it finds is in radio.json, which a test may change.

{"address": the access point's, "station": the station's, "networks": {name: [dBm, password]}}
"""

import json

AP_IF, STA_IF = 1, 0
STAT_WRONG_PASSWORD, STAT_NO_AP_FOUND = 202, 201


def _radio() -> dict:
    with open("radio.json") as file:
        return json.load(file)


def _log(line: str) -> None:
    with open("radio.log", "a") as file:
        file.write(line + "\n")


class WLAN:
    """network.WLAN; what the access point does is written to radio.log."""

    SEC_WPA2 = 3

    def __init__(self, interface: int) -> None:
        self._interface = interface
        self._joined = ""
        self._code = 1001

    def active(self, on: bool) -> None:
        if self._interface == AP_IF:
            _log("access point " + ("up" if on else "down"))
        elif not on:
            self._joined = ""

    def config(self, **settings) -> None:
        _log("access point " + json.dumps(settings))

    def ifconfig(self) -> tuple:
        return (_radio()["address" if self._interface == AP_IF else "station"], "255.255.255.0", "", "")

    def scan(self) -> list:
        networks = _radio()["networks"]
        return [(name.encode(), b"", 1, networks[name][0], 3 if networks[name][1] else 0, False) for name in networks]

    def connect(self, name: str, password: str) -> None:
        network = _radio()["networks"].get(name)
        right = network is not None and network[1] == password
        self._joined = name if right else ""
        self._code = 1010 if right else STAT_NO_AP_FOUND if network is None else STAT_WRONG_PASSWORD

    def disconnect(self) -> None:
        self._joined = ""

    def isconnected(self) -> bool:
        return bool(self._joined) and self._joined in _radio()["networks"]

    def status(self) -> int:
        return self._code
