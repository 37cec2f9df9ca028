"""Wi-Fi as a link: is_up(), connect(), down(). Any object with these three can take its place."""

import errno

_POLL_S = 0.25
# Looks in a row at the same refusal, after which the radio is taken to have given up: CYW43 (Pico W) stops at its first
# one, and ESP32 goes through "wrong password" and "not found" on its way to a connection.
_GIVEN_UP = 16


class WifiLink:
    """The networks that the settings name, and one station interface."""

    def __init__(self, wlan, networks: list, sleep, refusals: "dict | None" = None, timeout_s: int = 20) -> None:
        """
        wlan       network.WLAN(network.STA_IF), or its like
        networks   (name, password) of each, both str
        sleep      async, takes seconds, such as asyncio.sleep
        refusals   int, what wlan.status() says when an attempt has failed, to str, what to tell a person
        timeout_s  seconds for one network
        """
        self._wlan = wlan
        self._networks = networks
        self._sleep = sleep
        self._refusals = refusals or {}
        self._polls = int(timeout_s / _POLL_S)

    def is_up(self) -> bool:
        """True while there is an access point and an IP address."""
        return self._wlan.isconnected()

    async def connect(self) -> None:
        """Bring the link up unless it is, by the strongest network first.

        Raises OSError that says what is in the way; the radio is then off.
        """
        if self.is_up():
            return
        problem: OSError | None = None
        try:
            for name, password in self._by_strength():
                try:
                    return await self._connect(name, password)
                except OSError as error:
                    problem = problem or error  # of the strongest network
            raise problem or OSError(errno.ENOENT, "the settings name no Wi-Fi network")
        except OSError:
            self.down()
            raise

    async def scan(self) -> list:
        """(name: str, dBm: int, wants a password: bool) of each network in reach, the strongest first. Raises OSError.

        Those that hide, or whose name is no UTF-8, are left out.
        """
        found: dict = {}
        self._wlan.active(True)
        for ssid, _, _, strength, security, *_ in self._wlan.scan():
            try:
                name = str(bytes(ssid), "utf-8").rstrip("\0")
            except ValueError:  # UnicodeError is one
                continue
            if name and (name not in found or strength > found[name][1]):
                found[name] = (name, strength, security != 0)
        return sorted(found.values(), key=lambda network: -network[1])

    async def join(self, name: str, password: str) -> None:
        """Connect to this network, and try it first from now on. Raises OSError; the networks are then as they were."""
        try:
            await self._connect(name, password)
        except OSError:
            self.down()
            raise
        others = [network for network in self._networks if network[0] != name]
        self._networks = [(name, password)] + others

    @property
    def address(self) -> str:
        """The device's own IP address, such as "192.168.1.20"."""
        return self._wlan.ifconfig()[0]

    def _by_strength(self) -> list:
        """The networks, the strongest first; those that a scan does not show, hidden ones perhaps, are the last."""
        if len(self._networks) < 2:
            return self._networks
        strength: dict = {}
        try:
            self._wlan.active(True)
            for found in self._wlan.scan():  # (name: bytes, BSSID, channel, RSSI, ...)
                strength[found[0]] = max(found[3], strength.get(found[0], -1000))
        except OSError:
            pass  # in the order of the settings, then
        # With their place in the settings, because MicroPython's sorted() keeps no order among equals.
        places = [(-strength.get(name.encode(), -1000), place) for place, (name, _) in enumerate(self._networks)]
        return [self._networks[place] for _, place in sorted(places)]

    def _begin(self, name: str, password: str) -> None:
        # A port that is still at an earlier attempt refuses a new one: start with the radio off.
        self.down()
        self._wlan.active(True)
        self._wlan.connect(name, password)

    async def _connect(self, name: str, password: str) -> None:
        """One network, until it is connected or its time is over: a refusal on the way is no end."""
        refused: list = []
        before, standing = None, 0  # what the last look saw, and looks in a row at that refusal
        self._begin(name, password)
        for _ in range(self._polls):
            await self._sleep(_POLL_S)
            if self.is_up():
                return
            refusal = self._refusals.get(self._wlan.status())
            if refusal != before:
                before, standing = refusal, 0
            if refusal is None:
                continue
            if not standing:
                refused.append(refusal)
            standing += 1
            if standing == _GIVEN_UP:
                self._begin(name, password)
                standing = 0
        # Once is a hiccup: a word for a person is only what was said again and again, and nothing else.
        if len(refused) > 1 and len(set(refused)) == 1:
            raise OSError(errno.ECONNREFUSED, f"Wi-Fi {name!r}: {refused[0]}")
        raise OSError(errno.ETIMEDOUT, f"Wi-Fi {name!r}: no connection")

    def down(self) -> None:
        """Switch the radio off. Never raises OSError."""
        for step in (self._wlan.disconnect, lambda: self._wlan.active(False)):
            try:
                step()
            except OSError:  # ESP32 says so when there was nothing to disconnect
                pass
