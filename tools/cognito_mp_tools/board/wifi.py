"""`cognito-mp wifi`: the Wi-Fi networks that a device knows, without a sign-in."""

from __future__ import annotations

from typing import Any

import click

from cognito_mp_tools.board.link import DeviceLink
from cognito_mp_tools.board.serial_ports import port_argument
from cognito_mp_tools.board.session import SETTINGS, replace_settings, settings
from cognito_mp_tools.board.sign_in import ask
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.terminal import done, say

_WIFI_PASSWORD = "COGNITO_MP_WIFI_PASSWORD"


def wifi_password(ssid: str) -> str:
    """The password of the network, from its variable or typed; "" for an open one. Raises ToolFailed."""
    return ask(f"Password of {ssid} (none for an open network)", _WIFI_PASSWORD, secret=True, optional=True)


def networks(values: dict[str, Any]) -> dict[str, str]:
    """Name and password of each network in the settings `values`, in their order; "" for an open one."""
    found = {values["wifi_ssid"]: values.get("wifi_password") or ""} if values.get("wifi_ssid") else {}
    for network in values.get("wifi_networks") or []:
        if isinstance(network, dict) and network.get("ssid"):
            found[network["ssid"]] = network.get("password") or ""
    return found


def with_networks(values: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """The settings `values` with these networks: the first as wifi_ssid, the others as wifi_networks."""
    rest = {key: value for key, value in values.items() if not key.startswith("wifi_") or key == "wifi_country"}
    (ssid, password), *others = known.items()
    rest["wifi_ssid"] = ssid
    if password:
        rest["wifi_password"] = password
    if others:
        rest["wifi_networks"] = [{"ssid": name, "password": word} if word else {"ssid": name} for name, word in others]
    return rest


def _settings(link: DeviceLink) -> dict[str, Any]:
    values = settings(link)
    if values is None:
        raise ToolFailed(f"the device on {link.port} has no settings yet: cognito-mp provision makes them.")
    if not values:
        raise ToolFailed(
            f"{SETTINGS} on {link.port} is damaged, and stays as it is: cognito-mp provision makes it anew."
        )
    return values


@click.command()
@port_argument
@click.option("--add", multiple=True, metavar="SSID", help="A network to add, or to give another password.")
@click.option("--remove", multiple=True, metavar="SSID", help="A network to forget.")
def command(port: str, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Show or change the Wi-Fi networks that the board on PORT knows.

    It joins the strongest that is in reach. Nobody is signed in or out. Passwords are typed, or one comes from the
    variable COGNITO_MP_WIFI_PASSWORD; none is shown.
    """
    with DeviceLink(port) as link:
        values = _settings(link)
        known = networks(values)
        unknown = [ssid for ssid in remove if ssid not in known]
        if unknown:
            raise ToolFailed(f"the device knows no network {unknown[0]!r}: it knows {', '.join(known) or 'none'}.")
        known = {ssid: word for ssid, word in known.items() if ssid not in remove}
        known.update({ssid: wifi_password(ssid) for ssid in add})
        if (add or remove) and not known:
            raise ToolFailed("that would leave the device without a network: --add another with it.")
        for ssid, password in known.items():
            say(ssid if password else f"{ssid} (open)")
        if not known:
            say("The device knows no Wi-Fi network.")
        if add or remove:
            replace_settings(link, with_networks(values, known))
            done("The device knows these networks now.")
            link.reset()
            done("The board has been reset.")
