"""`cognito-mp doctor`: the checks that a maker would do by hand, and what to do where one fails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from cognito_mp import partitions
from cognito_mp.transports.amazon_roots import ROOTS
from cognito_mp.transports.pem import roots

from cognito_mp_tools.board import board_report, doctor_srp
from cognito_mp_tools.board import files as device_files
from cognito_mp_tools.board.doctor_checks import CHECKS, NEEDS, Failed, Patient
from cognito_mp_tools.board.link import DeviceLink
from cognito_mp_tools.board.serial_ports import port_argument
from cognito_mp_tools.board.session import settings
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.terminal import plain, verdict

_SET_CLOCK = """
import machine, time
if time.gmtime(0)[0] == 2000:
    seconds -= 946684800
_t = time.gmtime(seconds)
machine.RTC().datetime((_t[0], _t[1], _t[2], _t[6], _t[3], _t[4], _t[5], 0))
"""


def server(region: str | None, endpoint: str | None, values: dict[str, Any]) -> tuple[str, int]:
    """Host and port that the device has to reach, by the options, else by its own settings."""
    if not region:
        endpoint = endpoint or values.get("endpoint")
    region = region or values.get("region")
    if endpoint:
        parts = urlsplit(endpoint)
        if parts.scheme != "https" or not parts.hostname:
            raise ToolFailed(f"the endpoint {endpoint} is not an https:// address.")
        return parts.hostname, parts.port or 443
    if not region:
        raise ToolFailed("the device has no settings that name its region: pass --region, such as --region eu-west-1.")
    return str(urlsplit(partitions.url("cognito-idp", region)).hostname), 443


def trusted_roots(link: DeviceLink, ca: Path | None, values: dict[str, Any]) -> tuple[bytes, ...]:
    """The roots to trust, in DER: of the option, else of the device's ca_file, else Amazon's."""
    content = ca.read_bytes() if ca else None
    if content is None and values.get("ca_file"):
        content = device_files.read(link, "/" + str(values["ca_file"]).lstrip("/"))
    if content is None:
        return ROOTS
    if content.startswith(b"\x30"):  # DER
        return (content,)
    try:
        return tuple(roots(content))
    except ValueError as problem:
        raise ToolFailed(f"{ca or values['ca_file']} holds no certificate.") from problem


def give_time(link: DeviceLink) -> None:
    """Set the device's clock from this computer's."""
    link.run(_SET_CLOCK, seconds=int(time.time()))


def first_failure(patient: Patient, network: bool) -> Failed | None:
    """The first check that fails, None when all is well; prints nothing. Without `network`, none that asks for it."""
    for name, check in CHECKS.items():
        if not network and "network" in (name, *NEEDS.get(name, ())):
            continue
        try:
            check(patient)
        except Failed as problem:
            return problem
    return None


def verdicts(patient: Patient) -> Iterator[tuple[str, bool | None, str, str]]:
    """All checks, run: the name of each, whether it is good (None: it was not tried), what was found, and advice."""
    failed: set[str] = set()
    for name, check in CHECKS.items():
        missing = [need for need in NEEDS.get(name, ()) if need in failed]
        if missing:
            failed.add(name)
            yield name, None, f"not tried without {missing[0]}", ""
            continue
        try:
            yield name, True, check(patient), ""
        except Failed as problem:
            failed.add(name)
            yield name, False, problem.found, problem.advice


def examine(patient: Patient) -> tuple[int, int]:
    """Run all checks and print each one's verdict; returns how many failed, and how many could not be tried."""
    failed = untried = 0
    for name, good, found, advice in verdicts(patient):
        verdict(good, name, found, advice)
        failed += good is False
        untried += good is None
    return failed, untried


def _tell(words: str) -> None:
    """What is done just now, beside a report on standard output."""
    click.echo(words, err=True)


@click.command()
@port_argument
@click.option("--region", help="Region whose server is to be reached; by default the one in the device's settings.")
@click.option("--endpoint", help="https://host:port in place of AWS's own, as the device calls it.")
@click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PEM file with the root to trust in place of Amazon's.",
)
@click.option("--set-clock", is_flag=True, help="Set the device's clock from this computer's first.")
@click.option(
    "--srp", "only_srp", is_flag=True, help="Time SRP's arithmetic on the board instead, and try its machine code anew."
)
@click.option(
    "--report",
    is_flag=True,
    help="Print in place of the checks what only a real board can tell, as Markdown without a secret, for "
    "docs/boards_seen.md. It takes some minutes; the board joins its Wi-Fi anew, and sleeps twice.",
)
def command(
    port: str,
    region: str | None,
    endpoint: str | None,
    ca: Path | None,
    set_clock: bool,
    only_srp: bool,
    report: bool,
) -> None:
    """Check what a sign-in from the board on PORT needs: MicroPython, memory, clock, network, DNS and verified TLS.

    Each line that fails says what to do. The exit code is 1 when one does.
    """
    if only_srp:
        with DeviceLink(port) as link:
            doctor_srp.examine(link)
        return
    with DeviceLink(port, keep_state=True) as link:
        values = settings(link) or {}
        host, tcp_port = server(region, endpoint, values)
        # A server that is named here has nothing to do with the CA in the device's settings.
        trusted = trusted_roots(link, ca, {} if region or endpoint else values)
        if set_clock:
            give_time(link)
        patient = Patient(link, host, tcp_port, trusted)
        if report:
            _tell("the checks of doctor ...")
            facts = board_report.look(patient, {name: good for name, good, _, _ in verdicts(patient)}, _tell)
        else:
            failed, untried = examine(patient)
    if report:
        facts += board_report.sleeps(link.port, _tell)
        click.echo(plain(board_report.markdown(facts, time.strftime("%Y-%m-%d"))))
        return
    if failed:
        others = f", and {untried} could not be tried" if untried else ""
        raise ToolFailed(f"{failed} of {len(CHECKS)} checks failed{others}.")
