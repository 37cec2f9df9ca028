"""Each port's Wi-Fi: models of the module `network`, over what is in reach.

Source files are those of MicroPython (github.com/micropython/micropython) 1.24 to 1.29, of cyw43-driver
(georgerobotics/cyw43-driver) and of ESP-IDF. Times are round numbers of what the drivers wait for.
"""

_NOT_THERE_S, _WRONG_S = 3, 4  # seconds until a driver has given up one attempt
_SCAN_S = 3


class Network:
    """A network in the air.

    security  "open", "wpa2", "wpa3" (and that alone)
    wrong     the reason that an ESP32 gets for a wrong password; which one is up to the access point
    seconds   from connect() to an address by DHCP
    hiccups   attempts that fail at first, as at the edge of a cell
    """

    def __init__(self, password="", dbm=-50, security="", seconds=4, hidden=False, wrong=15, hiccups=0) -> None:
        self.password = password
        self.dbm = dbm
        self.security = security or ("wpa2" if password else "open")
        self.seconds = seconds
        self.hidden = hidden
        self.wrong = wrong
        self.hiccups = hiccups


class Air:
    """What is in reach: `networks`, by name."""

    def __init__(self) -> None:
        self.networks: dict = {}

    def outcome(self, name: str, password: str, wpa3: bool) -> tuple:
        """("up", "none" or "wrong", the seconds that it takes, the Network or None) of one attempt."""
        network = self.networks.get(name)
        if network is None or network.security == "wpa3" and not wpa3:
            return "none", _NOT_THERE_S, network
        if network.hiccups:
            network.hiccups -= 1
            return "none", _NOT_THERE_S, network
        if network.password != password:
            return "wrong", _WRONG_S, network
        return "up", network.seconds, network

    def seen(self, rows) -> list:
        """What a scan finds; rows(name as bytes, Network) makes one of it."""
        return [
            rows(name.encode() if isinstance(name, str) else name, network)
            for name, network in self.networks.items()
            if not network.hidden
        ]


class Radio:
    """What both drivers have in common. `asked`: (name, password) of each connect()."""

    STA_IF, AP_IF = 0, 1

    def __init__(self, chip, air: Air, version: tuple) -> None:
        self.chip = chip
        self.air = air
        self.version = version
        self.asked: list = []
        self.countries: list = []
        self.shown: list = []  # (name, password) that the access point was up with
        self.error = None  # what the next call raises; a test's to set
        self.reset()
        chip.radio = self

    def country(self, code=None):
        """network.country(): on ESP32 nothing reads what is set here (extmod/modnetwork.c)."""
        self.countries.append(code)

    def check(self) -> None:
        """Of each call whose failure the port passes on."""
        self.chip.alive()
        error, self.error = self.error, None
        if error:
            raise error

    def reset(self) -> None:
        """The chip starts."""
        self.network: Network | None = None  # the Network that it is connected to
        self.attempt: tuple | None = None  # (name, password, wpa3) under way
        self._found: Network | None = None
        self._outcome = ""
        self.ends_ms = 0  # of the attempt
        self.ap_up = False
        self.ap_settings: dict = {}

    def lose(self) -> None:
        """The network that it is connected to goes away."""
        self.network = None

    def _begin(self, name: str, password: str, wpa3: bool) -> None:
        self.attempt = name, password, wpa3
        self._outcome, seconds, self._found = self.air.outcome(name, password, wpa3)
        self.ends_ms = self.chip.clock.true_ms + seconds * 1000

    @property
    def _is_over(self) -> bool:
        return self.attempt is not None and self.chip.clock.true_ms >= self.ends_ms

    def _show(self) -> None:
        self.ap_up = True
        self.shown.append((self.ap_settings.get("ssid", ""), self.ap_settings.get("key", "")))


