"""What differs between the radios that WifiLink uses: how a join begins, what became of it, and how it goes off."""

import errno

_WRONG = "wrong password"
_NONE = "no such network in reach"
_TOO_OLD = "the network's security is too old"
_UNKNOWN = "the network's security is not known to this chip"


def asked(call, *words, **options):
    """What the driver's call returns. Raises OSError, also where the driver raises RuntimeError.

    ESP32's does so for what it has no words for, "Wifi Unknown Error 0x0102" (ports/esp32/network_common.c).
    """
    try:
        return call(*words, **options)
    except RuntimeError as error:
        raise OSError(errno.EIO, str(error))


def switch_off(wlan) -> None:
    """wlan.active(False), and once more where the driver fails at it. Never raises OSError."""
    for _ in range(2):
        try:
            asked(wlan.active, False)
            return
        except OSError:
            pass


class _Radio:
    """A station interface. A join is begun, and looked at every now and then."""

    _REFUSALS: dict = {}  # what status() says when an attempt has failed -> what to tell a person

    def __init__(self, wlan) -> None:
        """`wlan`: network.WLAN(network.STA_IF), or its like."""
        self._wlan = wlan

    def is_up(self) -> bool:
        return self._wlan.isconnected()

    @property
    def address(self) -> str:
        return self._wlan.ifconfig()[0]

    def scan(self) -> list:
        """What wlan.scan() gives. Raises OSError."""
        asked(self._wlan.active, True)
        found = asked(self._wlan.scan)
        if not found and not self.is_up():  # ESP32 finds nothing, and says nothing, while it is connecting
            self._quietly(self._wlan.disconnect)
            found = asked(self._wlan.scan)
        return found

    def _quietly(self, call, *words) -> None:
        try:
            asked(call, *words)
        except OSError:  # ESP32 says so when there was nothing to disconnect
            pass

    def _leave(self) -> None:
        self._quietly(self._wlan.disconnect)
        switch_off(self._wlan)

    def off(self) -> None:
        """Never raises OSError."""
        self._leave()


class Esp32Radio(_Radio):
    """ESP32 and its kin (ports/esp32/network_wlan.c)."""

    _REFUSALS = {
        # AUTH_EXPIRE, 4WAY_HANDSHAKE_TIMEOUT, HANDSHAKE_TIMEOUT: which one is up to the access point.
        2: _WRONG,
        15: _WRONG,
        204: _WRONG,
        202: _WRONG,
        205: _WRONG,
        201: _NONE,
        211: _TOO_OLD,
        210: _UNKNOWN,
    }

    def begin(self, name: str, password: str, attempt: int) -> None:
        """The first attempt goes on by itself, for ever; each further one ends with its first refusal, and says which.

        While the driver tries again by itself, a password that the access point refuses by 2, 15 or 204 reads as
        "connecting". Raises OSError.
        """
        self._leave()  # a driver that is still at an earlier attempt refuses a new one
        asked(self._wlan.active, True)
        asked(self._wlan.config, reconnects=0 if attempt else -1)
        # connect() does not clear what the network before has said.
        self._stale = asked(self._wlan.status)
        self._looks = 0
        self._ends_by_itself = attempt > 0
        asked(self._wlan.connect, name, password)

    def look(self) -> tuple:
        """(what it was refused for or "", whether nothing more comes of this attempt)."""
        state = asked(self._wlan.status)
        self._looks += 1
        refusal = self._REFUSALS.get(state, "")
        if not self._ends_by_itself:
            # A join takes up to 10 s, of all channels on two bands and DHCP.
            late = self._looks >= 44
            if state == self._stale and not late:
                return "", False
            self._stale = None
            return refusal, late
        return refusal, bool(refusal) and state != self._stale

    # The station's route goes before the access point's (route_prio in esp_netif_defaults.h): nothing is to be done.

    def make_room(self) -> None:
        """Before an access point comes up: the radio makes the random numbers for its password. Raises OSError."""
        asked(self._wlan.active, True)

    def come_back(self) -> None:
        pass

    def close_up(self) -> None:
        pass


class Cyw43Radio(_Radio):
    """Pico W (extmod/network_cyw43.c over cyw43-driver). It stops at the first refusal."""

    _REFUSALS = {-3: _WRONG, -2: _NONE, -1: "it could not be joined"}

    def __init__(self, wlan) -> None:
        super().__init__(wlan)
        self._is_off = False  # as far as is known
        self._shared = False
        self._wpa3: set = set()  # the networks that took WPA3 alone
        self._by_wpa3 = False
        self._name = ""

    def scan(self) -> list:
        self._is_off = False
        return super().scan()

    def begin(self, name: str, password: str, attempt: int) -> None:
        """Every second attempt is by WPA3, which has to be asked for, and is not to be told from WPA2 by a scan.

        Raises OSError.
        """
        self._is_off = False
        asked(self._wlan.active, True)
        self._quietly(self._wlan.disconnect)
        wpa3 = getattr(self._wlan, "SEC_WPA3", None)  # it has a name since 1.25
        self._by_wpa3 = wpa3 is not None and bool(password) and (attempt % 2 == 1) != (name in self._wpa3)
        self._name = name
        if self._by_wpa3:
            asked(self._wlan.connect, name, password, security=wpa3)
        else:
            asked(self._wlan.connect, name, password or None)

    def look(self) -> tuple:
        """As Esp32Radio has it. An attempt by WPA3 says nothing of a network that has WPA2."""
        state = asked(self._wlan.status)
        refusal = self._REFUSALS.get(state, "")
        return ("" if self._by_wpa3 else refusal), bool(refusal)

    def is_up(self) -> bool:
        up = self._wlan.isconnected()
        if up and self._by_wpa3:
            self._wpa3.add(self._name)
        return up

    def off(self) -> None:
        """Only deinit() powers it down, and the access point with it; disconnect() and active(False) power it up.

        Source: cyw43_ensure_up() in cyw43_ctrl.c.
        """
        if self._is_off:
            return
        self._leave()
        if not self._shared:
            self._quietly(self._wlan.deinit)
            self._is_off = True

    # lwIP's default route is that of the interface which was initialised last, the access point's included, and to
    # MicroPython 1.27 a station is initialised once only: netif_set_default() in cyw43_lwip.c, cyw43_wifi_set_up(). So
    # all goes off, the access point comes up, and then the station; and after the access point all goes off again.

    def make_room(self) -> None:
        """Before an access point comes up."""
        self.off()
        self._shared = True

    def come_back(self) -> None:
        """Once it is up. Raises OSError."""
        self._is_off = False
        asked(self._wlan.active, True)

    def close_up(self) -> None:
        """Once it is down. Never raises OSError."""
        self._shared = False
        self._is_off = False
        self.off()
