"""The device's own Wi-Fi network, for as long as the sign-in page is open."""

import errno
from binascii import hexlify

from ..wifi_radios import asked


class AccessPoint:
    """WPA2, with the device's own password. `name` is its SSID."""

    def __init__(self, wlan, security: int, password: str, unique_id: bytes) -> None:
        """
        wlan       network.WLAN(network.AP_IF), or its like
        security   what wlan.config(security=) takes for WPA2
        unique_id  such as machine.unique_id(): its end tells one device from the next
        """
        self._wlan = wlan
        self._security = security
        self.password = password
        self.name = "sign-in-" + hexlify(unique_id[-2:]).decode()

    def up(self) -> None:
        """Raises OSError when the radio can't, or does not take the name."""
        settings = {"ssid": self.name, "key": self.password, "security": self._security}
        try:
            # Told first, so that it is never up with a name and a password of the port's own.
            asked(self._wlan.config, **settings)
            asked(self._wlan.active, True)
            taken = asked(self._wlan.config, "ssid") == self.name
        except OSError:
            taken = False
        if not taken:  # ESP-IDF has it that an access point is configured while it is active only (esp_wifi.h)
            asked(self._wlan.active, True)
            asked(self._wlan.config, **settings)
            if asked(self._wlan.config, "ssid") != self.name:
                raise OSError(errno.EIO, "the radio does not take the name of the sign-in page's network")

    @property
    def address(self) -> str:
        """The device's own address in this network, while it is up: 192.168.4.1 on ESP32 and Pico W."""
        return self._wlan.ifconfig()[0]

    def down(self) -> None:
        """Never raises OSError."""
        try:
            asked(self._wlan.active, False)
        except OSError:
            pass

    def qr_text(self) -> bytes:
        """What a phone's camera joins by, in ZXing's format, which iOS and Android read."""
        return f"WIFI:T:WPA;S:{self.name};P:{self.password};;".encode()
