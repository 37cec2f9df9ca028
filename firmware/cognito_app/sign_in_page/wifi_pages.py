"""The part of a sign-in that chooses a Wi-Fi network. Loaded when it is asked for."""

from ..backoff import PASSING, describe
from .answers import until_done
from .asking import Do, Page, Problem


def _networks():
    """What a scan finds; a radio that can't leaves the person the name to type."""
    try:
        return (yield Do("scan"))
    except PASSING:
        return []


def wifi(buttons: tuple):
    """Until the device is in a Wi-Fi network."""
    page = Page("wifi", buttons, networks=(yield from _networks()))

    def join(said: dict):
        if said["do"] == "scan":
            page.values["networks"] = yield from _networks()
            return False
        name = said["other"] or said["network"]
        if not name or len(name.encode()) > 32:
            raise Problem("long_network" if name else "no_network")
        try:
            yield Do("join", name, said["wifi_password"])
        except PASSING as error:
            raise Problem("wifi_failed", describe(error))
        return True

    while not (yield from until_done(page, join)):
        page.problem = ""
