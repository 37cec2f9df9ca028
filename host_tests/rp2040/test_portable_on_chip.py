"""Each file of portable/ on the chip, against the library that is frozen into the firmware."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.emulator.rp2040_filesystem import write_files
from rp2040.programs import HOST_TESTS, program_files, run_program

PORTABLE = HOST_TESTS / "portable"
FILES = sorted(PORTABLE.glob("test_*.py"))
VECTORS = HOST_TESTS / "vectors"

# The chip takes minutes for these, and the emulator some 2.5 times as long; or they do not fit.
LEFT_OUT = {
    "test_https.test_a_head_is_no_longer_than_any_that_a_server_sends": "it makes its head of 57 kB in the same heap",
    "test_requests_transport.test_no_more_than_128_kB_and_a_refresh_token_is_kept": "the same, of 128 kB",
    "test_srp.test_powers": "the built-in pow() takes minutes; test_srp_on_chip.py compares powers with CPython's",
}
# Some ten seconds of the chip's each: run by itself, so that each has its own time.
SLOW = (
    "test_srp.test_claims",
    "test_srp.test_numbers_on_the_boundaries",
    "test_flows.test_srp_numbers_that_cannot_be_right_are_the_services_fault",
    "test_flows.test_metadata_goes_out_with_every_call_of_a_sign_in",
    "test_flows.test_a_forgotten_device_is_left_out_by_every_flow",
)
# Whole files that would take it hours, or do not fit: why.
NOT_FOR_THE_CHIP = {
    "test_sessions_that_survive": "it confirms devices by the dozen, each with a power of SRP",
    "test_after_sign_in": "it confirms devices by the dozen, each with a power of SRP",
    "test_remembered_devices": "it signs in with devices by the dozen, each with two powers of SRP",
    "test_pairs_of_clients": "it signs in by the hundred",
    "test_table_of_refusals": "it signs in by the hundred",
    "test_a_stores_age": "it saves by the thousand",
    "test_transitions_that_fail": "it signs in by the hundred",
    "test_what_must_not_come_back": "it spoils each bit of a record",
    "test_arguments": "its table of calls does not fit the heap beside the compiler",
    "test_srp_xtensa": "its module for words of 32 bits is not in firmware for ARM",
    "test_large_replies": "it makes replies of 100 kB in the heap that reads them",
}
# The whole files, of 27 and 35, do not fit the heap of an RP2040.
CHIP_VECTORS = ("small-a-256-bit", "S-zero-byte-high", "device-basic")
CHIP_BOUNDARIES = (("A", "odd number of digits"), ("S", "first byte 80"), ("u", "first byte 00"))

ALONE = """
import sys
sys.path.insert(0, '/programs')
import {module}
{module}.{test}()
print('passed')
"""
LEAVE_OUT = """
import sys
sys.path.insert(0, '/programs')
import {module}
del {module}.{test}
"""


def chip_vectors() -> bytes:
    whole = json.loads((VECTORS / "cognito_srp.json").read_text())
    assert len(whole["vectors"]) == 27
    chosen = [vector for vector in whole["vectors"] if vector["name"] in CHIP_VECTORS]
    assert len(chosen) == len(CHIP_VECTORS)
    return json.dumps({**whole, "vectors": chosen}).encode()


def chip_boundaries() -> bytes:
    whole = json.loads((VECTORS / "srp_boundaries.json").read_text())
    chosen = [vector for vector in whole if (vector["number"], vector["boundary"]) in CHIP_BOUNDARIES]
    assert len(chosen) == len(CHIP_BOUNDARIES)
    return json.dumps(chosen).encode()


@pytest.fixture(scope="module")
def chip(product_firmware: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedRP2040]:
    """A chip with the portable tests on its flash."""
    flash_image = tmp_path_factory.mktemp("portable") / "flash.img"
    files = program_files(PORTABLE.glob("*.py"))
    vectors = {"/vectors/cognito_srp.json": chip_vectors(), "/vectors/srp_boundaries.json": chip_boundaries()}
    write_files(flash_image, {**files, **vectors})
    with EmulatedRP2040(product_firmware, flash_image, network=False) as chip:
        yield chip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_portable(chip: EmulatedRP2040, file: Path) -> None:
    if file.stem in NOT_FOR_THE_CHIP:
        pytest.skip(f"{file.stem} is not for the chip: {NOT_FOR_THE_CHIP[file.stem]}")
    chip.mpremote("soft-reset")
    for test in (*LEFT_OUT, *SLOW):
        module, _, name = test.partition(".")
        if module == file.stem:
            chip.run(LEAVE_OUT.format(module=module, test=name))
    printed = run_program(chip, "run", file.name, timeout=500)
    print(printed)
    assert "\n0 passed" not in "\n" + printed


@pytest.mark.emulator
@pytest.mark.parametrize("test", SLOW)
def test_portable_alone(chip: EmulatedRP2040, test: str) -> None:
    chip.mpremote("soft-reset")
    module, _, name = test.partition(".")
    assert "passed" in chip.run(ALONE.format(module=module, test=name), timeout=500)


@pytest.mark.parametrize("test", LEFT_OUT)
def test_what_is_left_out_on_the_chip(test: str) -> None:
    module, _, name = test.partition(".")
    assert f"def {name}(" in (PORTABLE / f"{module}.py").read_text()
    pytest.skip(f"{test}: {LEFT_OUT[test]}")
