"""One opening of the sign-in page: access point, name server and site come up, and go when nobody needs them."""

import asyncio
import gc

from . import captive_dns
from .actions import Actions
from .server import Server
from .site import Site

_LOOK_S = 0.5


class Place:
    """Where the page is to be found.

    host          str, what a browser calls the device, with the port unless it is 80
    listen, port  where the server listens
    access_point  an AccessPoint, or None: then it is in the network that the device is in anyway
    """

    def __init__(self, host: str, listen: str, port: int, access_point=None) -> None:
        self.host = host
        self.listen = listen
        self.port = port
        self.access_point = access_point

    @property
    def url(self) -> str:
        return f"http://{self.host}/"


async def open_page(place: Place, keeper, link, own, srp: bool, clock, sleep, urandom, faults, tell) -> None:
    """Return when somebody has signed in, or nobody has used the page for ten minutes. Raises OSError.

    place   a Place
    own     an OwnSettings
    srp     whether a password can be proved by SRP
    tell    (Place or None) shows a person where the page is, or that it is closed
    The rest as Site has it.
    """
    site = Site(Actions(keeper, link, own), srp, place.host, clock, sleep, urandom, faults, asyncio.create_task)
    server = Server(site)
    names = None
    keeper.leave_link_alone(True)
    try:
        if place.access_point:
            place.access_point.up()
            names = asyncio.create_task(captive_dns.serve(place.host, sleep))
        await server.open(place.listen, place.port)
        tell(place)
        while not site.is_over:
            await sleep(_LOOK_S)
            gc.collect()
    finally:
        keeper.leave_link_alone(False)
        tell(None)
        await server.close()
        if names:
            names.cancel()
        if place.access_point:
            place.access_point.down()