class Cyw43(Radio):
    """Pico W's: extmod/network_cyw43.c over cyw43_ctrl.c and cyw43_lwip.c.

    - The default route is that of the interface which was initialised last, the access point's included, whose gateway
      is itself: netif_set_default() in cyw43_cb_tcpip_init().
    - To 1.27 active(False) of either interface leaves it initialised (cyw43_wifi_set_up()), so that the station never
      gets the route back; from 1.28 it takes it away, and active(True) brings it anew (micropython PR 18814).
    - Only deinit() powers the chip down, and both interfaces with it, and forgets what the access point is called. Any
      ioctl, that of disconnect() and active(False) among them, powers it up: cyw43_ensure_up().
    - Only connect() and scan() pass on that they failed; active(), disconnect(), deinit() and status() take no notice.
    - A station that met a refusal stays with it: nothing tries again.
    - connect() takes WPA2 for a password unless `security` says otherwise; SEC_WPA3 has a name since 1.25.
    """

    STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = 0, 1, 3
    STAT_CONNECT_FAIL, STAT_NO_AP_FOUND, STAT_WRONG_PASSWORD = -1, -2, -3

    def __init__(self, chip, air: Air, version: tuple) -> None:
        super().__init__(chip, air, version)
        radio = self

        class WLAN:
            def __new__(cls, interface=0):
                return radio.interfaces[interface]

        self.WLAN = WLAN
        self.interfaces = (_Cyw43Station(self), _Cyw43AccessPoint(self))
        names = {"SEC_OPEN": 0, "SEC_WPA_WPA2": 0x00400006, "SEC_WPA3": 0x01000004, "SEC_WPA2_WPA3": 0x01400004}
        for holder in (WLAN,) + self.interfaces if version >= (1, 25) else ():
            for name in names:  # the class has them, and so each object of it
                setattr(holder, name, names[name])

    def reset(self) -> None:
        super().reset()
        self.is_powered = False
        self.initialised: list = []
        self.default: int | None = None
        self.state = 0
        self.if_active = [False, False]  # network_cyw43.c's own idea; deinit() does not touch it

    has_pending = property(lambda self: self.is_powered)  # a packet, a beacon: sooner than any sleep ends

    def powered_by_its_pin(self) -> None:
        self.is_powered = True

    @property
    def route(self) -> str:
        """Where a packet to the internet goes: "station", "access point", or "" for nowhere."""
        if self.default == self.AP_IF:
            return "access point"
        return "station" if self.default == self.STA_IF and self.linked() else ""

    def linked(self) -> bool:
        if self._is_over:
            self.attempt = None
            if self._outcome == "up" and self.STA_IF in self.initialised:
                self.network, self.state = self._found, 3
            else:
                self.state = {"none": -2, "wrong": -3, "up": -1}[self._outcome]
        return self.network is not None

    def lose(self) -> None:
        super().lose()
        self.state = 0

    def deinit(self) -> None:
        self.chip.alive()
        if not self.is_powered:
            return
        active, lately = self.if_active, self.countries
        self.reset()
        self.if_active, self.countries = active, lately

    def set_up(self, interface: int, up: bool) -> None:
        """cyw43_wifi_set_up()."""
        self.is_powered = True
        if up:
            if interface == self.AP_IF:
                self._show()
            if interface not in self.initialised:
                self.initialised.append(interface)
                self.default = interface
            return
        if interface == self.AP_IF:
            self.ap_up = False
        if self.version >= (1, 28) and interface in self.initialised:
            self.initialised.remove(interface)
            self.default = None if self.default == interface else self.default
            if interface == self.STA_IF:
                self.network = self.attempt = None

    def leave(self) -> None:
        """cyw43_wifi_leave(): an ioctl."""
        self.is_powered = True
        self.network = self.attempt = None
        self.state = 0


class _Cyw43Interface:
    number = 0

    def __init__(self, radio: Cyw43) -> None:
        self._radio = radio

    def active(self, on=None):
        radio = self._radio
        radio.chip.alive()
        if on is None:
            return radio.if_active[self.number]
        if not on and self.number == radio.STA_IF:
            radio.leave()
        radio.set_up(self.number, bool(on))
        radio.if_active[self.number] = bool(on)
        return None

    def deinit(self) -> None:
        self._radio.deinit()


