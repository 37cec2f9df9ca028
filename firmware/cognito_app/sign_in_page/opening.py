"""One opening of the sign-in page: access point, name server and site come up, and go when nobody needs them."""

import asyncio
import gc

from ..backoff import describe
from . import captive_dns
from .actions import Actions
from .server import Server
from .site import Site

_LOOK_S = 0.5


async def open_page(place, keeper, link, own, srp: bool, clock, sleep, urandom, faults, tell) -> None:
    """Return when somebody has signed in, or nobody has used the page for ten minutes. Raises OSError.

    place   a place.Place
    own     an OwnSettings
    srp     whether a password can be proved by SRP
    tell    (Place or None) shows a person where the page is, or that it is closed
    The rest as Site has it.
    """
    server = names = None
    keeper.leave_link_down = True
    try:
        if place.access_point:
            place.access_point.up()
            names = asyncio.create_task(_name_server(place, sleep))
        site = Site(Actions(keeper, link, own), srp, place.host, clock, sleep, urandom, faults, asyncio.create_task)
        server = Server(site)
        await server.open(place.address, place.port)
        tell(place)
        while not site.is_over:
            await sleep(_LOOK_S)
            gc.collect()
            host = place.host_on_network if place.on_network else ""
            if host and host not in site.hosts:
                site.hosts.append(host)
                site.look_again()
                await server.open(host.split(":")[0], place.port)
    finally:
        keeper.leave_link_down = False
        tell(None)
        if server:
            await server.close()
        if names:
            names.cancel()
        if place.access_point:
            place.access_point.down()


async def _name_server(place, sleep) -> None:
    try:
        await captive_dns.serve(place.address, sleep, listen=place.address)
    except OSError as error:  # the page can be opened by its address all the same
        print("sign-in page: no name server:", describe(error))
