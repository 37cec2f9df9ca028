"""Where the sign-in page is to be found."""

from .access_point import AccessPoint


class Place:
    """In one network, and in that alone unless somebody asks for more.

    access_point  an AccessPoint, or None: then it is in the network that the device is in anyway
    port          where the server listens
    on_network    bool, the page is wanted in the device's own network too: whoever gave it that looks for it there
    """

    on_network = False

    def __init__(self, link, port: int, access_point=None) -> None:
        """`link`: the device's link, which has an address."""
        self.access_point = access_point
        self.port = port
        self._link = link

    @property
    def host_on_network(self) -> str:
        """What a browser in the device's own network calls it; "" while it is in none."""
        if not self._link.is_up():
            return ""
        return self._link.address if self.port == 80 else f"{self._link.address}:{self.port}"

    @property
    def news(self) -> str:
        """That the page is open, for everybody to see."""
        wifi = f"Wi-Fi {self.access_point.name} (p tells its password), then " if self.access_point else ""
        return f"[sign-in page open] {wifi}{self.url}"

    @property
    def directions(self) -> str:
        """How to get there, for who asked."""
        point = self.access_point
        wifi = f"Wi-Fi {point.name}, password {point.password}, then " if point else ""
        return wifi + self.url

    @property
    def address(self) -> str:
        """The device's own, in the one network that the page is served in, while that is up."""
        return (self.access_point or self._link).address

    @property
    def host(self) -> str:
        """What a browser calls the device."""
        return self.address if self.port == 80 else f"{self.address}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/"


def place_for(settings, link, own, board) -> Place:
    """The Place that the settings ask for.

    board  the hardware.Board
    own    an OwnSettings, which has the access point's password; not used without an access point
    Raises OSError when this board can't.
    """
    if settings.sign_in_page == "network":
        return Place(link, settings.sign_in_page_port)
    if not board.has_wifi:
        raise OSError('"sign_in_page" in settings.json must be "network": this board has no Wi-Fi')
    network = board.network
    # Pico W has no name for plain WPA2; this is CYW43_AUTH_WPA2_AES_PSK of its driver.
    security = getattr(network.WLAN, "SEC_WPA2", 0x00400004)
    access_point = AccessPoint(network.WLAN(network.AP_IF), security, own.access_point_password(), board.unique_id())
    return Place(link, settings.sign_in_page_port, access_point)
