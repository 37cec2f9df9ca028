"""The device's own Wi-Fi network, for as long as the sign-in page is open."""

import errno
from binascii import hexlify

from ..wifi_radios import asked, switch_off


class AccessPoint:
    """WPA2. `name` is its SSID; `password`, "" until it is up."""

    def __init__(self, wlan, security: int, new_password, unique_id: bytes) -> None:
        """
        wlan          network.WLAN(network.AP_IF), or its like
        security      what wlan.config(security=) takes for WPA2
        new_password  () -> str, asked each time that it comes up
        unique_id     such as machine.unique_id(): its end tells one device from the next
        """
        self._wlan = wlan
        self._security = security
        self._new_password = new_password
        self.password = ""
        self.name = "sign-in-" + hexlify(unique_id[-2:]).decode()

    def up(self) -> None:
        """Raises OSError when the radio can't, or does not take the name.

        The radio is on already: without one an ESP32's random numbers can be guessed (ESP-IDF, random.rst).
        """
        self.password = self._new_password()
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

    @property
    def network(self) -> tuple:
        """(address, netmask) of the device in this network, str each, while it is up."""
        return self._wlan.ifconfig()[:2]

    def down(self) -> None:
        """Never raises OSError."""
        switch_off(self._wlan)

    def qr_text(self) -> bytes:
        """What a phone's camera joins by, in ZXing's format, which iOS and Android read."""
        return f"WIFI:T:WPA;S:{self.name};P:{self.password};;".encode()
