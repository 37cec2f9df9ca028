"""`cognito-mp doctor --srp`, with MicroPython's unix port for a board."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from cognito_mp import srp
from cognito_mp_tools.board import doctor_srp
from cognito_mp_tools.board.link import DeviceFailed, DeviceLink
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.failures import ToolFailed
from conftest import Interpreter
from tools.unix_board import UnixBoard


def right_claim() -> str:
    words = doctor_srp.POOL, doctor_srp.USER, doctor_srp.PASSWORD
    return srp.claim(*words, doctor_srp.A, *doctor_srp.CHALLENGE)


def board(interpreter: Interpreter, folder: Path, answers: dict[str, Any] | None = None) -> DeviceLink:
    return cast(DeviceLink, UnixBoard(interpreter, folder, answers))


def test_it_times_a_and_the_proof_and_compares_it(
    micropython: Interpreter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = board(micropython, tmp_path)
    found = doctor_srp.measured(link)
    assert found.right and not found.machine_code and found.a_s < found.proof_s
    doctor_srp.examine(link)
    said = capsys.readouterr().out
    assert "by ints" in said and "runs no machine code for Xtensa" in " ".join(said.split())


@pytest.mark.emulator
def test_on_the_emulated_rp2040_machine_code_counts(
    product_firmware: Path, tmp_path: Path, ok: Callable[..., str]
) -> None:
    with EmulatedRP2040(product_firmware, tmp_path / "flash.img", network=False) as chip:
        said = " ".join(ok("doctor", "--srp", chip.port).split())
    assert "at 125 MHz, by machine code" in said and "by ints" not in said


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "too slow": ({doctor_srp.MEASURE: [2500, 9800, right_claim(), [], 160_000_000]}, r"takes 9\.8 s"),
    "a wrong proof": ({doctor_srp.MEASURE: [300, 900, "AAAA", ["m"], 0]}, "wrong"),
    "gone in the trial": (
        {doctor_srp.CLEAR: True, doctor_srp.ENABLE: DeviceFailed("it went away")},
        "fell over.*tries once more",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_board_that_is_not_fit_for_srp_is_told_so(oldest_micropython: Interpreter, tmp_path: Path, case: str) -> None:
    answers, words = BAD[case]
    with pytest.raises(ToolFailed, match=words):
        doctor_srp.examine(board(oldest_micropython, tmp_path, answers))


def test_what_passed_the_trial_is_said_to_count(
    oldest_micropython: Interpreter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = right_claim()
    answers: dict[str, Any] = {doctor_srp.CLEAR: True, doctor_srp.ENABLE: ""}
    answers[doctor_srp.MEASURE] = [300, 900, claim, ["cognito_mp.crypto.montgomery_xtensa"], 160_000_000]
    doctor_srp.examine(board(oldest_micropython, tmp_path, answers))
    assert "at 160 MHz, by machine code" in capsys.readouterr().out
