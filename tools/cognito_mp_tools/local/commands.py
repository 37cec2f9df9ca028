"""`cognito-mp local`: a Cognito on this computer, with TLS and a user, until Ctrl-C."""

from __future__ import annotations

import ipaddress
import signal
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import click

from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.local.host_addresses import HOST_ADDRESS, LOOPBACK
from cognito_mp_tools.pool import settings as pool_settings
from cognito_mp_tools.pool.commands import create
from cognito_mp_tools.pool.template import PoolPlan
from cognito_mp_tools.terminal import done, rows, say

USER = "demo@example.com"
TEMPORARY_PASSWORD = "Temporary-1-demo"


def furnish(server: LocalCognito) -> dict[str, str]:
    """Create a pool, an app client with a secret and the demo user on `server`; returns what pool_settings keeps."""
    admin = server.admin()
    values = create(admin, PoolPlan("cognito-mp-local"))
    admin.admin_create_user(
        UserPoolId=values["user_pool_id"],
        Username=USER,
        TemporaryPassword=TEMPORARY_PASSWORD,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": USER}, {"Name": "email_verified", "Value": "true"}],
    )
    values["endpoint"] = server.endpoint
    values["device_endpoint"] = server.endpoint.replace(f"//{LOOPBACK}:", f"//{HOST_ADDRESS}:")
    values["ca"] = server.ca.pem.decode()
    return values


def _show(server: LocalCognito, values: dict[str, str], saved: Path, ca: Path) -> None:
    endpoint, device_endpoint = values["endpoint"], values["device_endpoint"]
    if endpoint == device_endpoint:
        endpoints = [("endpoint", f"{endpoint} for boards and programs on your network")]
    else:
        endpoints = [
            ("endpoint", f"{endpoint} for programs on this computer"),
            ("", f"{device_endpoint} for the emulated RP2040"),
        ]
    rows(
        [
            *endpoints,
            ("root", f"{ca}, PEM"),
            ("owner", f"{server.owner_endpoint}, for signed calls from programs on this computer alone:"),
            ("", f"AWS_ACCESS_KEY_ID={server.owner.access_key} AWS_SECRET_ACCESS_KEY={server.owner.secret_key}"),
            ("region", values["region"]),
            ("user pool", values["user_pool_id"]),
            ("app client", values["client_id"]),
            ("its secret", values["client_secret"]),
            ("user", USER),
            ("password", f"{TEMPORARY_PASSWORD} (temporary: a new one is asked for)"),
        ]
    )
    say()
    if endpoint == device_endpoint:
        say(
            "Whoever is in your network can use it, and it keeps nothing secret: type no real password there.", "yellow"
        )
    say("All of this is made up for this run, and gone after it. To give a device a session:")
    say(f"  cognito-mp provision PORT --settings {saved} --username {USER}")


def _listening(context: click.Context, option: click.Parameter, address: str) -> str:
    try:
        unspecified = ipaddress.IPv4Address(address).is_unspecified
    except ValueError:
        unspecified = True
    if unspecified:
        raise click.BadParameter("name one IPv4 address of this computer, which the certificate is made out to")
    return address


def _stop(number: int, frame: FrameType | None) -> Any:
    raise KeyboardInterrupt


@click.command()
@click.option("--backend", type=click.Choice(["ministack", "moto"]), default="ministack", show_default=True)
@click.option(
    "--listen",
    metavar="ADDRESS",
    default=LOOPBACK,
    show_default=True,
    callback=_listening,
    help="Where to listen: this computer's address on your network, for boards on your Wi-Fi.",
)
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to put the settings for `cognito-mp provision`; by default a temporary file.",
)
def command(backend: str, listen: str, save: Path | None) -> None:
    """Run a Cognito on this computer, behind TLS with a certificate authority of its own, until Ctrl-C.

    It has a pool, an app client with a secret and a user with a temporary password, and it forgets all of them
    at the end. Only programs on this computer and emulated devices reach it, unless --listen says otherwise. What it
    answers there is what AWS answers without credentials; all else is the owner's, on loopback, with a key that is
    made up for this run.
    """
    signal.signal(signal.SIGTERM, _stop)
    if save:
        pool_settings.discard_local(save)
    with tempfile.TemporaryDirectory(prefix="cognito-mp-local-") as folder:
        try:
            server = LocalCognito(backend, address=listen)
        except OSError as problem:
            raise ToolFailed(f"can't listen on {listen}: {problem.strerror}. See `ip addr`.") from problem
        except RuntimeError as problem:
            raise ToolFailed(f"{problem}.") from problem
        with server:
            values = furnish(server)
            saved, ca = save or Path(folder) / "settings.json", Path(folder) / "ca.pem"
            pool_settings.write(saved, values)
            ca.write_text(values["ca"])
            done(f"A Cognito ({backend}) runs on this computer. Ctrl-C ends it.")
            _show(server, values, saved, ca)
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                say("It has ended.")
