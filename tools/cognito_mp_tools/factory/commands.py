"""`cognito-mp factory`: what a person types."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from serial.tools import list_ports

from cognito_mp_tools.board import boot_drive
from cognito_mp_tools.board import settings as device_settings
from cognito_mp_tools.board.flash import require_fitting
from cognito_mp_tools.board.wifi import wifi_password
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.pool import settings as pool_settings
from cognito_mp_tools.terminal import done, rows, say

from . import exports, labels
from .board_work import SERIAL, Plan, Work
from .boot_drives import BootDrives
from .ledger import BoardRecord, Ledger, alone
from .line import Line, Screen
from .pace import Pace
from .people import FLOWS, People, read_users
from .serial_board import SerialBoard, Supplies

_DATABASE = Path("factory.sqlite")
# Cognito's default quota is 120 sign-ins and refreshes a second for a whole account, whose devices in use need it too,
# and 10 a second for one user.
_RATE = 10.0

_database = click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    default=_DATABASE,
    show_default=True,
    help="What has been done; no password and no token is in it.",
)
_settings = click.option(
    "--settings",
    "pool_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The file that `cognito-mp pool` or `cognito-mp local` wrote.",
)
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
_rate = click.option(
    "--rate", type=click.FloatRange(0.1, 100), default=_RATE, show_default=True, help="Calls a second."
)
_profile = click.option("--profile", envvar="AWS_PROFILE", help="AWS profile whose credentials to use.")
_endpoint_url = click.option("--endpoint-url", help="Where the owner of a local Cognito is served, in place of AWS.")


@click.group()
def command() -> None:
    """Make many devices: each board that is plugged in gets firmware, a user of its own and a session.

    A run that stops anywhere goes on where it was: nothing is made twice. docs: tools/README.md
    """


def _admin(pool: dict[str, Any], profile: str | None, endpoint_url: str | None) -> Any:
    """A boto3 client for user pools that tries nothing again: Pace does, for all boards."""
    import boto3
    from botocore.config import Config

    session = boto3.Session(profile_name=profile, region_name=pool["region"])
    return session.client("cognito-idp", endpoint_url=endpoint_url, config=Config(retries={"total_max_attempts": 1}))


def _usb_ports() -> set[str]:
    return {info.device for info in list_ports.comports() if info.vid is not None}


def _named_ports(ports: tuple[str, ...]) -> Callable[[], set[str]]:
    return lambda: {port for port in ports if os.path.exists(port)}


def _boot_drives(board: str | None, image: Path | None) -> BootDrives | None:
    """Where RP2 boards take `image`, None for others. Raises ToolFailed when it is not for that board."""
    if image is None or board is None:
        return None
    chip = require_fitting(board, image)
    return BootDrives(chip, image) if chip in boot_drive.LABELS else None


@command.command("run")
@_settings
@_database
@click.option(
    "--users",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with a head line: username; password, for users who are in the pool already; attributes such as email.",
)
@click.option("--count", type=click.IntRange(1), help="Make a user for each of so many boards, in place of --users.")
@click.option(
    "--username",
    "names",
    default=f"device-{SERIAL}",
    show_default=True,
    help=f"With --count: the name of each; {SERIAL} is the board's serial number.",
)
@click.option("--board", help="With --firmware: the board's name in boards/, or its chip.")
@click.option(
    "--firmware",
    "image",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The .uf2 or .bin to write to boards that do not run it.",
)
@click.option("--port", "ports", multiple=True, help="Look at this serial port alone; may be given several times.")
@click.option("--flow", type=click.Choice(FLOWS), default=FLOWS[0], show_default=True, help="How users sign in, here.")
@click.option("--wifi-ssid", envvar="COGNITO_MP_WIFI_SSID", help="Wi-Fi network. Password: COGNITO_MP_WIFI_PASSWORD.")
@device_settings.option
@click.option("--check-network/--no-check-network", default=True, help="Whether each board has to reach Cognito.")
@click.option("--once", is_flag=True, help="Work on the boards that are plugged in now, and wait for no others.")
@click.option(
    "--labels",
    "label_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a PDF with the labels of all finished boards at the end.",
)
@_rate
@_profile
@_endpoint_url
@_dry_run
def run(
    pool_file: Path,
    database: Path,
    users: Path | None,
    count: int | None,
    names: str,
    board: str | None,
    image: Path | None,
    ports: tuple[str, ...],
    flow: str,
    wifi_ssid: str | None,
    further_file: Path | None,
    check_network: bool,
    once: bool,
    label_file: Path | None,
    rate: float,
    profile: str | None,
    endpoint_url: str | None,
    dry_run: bool,
) -> None:
    """Work on every board that is plugged in, until enough are done or Ctrl-C; what is under way is finished then.

    A board that fails stops alone and says what to do: plug it in anew, and it goes on where it was.
    """
    if (users is None) == (count is None):
        raise ToolFailed("whose sessions do the boards get? Name a list with --users, or say how many with --count.")
    if (image is None) != (board is None):
        raise ToolFailed("--firmware and --board go together.")
    if SERIAL not in names:
        raise ToolFailed(f"--username must have {SERIAL} in it: each board gets a user of its own.")
    pool = pool_settings.read(pool_file)
    further = device_settings.read_further(further_file)
    listed, passwords = read_users(users) if users else ({}, {})
    most = count or len(listed)
    look = _named_ports(ports) if ports else _usb_ports
    drives = _boot_drives(board, image)
    waiting = drives.waiting if drives else set
    if dry_run:
        _say_what_would_be_done(database, most, sorted(look() | waiting()))
        return
    wifi: dict[str, str | None] = (
        {"wifi_ssid": wifi_ssid, "wifi_password": wifi_password(wifi_ssid)} if wifi_ssid else {}
    )
    with alone(database):
        ledger = Ledger(database)
        try:
            ledger.require_pool(pool["user_pool_id"], pool["client_id"])
            ledger.list_users(listed)
            people = People(pool, _admin(pool, profile, endpoint_url), Pace(rate), flow, passwords)
            people.check_names(list(listed) or [names])
            plan = Plan("USER_PASSWORD_AUTH" if flow == FLOWS[2] else flow, most, None if users else names)
            supplies = Supplies(board, image, drives, pool, wifi, further, check_network)
            with Screen() as screen:
                line = Line(
                    Work(ledger, people, plan),
                    lambda: look() | waiting(),
                    lambda port: SerialBoard(port, supplies),
                    screen,
                    lambda: len(_finished(ledger)) >= most,
                    once=once,
                    fill=drives.fill if drives else lambda port: False,
                )
                line.run()
            _sum_up(ledger, most, len(line.stopped_ports()), label_file)
        finally:
            ledger.close()


def _sum_up(ledger: Ledger, most: int, problems: int, label_file: Path | None) -> None:
    finished = _finished(ledger)
    if label_file and finished:
        count = _write_labels(label_file, [record.serial for record in finished], SERIAL)
        say(f"Labels of {count} boards: {label_file}")
    if len(finished) < most:
        raise ToolFailed(f"{len(finished)} of {most} boards are done: run this again to go on.")
    done(f"All {most} boards are done." + (f" Beside them {problems} stopped: see above." if problems else ""))


def _finished(ledger: Ledger) -> list[BoardRecord]:
    return [record for record in ledger.boards() if record.finished_at]


def _say_what_would_be_done(database: Path, most: int, plugged_in: list[str]) -> None:
    records = _records(database) if database.exists() else []
    finished = sum(bool(record.finished_at) for record in records)
    say(f"{finished} of {most} boards are done, {len(records) - finished} have begun; nothing was changed.")
    for port in plugged_in:
        say(f"{port} would be worked on.")


def _records(database: Path) -> list[BoardRecord]:
    if not database.exists():
        raise ToolFailed(f"there is no {database}: `cognito-mp factory run` makes it.")
    ledger = Ledger(database)
    try:
        return ledger.boards()
    finally:
        ledger.close()


@command.command("list")
@_database
def list_(database: Path) -> None:
    """Every board, its user, and how far it is."""
    records = _records(database)
    if not records:
        say("No board yet.")
    else:
        rows([(record.serial, _state(record)) for record in records])


def _state(record: BoardRecord) -> str:
    words = record.username or "no user yet"
    if record.revoked_at:
        return f"{words}, signed out {record.revoked_at}"
    if record.finished_at:
        return f"{words}, done {record.finished_at}"
    return f"{words}, after “{record.done or 'nothing'}”" + (f": {record.problem}" if record.problem else "")


@command.command("revoke")
@click.argument("serial")
@_settings
@_database
@_rate
@_profile
@_endpoint_url
@_dry_run
def revoke(
    serial: str,
    pool_file: Path,
    database: Path,
    rate: float,
    profile: str | None,
    endpoint_url: str | None,
    dry_run: bool,
) -> None:
    """Sign the device with the number SERIAL out, wherever it is.

    Its refresh token is worth nothing at once (AdminUserGlobalSignOut); an access token that it has goes on until it
    ends.
    """
    record = next((record for record in _records(database) if record.serial == serial), None)
    if record is None:
        raise ToolFailed(f"there is no board {serial} in {database}: `cognito-mp factory list` shows them.")
    if record.username is None:
        raise ToolFailed(f"the board {serial} has no user, and so no session.")
    if dry_run:
        say(f"{record.username} would be signed out; nothing was changed.")
        return
    pool = pool_settings.read(pool_file)
    ledger = Ledger(database)
    try:
        ledger.require_pool(pool["user_pool_id"], pool["client_id"])
        People(pool, _admin(pool, profile, endpoint_url), Pace(rate), FLOWS[0], {}).sign_out(record.username)
        ledger.revoked(serial)
    finally:
        ledger.close()
    done(f"{record.username} is signed out, on the board {serial} and anywhere else.")


@command.command("labels")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--address", default=SERIAL, show_default=True, help="What the code holds, such as https://x.com/{serial}"
)
@_database
@_dry_run
def labels_(file: Path, address: str, database: Path, dry_run: bool) -> None:
    """Write the labels of all finished boards to FILE, a PDF of A4 sheets with 3 by 8 labels."""
    serials = [record.serial for record in _records(database) if record.finished_at]
    if not serials:
        raise ToolFailed("no board is finished yet.")
    count = len(serials) if dry_run else _write_labels(file, serials, address)
    done(f"{count} labels {'would be' if dry_run else 'are'} in {file}.")


def _write_labels(file: Path, serials: list[str], address: str) -> int:
    """How many labels are in `file` now; a serial number that no label has room for is told. Raises ToolFailed."""
    fitting = [serial for serial in serials if labels.fits(serial)]
    for serial in serials:
        if serial not in fitting:
            say(f"No label for {serial[:20]} ...: its serial number has {len(serial)} characters.", "bold red")
    labels.write(file, fitting, address)
    return len(fitting)


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--iot", is_flag=True, help="For AWS IoT's StartThingRegistrationTask, in place of CSV.")
@_database
@_dry_run
def export(file: Path, iot: bool, database: Path, dry_run: bool) -> None:
    """Write all finished boards to FILE, as CSV."""
    finished = [record for record in _records(database) if record.finished_at]
    if not dry_run:
        (exports.write_registrations if iot else exports.write_csv)(file, finished)
    done(f"{len(finished)} boards {'would be' if dry_run else 'are'} in {file}.")
