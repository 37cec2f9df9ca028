"""The sign-in page's server where nobody comes by a socket."""


class StandInServer:
    """As server.Server; what it was asked for is kept."""

    def __init__(self, site) -> None:
        self.site = site
        self.addresses: list = []
        self.listening: list = []
        self.is_stopped = self.was_dropped = False

    async def open(self, listen: str, port: int, is_inside) -> object:
        self.addresses.append((listen, port))
        self.listening.append(listen)
        return listen

    async def close_one(self, server) -> None:
        self.listening.remove(server)

    def drop(self) -> None:
        self.was_dropped = True
        self.stop()

    def stop(self) -> None:
        self.is_stopped = True
