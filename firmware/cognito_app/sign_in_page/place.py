"""Where the sign-in page is to be found."""

from ..stopwatch import Stopwatch
from .gate import Gate, KeptTries, Tries, new_code

# Seconds without anybody who has the code, after which a page on an access point leaves the device's network again.
_NETWORK_S = 180


class Place:
    """In one network, and in that alone unless somebody asks for more.

    access_point  an AccessPoint, or None: then it is in the network that the device is in anyway
    port          where the server listens
    gate          the gate.Gate before whoever comes through the device's own network
    """

    def __init__(self, link, port: int, gate: Gate, clock, access_point=None) -> None:
        """`link`: the device's link, which has an address; `clock` as FaultLog has it."""
        self.access_point = access_point
        self.port = port
        self.gate = gate
        self._link = link
        self._asked = False
        self._since_use = Stopwatch(clock)

    def used_on_network(self) -> None:
        """Somebody who has the code uses the page in the device's own network, or is about to."""
        self._asked = True
        self._since_use.restart()

    @property
    def is_on_network(self) -> bool:
        """Whether the page is wanted in the device's own network: always where there is no access point."""
        if self.gate.is_shut:
            return False
        return not self.access_point or self._asked and self._since_use.seconds() < _NETWORK_S

    def is_inside(self, address: list) -> bool:
        """Whether `address`, four ints, is one of the access point's network.

        What comes in by one interface for the address of the other is taken (ip4_input() of lwIP looks at all), so
        that it came to the access point's address says nothing.
        """
        own, mask = (_numbers(text) for text in self.access_point.network)
        return all((address[at] ^ own[at]) & mask[at] == 0 for at in range(4))

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
        code = " (p tells the code)" if self.is_on_network else ""
        return f"[sign-in page open] {wifi}{self.url}{code}"

    @property
    def directions(self) -> str:
        """How to get there, for whoever asked."""
        point = self.access_point
        wifi = f"Wi-Fi {point.name}, password {point.password}, then " if point else ""
        if not self.is_on_network:
            return wifi + self.url
        near = f"{wifi}{self.url}, or " if point else ""
        return f"{near}http://{self.host_on_network}/ with the code {self.gate.code}"

    @property
    def url_with_code(self) -> str:
        """What lets a browser in the device's own network in; "" while the page is not there."""
        host = self.host_on_network if self.is_on_network else ""
        return f"http://{host}/?code={self.gate.code}" if host else ""

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


def _numbers(address: str) -> list:
    return [int(number) for number in address.split(".")]


def place_for(settings, link, own, board, urandom, is_shown: bool) -> Place:
    """The Place that the settings ask for.

    board     the hardware.Board
    own       an OwnSettings, which makes the access point's password; not used without an access point
    urandom   (int) -> bytes, such as os.urandom
    is_shown  bool, a screen or a console tells people what they have to know
    Raises OSError when this board can't.
    """
    code = settings.sign_in_page_code
    tries = KeptTries(board.page_tries(), board.clock) if code else Tries()
    gate = Gate(code or new_code(urandom), tries)
    if settings.sign_in_page == "network":
        if not (code or is_shown):
            raise OSError('settings.json needs "sign_in_page_code": this board has nothing to show a code with')
        return Place(link, settings.sign_in_page_port, gate, board.clock)
    if not board.has_wifi:
        raise OSError('"sign_in_page" in settings.json must be "network": this board has no Wi-Fi')
    from .access_point import AccessPoint

    network = board.network
    # Pico W has no name for plain WPA2; this is CYW43_AUTH_WPA2_AES_PSK of its driver.
    security = getattr(network.WLAN, "SEC_WPA2", 0x00400004)
    # What is shown is new for each opening. What is not has to be known from somewhere else.
    password = own.new_password if is_shown else own.access_point_password
    access_point = AccessPoint(network.WLAN(network.AP_IF), security, password, board.unique_id())
    return Place(link, settings.sign_in_page_port, gate, board.clock, access_point)
