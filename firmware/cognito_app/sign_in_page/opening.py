"""One opening of the sign-in page: access point, name server and site come up, and go when nobody needs them."""

import asyncio
import gc
import socket

from ..backoff import describe
from ..unwinding import unwind
from .actions import Actions
from .site import Site

_LOOK_S = 0.5


async def open_page(
    place, keeper, link, own, ways: tuple, clock, sleep, urandom, faults, tell, new_server=None, sockets=socket
) -> None:
    """Return when somebody has signed in, or nobody has used the page for ten minutes. Raises OSError.

    place       a place.Place
    own         an OwnSettings
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
        site = Site(actions, ways, place, clock, sleep, urandom, faults, asyncio.create_task)
        server = new_server(site)
        await server.open(place.address, place.port, place.is_inside if point else _nobody)
        tell(place)
        on_network, host = None, ""  # what listens in the device's own network beside the access point, and where
        while not site.is_over and (point or place.is_on_network):
            await sleep(_LOOK_S)
            gc.collect()
            wanted = place.host_on_network if point and place.is_on_network else ""
            if wanted == host:
                continue
            if on_network:
                site.hosts.remove(host)
                await server.close_one(on_network)
            on_network, host = None, wanted
            if host:
                site.hosts.append(host)
                site.look_again()
                on_network = await server.open(host.split(":")[0], place.port, _nobody)
            tell(place)
    except GeneratorExit:  # Ctrl-C: nothing can be awaited any more
        loop_turns = False
        raise
    finally:
        keeper.leave_link_down = False
        tell(None)
        if task:
            task.cancel() if loop_turns else unwind(task)  # the one that Ctrl-C came to "can't cancel self"
        if names:
            names.close()
        if server:
            (server.stop if loop_turns else server.drop)()
        if point_is_up:
            await _down(keeper, link, point, loop_turns)


def _nobody(address: list) -> bool:
    """Who comes through the device's own network did not come through the access point."""
    return False


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
    from . import captive_dns

    try:
        return captive_dns.NameServer(place.address, sleep, listen=place.address, sockets=sockets)
    except OSError as error:  # the page can be opened by its address all the same
        print("sign-in page: no name server:", describe(error))
        return None
