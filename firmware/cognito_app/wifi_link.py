"""Wi-Fi as a link: is_up(), connect(), down(). Any object with these three can take its place."""

import errno

_POLL_S = 0.25
# Looks in a row at the same refusal, after which it is taken for one: a radio may go on from it.
_STANDS = 4


class WifiLink:
    """The networks that the settings name, and one station interface."""

    def __init__(self, radio, networks: list, sleep, timeout_s: int = 24) -> None:
        """
        radio      one of wifi_radios
        networks   (name, password) of each, both str
        sleep      async, takes seconds, such as asyncio.sleep
        timeout_s  seconds for one network
        """
        self._radio = radio
        self._networks = networks
        self._sleep = sleep
        self._polls = int(timeout_s / _POLL_S)

    def is_up(self) -> bool:
        """True while there is an access point and an IP address."""
        return self._radio.is_up()

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

        Those that hide, or whose name is not UTF-8, are left out.
        """
        found: dict = {}
        for ssid, _, _, strength, security, *_ in self._radio.scan():
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
        return self._radio.address

    async def open_beside(self, access_point) -> None:
        """Bring up `access_point`, an AccessPoint, so that the station keeps the route to the internet. Raises OSError.

        To be called while nobody else uses the link, as close_beside() is.
        """
        self._radio.make_room()
        try:
            access_point.up()
            self._radio.come_back()
        except BaseException:
            self.drop(access_point)
            raise

    async def close_beside(self, access_point) -> None:
        """Take down what open_beside() brought up; the station works as before, or can be brought up again."""
        self.drop(access_point)

    def drop(self, access_point) -> None:
        """close_beside() where the event loop does not turn any more. Never raises OSError."""
        access_point.down()
        self._radio.close_up()

    def _by_strength(self) -> list:
        """The networks, the strongest first; those that a scan does not show, hidden ones perhaps, are the last."""
        if len(self._networks) < 2:
            return self._networks
        strength: dict = {}
        try:
            for found in self._radio.scan():  # (name: bytes, BSSID, channel, RSSI, ...)
                strength[found[0]] = max(found[3], strength.get(found[0], -1000))
        except OSError:
            pass  # in the order of the settings, then
        # With their place in the settings, because MicroPython's sorted() keeps no order among equals.
        places = [(-strength.get(name.encode(), -1000), place) for place, (name, _) in enumerate(self._networks)]
        return [self._networks[place] for _, place in sorted(places)]

    async def _connect(self, name: str, password: str) -> None:
        """One network, until it is connected or its time is over: a refusal on the way does not end it."""
        refused: list = []
        before, standing, attempt = "", 0, 0  # what the last look saw, and looks in a row that nothing more comes of it
        self._radio.begin(name, password, attempt)
        for _ in range(self._polls):
            await self._sleep(_POLL_S)
            if self.is_up():
                return
            refusal, over = self._radio.look()
            if refusal and refusal != before:
                refused.append(refusal)
            before = refusal
            standing = standing + 1 if over else 0
            if standing >= _STANDS:
                attempt += 1
                self._radio.begin(name, password, attempt)
                before, standing = "", 0
        # Once is a hiccup: a word for a person is only what was said again, and nothing else.
        if len(set(refused)) == 1 and (len(refused) > 1 or attempt):
            raise OSError(errno.ECONNREFUSED, f"Wi-Fi {name!r}: {refused[0]}")
        raise OSError(errno.ETIMEDOUT, f"Wi-Fi {name!r}: no connection")

    def down(self) -> None:
        """Switch the radio off. Never raises OSError."""
        self._radio.off()
