"""What the tests of machine code run on. Tests that ask for one of these are `native`, for `make test-native`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cognito_mp_tools.emulator.programs import MissingPrograms
from cognito_mp_tools.firmware import rv32_firmware
from cognito_mp_tools.packages.debian import NotDebian


def _required() -> None:
    try:
        rv32_firmware.require()
    except (MissingPrograms, NotDebian) as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def qemu_xtensa() -> str:
    """QEMU's user mode for Xtensa."""
    _required()
    return "qemu-xtensa"


@pytest.fixture(scope="session")
def rv32_firmware_image() -> Path:
    """MicroPython 1.25 for RV32, with nothing of ours in it."""
    _required()
    return rv32_firmware.build()


@pytest.fixture(scope="session", params=["trixie", "forky"])
def each_rv32_firmware_image(request: pytest.FixtureRequest) -> Path:
    """MicroPython 1.25 for RV32, and 1.26: of all later ones Debian has no source."""
    _required()
    return rv32_firmware.build(suite=request.param)
