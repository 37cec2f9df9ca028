"""Wi-Fi as a link: is_up(), connect(), down(). Any object with these three can take its place."""

import errno

_POLL_S = 0.25


class WifiLink:
    """One network, one station interface."""

    def __init__(
        self, wlan, ssid: str, password: str, sleep, refusals: dict | None = None, timeout_s: int = 20
    ) -> None:
        """
        wlan      network.WLAN(network.STA_IF), or its like
        sleep     async, takes seconds, such as asyncio.sleep
        refusals  int, what wlan.status() says when an attempt can't succeed any more, to str, what to tell a person
        """
        self._wlan = wlan
        self._ssid = ssid
        self._password = password
        self._sleep = sleep
        self._refusals = refusals or {}
        self._polls = int(timeout_s / _POLL_S)

    def is_up(self) -> bool:
        """True while there is an access point and an IP address."""
        return self._wlan.isconnected()

    async def connect(self) -> None:
        """Bring the link up unless it is. Raises OSError that says what is in the way; the radio is then off."""
        if self.is_up():
            return
        try:
            # A port that is still at an earlier attempt refuses a new one: start with the radio off.
            self.down()
            self._wlan.active(True)
            self._wlan.connect(self._ssid, self._password)
            for _ in range(self._polls):
                await self._sleep(_POLL_S)
                if self.is_up():
                    return
                refusal = self._refusals.get(self._wlan.status())
                if refusal:
                    raise OSError(errno.ECONNREFUSED, f"Wi-Fi {self._ssid!r}: {refusal}")
            raise OSError(errno.ETIMEDOUT, f"Wi-Fi {self._ssid!r}: no connection")
        except OSError:
            self.down()
            raise

    def down(self) -> None:
        """Switch the radio off. Never raises OSError."""
        for step in (self._wlan.disconnect, lambda: self._wlan.active(False)):
            try:
                step()
            except OSError:  # ESP32 says so when there was nothing to disconnect
                pass
