"""The main job on the chip, over verified TLS to ministack: a sign-in, the power goes, and nobody has to type."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.emulator.rp2040_filesystem import read_files, write_files
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.host_addresses import HOST_ADDRESS
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from rp2040.programs import CONNECT, HERE, HOST_TESTS, go_online, program_files, run_program

TEMPORARY = "Temporary-1"
CHOSEN = "Chosen-Pass-2"
PROGRAMS = (HOST_TESTS / "device" / "main_job.py", HERE / "device" / "timed_sign_in.py", HERE / "device" / "refused.py")


class Account:
    """alice, with a temporary password in a fresh pool of `server`, and the files that a device of hers needs."""

    def __init__(self, server: LocalCognito) -> None:
        self.idp = server.admin()
        self.pool_id, app = server.add_pool()
        self.idp.admin_create_user(
            UserPoolId=self.pool_id, Username="alice", TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS"
        )
        self.ca = server.ca.der
        self.settings = {
            "region": REGION,
            "client_id": app["ClientId"],
            "client_secret": app["ClientSecret"],
            "user_pool_id": self.pool_id,
            "store": "/session",
            "endpoint": f"https://{HOST_ADDRESS}:{server.front.port}",
            "ca": "/ca.der",
            "username": "alice",
            "temporary_password": TEMPORARY,
            "password": CHOSEN,
        }

    def files(self) -> dict[str, bytes]:
        return {"/settings.json": json.dumps(self.settings).encode(), "/ca.der": self.ca, **program_files(PROGRAMS)}


def report_of(chip: EmulatedRP2040, program: str, *arguments: str, timeout: float = 180) -> dict[str, Any]:
    """What `program` reports by way of the flash: its tokens are not for the console."""
    go_online(chip)
    run_program(chip, program, "/settings.json", *arguments, "/report.json", timeout=timeout)
    return json.loads(read_files(chip.flash_image)["/report.json"])


def test_two_boots(product_firmware: Path, ministack: LocalCognito, tmp_path: Path) -> None:
    account = Account(ministack)
    flash_image = tmp_path / "flash.img"
    write_files(flash_image, account.files())
    handshakes = ministack.front.handshakes
    with EmulatedRP2040(product_firmware, flash_image) as chip:
        first = report_of(chip, "main_job", "first")
        assert first["signed_in_at_boot"] is False
        assert first["challenge"] == "NEW_PASSWORD_REQUIRED"
        assert ministack.front.handshakes - handshakes == 1, "a sign-in and its new password share one connection"
        chip.power_off()
        chip.power_on()
        second = report_of(chip, "main_job", "again")
    assert second["signed_in_at_boot"] is True
    assert second["access_token"] != first["access_token"]
    assert ministack.front.handshakes - handshakes == 2
    assert account.idp.get_user(AccessToken=second["access_token"])["Username"] == "alice"

    session = b"".join(content for path, content in read_files(flash_image).items() if path.startswith("/session."))
    assert b'"refresh_token"' in session
    assert CHOSEN.encode() not in session and TEMPORARY.encode() not in session


def timed_sign_in(
    firmware: Path, server: LocalCognito, flash_image: Path, flow: str, timeout: float = 180
) -> dict[str, Any]:
    account = Account(server)
    account.idp.admin_set_user_password(UserPoolId=account.pool_id, Username="alice", Password=CHOSEN, Permanent=True)
    write_files(flash_image, account.files())
    with EmulatedRP2040(firmware, flash_image) as chip:
        report = report_of(chip, "timed_sign_in", flow, timeout=timeout)
    assert account.idp.get_user(AccessToken=report["access_token"])["Username"] == "alice"
    return report


def test_a_sign_in_with_a_password_and_what_it_costs(
    product_firmware: Path, ministack: LocalCognito, tmp_path: Path, record_figure: Callable[[str, str], None]
) -> None:
    report = timed_sign_in(product_firmware, ministack, tmp_path / "flash.img", "USER_PASSWORD_AUTH")
    record_figure("heap free at the REPL", f"{report['free_at_boot']} B")
    record_figure("heap free after a sign-in and a refresh", f"{report['free_after']} B")
    record_figure("TLS handshake (1.2, P-256, one root)", f"{report['handshake_ms']} ms")
    record_figure("sign-in with a password, TLS and flash included", f"{report['sign_in_ms']} ms")
    record_figure("refresh, TLS included", f"{report['refresh_ms']} ms")
    assert report["free_after"] > 100_000


@pytest.mark.timeout(600)
def test_an_srp_sign_in(
    product_firmware: Path, ministack: LocalCognito, tmp_path: Path, record_figure: Callable[[str, str], None]
) -> None:
    """ministack verifies the proof: SRP arithmetic that was wrong on the chip would be refused."""
    report = timed_sign_in(product_firmware, ministack, tmp_path / "flash.img", "USER_SRP_AUTH", timeout=500)
    record_figure("sign-in with SRP, TLS and flash included", f"{report['sign_in_ms']} ms")


# What the server's certificate is for, how the chip is lied to, and what it says of that.
REFUSALS = {
    "wrong CA": ((HOST_ADDRESS,), False, True, r"not correctly signed by the trusted CA"),
    "wrong host": (("elsewhere.test",), True, True, r"Common Name .*does not match|does not match"),
    "clock never set": ((HOST_ADDRESS,), True, False, r"until the clock is set"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refused_before_a_byte_of_the_request_is_sent(product_firmware: Path, tmp_path: Path, case: str) -> None:
    names, known, clock_set, words = REFUSALS[case]
    requests: list[Request] = []

    def handle(request: Request) -> Response:
        requests.append(request)
        return Response()

    ca = ThrowawayCa()
    flash_image = tmp_path / "flash.img"
    root = ca if known else ThrowawayCa()
    write_files(flash_image, {"/ca.der": root.der, **program_files(PROGRAMS)})
    with TlsFront(handle, ca.server_context(*names)) as front, EmulatedRP2040(product_firmware, flash_image) as chip:
        if clock_set:
            chip.mpremote("resume", "rtc", "--set")
        chip.run(CONNECT)
        said = run_program(chip, "refused", f"https://{HOST_ADDRESS}:{front.port}", "/ca.der")
    kind, _, message = said.strip().partition(": ")
    assert kind == "CertificateError", said
    assert re.search(words, message), said
    assert not requests
    assert front.handshakes == 0