class _Cyw43Station(_Cyw43Interface):
    def connect(self, ssid: str, key=None, *, security: int = -1) -> None:
        radio = self._radio
        radio.check()
        if radio.STA_IF not in radio.initialised:
            raise OSError(1, "EPERM")
        radio.asked.append((ssid, key or ""))
        radio.network, radio.state = None, 1
        radio._begin(ssid, key or "", security == 0x01000004)

    def disconnect(self) -> None:
        self._radio.chip.alive()
        self._radio.leave()

    def isconnected(self) -> bool:
        self._radio.chip.alive()
        return self._radio.linked()

    def status(self, _what=None):
        radio = self._radio
        radio.chip.alive()
        radio.linked()
        return radio.state

    def scan(self) -> list:
        radio = self._radio
        radio.check()
        if not radio.initialised:
            raise OSError(1, "EPERM")
        radio.chip.clock.pass_time(_SCAN_S)
        # Authentication is bits: 1 WEP, 2 WPA, 4 WPA2; WPA3 alone has WPA2's (cyw43_ll.c).
        return radio.air.seen(
            lambda name, network: (name, b"\2" * 6, 6, network.dbm, 0 if network.security == "open" else 5, 1)
        )

    def ifconfig(self) -> tuple:
        self._radio.chip.alive()
        return ("192.168.1.20" if self._radio.linked() else "0.0.0.0", "255.255.255.0", "192.168.1.1", "192.168.1.1")

    def config(self, *words, **settings):
        self._radio.chip.alive()
        if words or not set(settings) <= {"pm", "hostname", "txpower", "antenna", "monitor", "trace", "channel"}:
            raise ValueError("unknown config param")


class _Cyw43AccessPoint(_Cyw43Interface):
    number = 1

    def config(self, *words, **settings):
        radio = self._radio
        radio.chip.alive()
        if words:
            if words[0] not in ("ssid", "security", "channel"):
                raise ValueError("unknown config param")
            return radio.ap_settings.get(words[0], "")
        for name in settings:
            if name not in ("ssid", "key", "security", "channel"):
                raise ValueError("unknown config param")
        radio.ap_settings.update(settings)
        if radio.if_active[self.number]:  # "cycle it down and up"
            radio.set_up(self.number, False)
            radio.set_up(self.number, True)
        return None

    def ifconfig(self) -> tuple:
        there = self.number in self._radio.initialised
        return ("192.168.4.1" if there else "0.0.0.0", "255.255.255.0", "192.168.4.1", "192.168.4.1")


class Esp32(Radio):
    """ports/esp32/network_wlan.c and network_common.c over ESP-IDF's esp_wifi.

    - The station has the route whenever it is connected: its route_prio is 100, the access point's 10
      (esp_netif_defaults.h).
    - Whether an access point can be configured before it is active: esp_wifi.h says no ("Wifi Invalid Mode"), and the
      port's quickref does it. `configures_inactive` is a test's to choose.
    - status(): 201, 202 and 210 to 212 of the network before stay until another event comes: connect() does not clear
      them. 2, 15, 204 read as 1001 while it reconnects, which it does by itself, for ever unless config(reconnects=)
      says otherwise; 205 reads as 202.
    - scan() while it is connecting gives [] and no error: the status of esp_wifi_scan_start() is dropped.
    - Errors are OSError with a text, or RuntimeError("Wifi Unknown Error 0x....").
    """

    STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = 1000, 1001, 1010
    STAT_NO_AP_FOUND, STAT_WRONG_PASSWORD, STAT_BEACON_TIMEOUT = 201, 202, 200
    STAT_HANDSHAKE_TIMEOUT, STAT_ASSOC_FAIL = 204, 203
    STAT_NO_AP_FOUND_W_COMPATIBLE_SECURITY = 210
    STAT_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD, STAT_NO_AP_FOUND_IN_RSSI_THRESHOLD = 211, 212
    configures_inactive = True

    def __init__(self, chip, air: Air, version: tuple) -> None:
        super().__init__(chip, air, version)
        radio = self

        class WLAN:
            SEC_OPEN, SEC_WPA2, SEC_WPA3 = 0, 3, 6

            def __new__(cls, interface=0):
                return radio.interfaces[interface]

        self.WLAN = WLAN
        self.interfaces = (_EspStation(self), _EspAccessPoint(self))

    def reset(self) -> None:
        super().reset()
        self.mode = 0  # bits: 1 station, 2 access point
        self.reason = 0
        self.requested = False
        self.last: tuple = ()  # what connect() was last asked for
        self.reconnects = -1
        self._left = -1

    is_powered = property(lambda self: self.mode != 0)
    has_pending = False

    @property
    def route(self) -> str:
        if self.linked():
            return "station"
        return "access point" if self.ap_up else ""

    def linked(self) -> bool:
        while self._is_over:
            if self._outcome == "up":
                self.network, self.attempt, self.reason = self._found, None, 0
                break
            self.reason = {"none": 201, "wrong": self._found.wrong if self._found else 201}[self._outcome]
            self._reconnect(self.ends_ms)
        return self.network is not None

    def _reconnect(self, now_ms: int) -> None:
        self.attempt = None
        if self.requested and self._left:
            self._left -= 1
            self._begin(*self.last)
            self.ends_ms += now_ms - self.chip.clock.true_ms

    def lose(self) -> None:
        super().lose()
        self.reason = 200
        self._reconnect(self.chip.clock.true_ms)

    def set_mode(self, mode: int) -> None:
        if self.mode & 1 and not mode & 1:
            self.network = self.attempt = None
        if mode & 2 and not self.mode & 2:
            self._show()
        if not mode & 2:
            self.ap_up = False
        self.mode = mode


