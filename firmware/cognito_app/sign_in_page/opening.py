"""One opening of the sign-in page: access point, name server and site come up, and go when nobody needs them."""

import asyncio
import gc
import socket

from ..backoff import describe
from . import captive_dns
from .actions import Actions
from .site import Site

_LOOK_S = 0.5


async def open_page(
    place,
    keeper,
    link,
    own,
    srp: bool,
    plain: "bool | None",
    clock,
    sleep,
    urandom,
    faults,
    tell,
    new_server=None,
    sockets=socket,
) -> None:
    """Return when somebody has signed in, or nobody has used the page for ten minutes. Raises OSError.

    place       a place.Place
    own         an OwnSettings
    srp, plain  how a password may be proved: as conversation.Ways has them
    tell        (Place or None) shows a person where the page is, or that it is closed
    new_server  (Site) -> a server.Server, or its like; None: that
    sockets     the module socket, or its like
    The rest as Site has it.
    """
    if new_server is None:
        from .server import Server as new_server
    server = names = task = None
    point, point_is_up, loop_turns = place.access_point, False, True
    keeper.leave_link_down = True
    try:
        if point:
            await keeper.alone(link.open_beside, point)
            point_is_up = True
            names = _name_server(place, sleep, sockets)
            task = asyncio.create_task(names.run()) if names else None
        actions = Actions(keeper, link, own)
        site = Site(actions, srp, plain, place.host, clock, sleep, urandom, faults, asyncio.create_task)
        server = new_server(site)
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
    except GeneratorExit:  # Ctrl-C: nothing can be awaited any more
        loop_turns = False
        raise
    finally:
        keeper.leave_link_down = False
        tell(None)
        if task:
            task.cancel()
        if names:
            names.close()
        if server:
            server.stop()
        if point_is_up:
            await _down(keeper, link, point, loop_turns)
        if server and loop_turns:
            await server.close()


async def _down(keeper, link, point, loop_turns: bool) -> None:
    """Take the access point down, while nobody else uses the link; at once where that can't be waited for."""
    try:
        if loop_turns:
            await keeper.alone(link.close_beside, point)
            return
    except asyncio.CancelledError:
        link.drop(point)
        raise
    link.drop(point)


def _name_server(place, sleep, sockets):
    try:
        return captive_dns.NameServer(place.address, sleep, listen=place.address, sockets=sockets)
    except OSError as error:  # the page can be opened by its address all the same
        print("sign-in page: no name server:", describe(error))
        return None
