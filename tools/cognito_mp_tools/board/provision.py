"""`cognito-mp provision`: a session and settings for a device, made here; no password reaches the device."""

from __future__ import annotations

import json
import os
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from cognito_mp.client import Client
from cognito_mp.stores.ram import RamStore

from cognito_mp_tools.board import settings as device_settings
from cognito_mp_tools.board.link import DeviceLink
from cognito_mp_tools.board.serial_ports import port_argument
from cognito_mp_tools.board.session import SETTINGS, give, require_library, session_path, settings, stored_session
from cognito_mp_tools.board.sign_in import FLOWS, PASSWORD_VARIABLE, ask, sign_in
from cognito_mp_tools.board.wifi import wifi_password
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.pool import session_days
from cognito_mp_tools.pool import settings as pool_settings
from cognito_mp_tools.terminal import done, progress, say

_BOARD = """
import json, sys
try:
    import network
    _wifi = hasattr(network, 'WLAN')
except ImportError:
    _wifi = False
print(json.dumps([getattr(sys.implementation, '_machine', sys.platform), _wifi]))
"""


def _pool(file: Path | None, options: Mapping[str, str | None], ca: Path | None) -> dict[str, str]:
    """What is known of the pool: from the file, then the options, then the person."""
    values = pool_settings.read(file) if file else {}
    if options.get("endpoint"):
        values.pop("device_endpoint", None)
    secret = os.environ.get("COGNITO_MP_CLIENT_SECRET")
    if secret:
        values["client_secret"] = secret
    values.update({key: value for key, value in options.items() if value})
    if ca:
        values["ca"] = _pem(ca)
    for key, question in (("region", "Region"), ("client_id", "App client id")):
        if not values.get(key):
            values[key] = ask(question, f"COGNITO_MP_{key.upper()}")
    values["session_days"], why = session_days.known(values)
    if why:
        say(f"The device is not told when its session ends: {why.rstrip('.')}. --session-days tells it.")
    return values


def _pem(ca: Path) -> str:
    """The certificates in the file, as PEM. Raises ToolFailed when there is none."""
    content = ca.read_bytes()
    if content.startswith(b"\x30"):
        return ssl.DER_cert_to_PEM_cert(content)
    if b"-----BEGIN CERTIFICATE-----" not in content or not content.isascii():
        raise ToolFailed(f"{ca} holds no certificate.")
    return content.decode("ascii")


def _wifi(has_wifi: bool, ssid: str | None, existing: Mapping[str, Any]) -> dict[str, str | None]:
    """The Wi-Fi settings: the ones given, the ones on the device, or what the person types; none without Wi-Fi."""
    if not ssid and (not has_wifi or existing.get("wifi_ssid")):
        return {}
    ssid = ssid or ask("Wi-Fi network", "COGNITO_MP_WIFI_SSID")
    return {"wifi_ssid": ssid, "wifi_password": wifi_password(ssid) or None}


def _password(from_stdin: bool) -> str:
    if not from_stdin:
        return ask("Password", PASSWORD_VARIABLE, secret=True)
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise ToolFailed("--password-stdin was given, and there is no password on the standard input.")
    return password


def _new_session(pool: Mapping[str, str], username: str, password: str, flow: str) -> bytes:
    """Sign in, here; returns the session as a store keeps it. Raises ToolFailed."""
    store = RamStore()
    try:
        client = Client(
            pool["region"],
            pool["client_id"],
            pool.get("client_secret"),
            pool.get("user_pool_id"),
            store=store,
            endpoint=pool.get("endpoint"),
            cadata=pool["ca"].encode() if pool.get("ca") else None,
        )
    except ValueError as problem:
        raise ToolFailed(f"{problem}.") from problem
    sign_in(client, username, password, flow)
    return store.load() or b""


