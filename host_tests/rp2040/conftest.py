"""Firmware, an emulated chip and a local Cognito for the tests in this folder."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040, EmulatorFailed, prepare
from cognito_mp_tools.firmware.rp2040_firmware import build
from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.local.tls_front import Request
from fake_cognito.service_model import violations

_TAIL = 4000


def _firmware(variant: str) -> Path:
    prepare()
    return build(variant=variant)


@pytest.fixture(scope="session")
def bare_firmware() -> Path:
    """MicroPython for the emulated board without cognito_mp, built when it is not there."""
    return _firmware("BARE")


@pytest.fixture(scope="session")
def product_firmware() -> Path:
    """MicroPython for the emulated board with cognito_mp frozen in, built when it is not there."""
    return _firmware("")


@pytest.fixture(scope="module")
def chip(bare_firmware: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedRP2040]:
    """A chip that is on, with an empty filesystem; one for all tests of a module."""
    with EmulatedRP2040(bare_firmware, tmp_path_factory.mktemp("chip") / "flash.img") as chip:
        yield chip


@pytest.fixture(scope="module")
def ministack() -> Iterator[LocalCognito]:
    """ministack behind TLS; every request to it must be valid by botocore's model."""
    found: list[str] = []

    def watch(request: Request) -> None:
        found.extend(violations(request.headers.get("x-amz-target", ""), request.body))

    with LocalCognito("ministack", watch=watch) as server:
        yield server
    # ministack's secrets have characters that AWS's have not.
    assert not [violation for violation in found if "ClientSecret does not match" not in violation]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the console of each chip that a failed test had in hand; EmulatorFailed shows it by itself."""
    report = yield
    if report.failed and call.excinfo is not None and not call.excinfo.errisinstance(EmulatorFailed):
        values = [value for entry in call.excinfo.traceback for value in entry.frame.f_locals.values()]
        held = [getattr(value, "chip", value) for value in values]
        for chip in {id(chip): chip for chip in held if isinstance(chip, EmulatedRP2040)}.values():
            report.sections.append(("console of the chip", chip.console[-_TAIL:]))
    return report
