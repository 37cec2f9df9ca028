"""Where the sign-in page is to be found."""


class Place:
    """In one network, and in that alone.

    access_point  an AccessPoint, or None: then it is in the network that the device is in anyway
    port          where the server listens
    """

    def __init__(self, link, port: int, access_point=None) -> None:
        """`link`: the device's link, which has an address."""
        self.access_point = access_point
        self.port = port
        self._link = link

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