def hand_over(
    link: DeviceLink,
    pool: Mapping[str, str],
    wifi: Mapping[str, str | None],
    further: Mapping[str, Any],
    session: bytes,
    flow: str,
) -> None:
    """Put settings and session on the device, all or nothing. Raises DeviceFailed.

    wifi     the settings wifi_ssid and wifi_password, empty to leave them as they are
    further  other settings, see settings.py
    flow     Cognito's AuthFlow
    """
    values = {**device_settings.for_device(pool, wifi, further, settings(link) or {}), "sign_in_flow": flow}
    ca = pool.get("ca")
    files = {device_settings.CA_FILE: ca.encode()} if ca else {}
    files[SETTINGS] = json.dumps(values, ensure_ascii=False).encode()
    with progress("Writing settings and session", sum(map(len, files.values()))) as advance:
        give(link, files, session_path(values), session, advance)


@click.command()
@port_argument
@click.option(
    "--settings",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file that `cognito-mp pool` or `cognito-mp local` wrote; the options below go before it.",
)
@click.option("--region", envvar="COGNITO_MP_REGION", help="Region of the user pool, such as eu-west-1.")
@click.option("--client-id", envvar="COGNITO_MP_CLIENT_ID", help="App client; its secret: COGNITO_MP_CLIENT_SECRET.")
@click.option("--user-pool-id", envvar="COGNITO_MP_USER_POOL_ID", help="Id of the user pool.")
@click.option("--endpoint", envvar="COGNITO_MP_ENDPOINT", help="https://host:port in place of AWS's own.")
@click.option(
    "--session-days",
    "days",
    type=click.IntRange(1, 3650),
    help="For how many days the app client's refresh tokens are good; by default what the file or the app client says.",
)
@click.option("--device-endpoint", help="The same, as the device has to call it, where that differs.")
@click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PEM file with the root to trust in place of Amazon's.",
)
@click.option("--wifi-ssid", envvar="COGNITO_MP_WIFI_SSID", help="Wi-Fi network. Password: COGNITO_MP_WIFI_PASSWORD.")
@device_settings.option
@click.option("--username", envvar="COGNITO_MP_USERNAME", help="Who signs in.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input, one line.")
@click.option(
    "--flow",
    type=click.Choice(FLOWS),
    default=FLOWS[0],
    show_default=True,
    help="Cognito's AuthFlow, here and at the device's console; by SRP, Cognito does not see the password either.",
)
@click.option("--force", is_flag=True, help="Replace the session that is on the device.")
def command(
    port: str,
    file: Path | None,
    ca: Path | None,
    wifi_ssid: str | None,
    further_file: Path | None,
    username: str | None,
    password_stdin: bool,
    flow: str,
    force: bool,
    days: int | None,
    **options: str | None,
) -> None:
    """Sign a person in on this computer, and give the session to the board on PORT.

    The password stays here: the device gets the refresh token and its settings. New passwords and second
    factors are asked for here too. Secrets are typed, or come from the variables COGNITO_MP_PASSWORD,
    COGNITO_MP_NEW_PASSWORD, COGNITO_MP_CODE, COGNITO_MP_CLIENT_SECRET and COGNITO_MP_WIFI_PASSWORD.
    """
    further = device_settings.read_further(further_file)
    with DeviceLink(port) as link:
        machine, has_wifi = link.ask(_BOARD)
        existing = settings(link) or {}
        old = stored_session(link, session_path(existing))
        say(f"{machine} on {link.port}: {f'a session of {old.owner}' if old else 'no session yet'}")
        if old and not force:
            raise ToolFailed(f"the device has a session of {old.owner}: --force replaces it.")
        require_library(link)
        pool = _pool(file, {**options, "session_days": str(days or "")}, ca)
        wifi = _wifi(has_wifi, wifi_ssid, {**existing, **further})
        username = username or ask("User name", "COGNITO_MP_USERNAME")
        session = _new_session(pool, username, _password(password_stdin), flow)
        say(f"Signed in as “{username}”, on this computer.")
        hand_over(link, pool, wifi, further, session, flow)
        done("The session and the settings are on the device; the password is not.")
        link.reset()
        done("The board has been reset.")