class _EspInterface:
    bit = 1

    def __init__(self, radio: Esp32) -> None:
        self._radio = radio

    def active(self, on=None) -> bool:
        radio = self._radio
        radio.check()
        if on is not None:
            radio.set_mode(radio.mode | self.bit if on else radio.mode & ~self.bit)
        return bool(radio.mode & self.bit)


class _EspStation(_EspInterface):
    def connect(self, ssid: str, key=None) -> None:
        radio = self._radio
        radio.check()
        if not radio.mode & self.bit:
            raise OSError("Wifi Not Started")
        radio.linked()
        if radio.attempt:  # esp_wifi_set_config() while it is connecting
            raise OSError("Wifi Internal State Error")
        radio.asked.append((ssid, key or ""))
        radio.network = None
        radio.requested = True
        radio._left = radio.reconnects
        radio.last = ssid, key or "", True  # it takes WPA3 by itself
        radio._begin(*radio.last)

    def disconnect(self) -> None:
        radio = self._radio
        radio.check()
        radio.requested = False
        if not radio.mode:
            raise OSError("Wifi Not Started")
        if radio.linked() or radio.attempt:
            radio.reason = 8
        radio.network = radio.attempt = None

    def isconnected(self) -> bool:
        self._radio.chip.alive()
        return self._radio.linked()

    def status(self, what=None):
        radio = self._radio
        radio.chip.alive()  # it asks nobody
        if radio.linked():
            return 1010
        reason = radio.reason
        if reason in (201, 202, 210, 211, 212):
            return reason
        if reason == 205:
            return 202
        if reason == 8:
            return 1000
        if radio.requested and (radio.reconnects < 0 or radio.attempt):
            return 1001
        return reason or 1000

    def scan(self) -> list:
        radio = self._radio
        radio.check()
        if not radio.mode & self.bit:
            raise OSError("STA must be active")
        radio.linked()
        if radio.attempt:
            return []
        radio.chip.clock.pass_time(_SCAN_S)
        mode = {"open": 0, "wpa2": 3, "wpa3": 6}
        return radio.air.seen(lambda name, network: (name, b"\2" * 6, 6, network.dbm, mode[network.security], False))

    def ifconfig(self) -> tuple:
        self._radio.chip.alive()
        return ("192.168.1.20" if self._radio.linked() else "0.0.0.0", "255.255.255.0", "192.168.1.1", "192.168.1.1")

    def config(self, *words, **settings):
        radio = self._radio
        radio.check()
        if words or not set(settings) <= {"reconnects", "pm", "channel", "txpower", "mac", "hostname", "protocol"}:
            raise OSError("AP required")
        if radio.attempt:  # each config() ends with esp_wifi_set_config()
            raise OSError("Wifi Internal State Error")
        radio.reconnects = settings.get("reconnects", radio.reconnects)


class _EspAccessPoint(_EspInterface):
    bit = 2

    def config(self, *words, **settings):
        radio = self._radio
        radio.check()
        if not radio.mode & self.bit and not radio.configures_inactive:
            raise OSError("Wifi Invalid Mode")
        if words:
            return radio.ap_settings.get(words[0], "ESP_2A2B3C")
        if not set(settings) <= {"ssid", "key", "security", "hidden", "channel", "max_clients"}:
            raise OSError("STA required")
        radio.ap_settings.update(settings)
        if radio.mode & self.bit:
            radio._show()
        return None

    def ifconfig(self) -> tuple:
        return ("192.168.4.1", "255.255.255.0", "192.168.4.1", "192.168.4.1")
