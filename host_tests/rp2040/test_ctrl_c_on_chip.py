"""Ctrl-C on the chip while the application runs with the watchdog on: whoever is at the REPL is not restarted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cognito_mp_tools.board import deploy
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.emulator.rp2040_filesystem import write_files
from cognito_mp_tools.library.bytecode import MpyFormat, emitted_version

SETTINGS = {"region": "eu-west-1", "client_id": "1example23456789", "watchdog_s": 60}
# The hardware's watchdog bites after 8 s; a soft reset ends the timer that fed it, not the watchdog.
STAYS = "import time; time.sleep(12); import machine; print('enabled', machine.mem32[0x40058000] >> 30 & 1)"
RUNS = "Ctrl-C stops the application"
RESETS = "mark.leave()\nmachine.Timer(period=300, mode=0, callback=lambda _: machine.reset())"
MARK = """
import machine
from cognito_app.at_reset import Rp2Mark
mark = Rp2Mark(machine.mem32, "RP2040")
"""


@pytest.fixture(scope="module")
def flash(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {**deploy.library_files(True), **deploy.application_files()}
    image = tmp_path_factory.mktemp("chip") / "flash.img"
    contents = deploy.contents(files, MpyFormat(emitted_version(), "armv6m"))
    write_files(image, {**contents, "/settings.json": json.dumps(SETTINGS).encode()})
    return image


@pytest.fixture
def stopped(bare_firmware: Path, flash: Path) -> Iterator[EmulatedRP2040]:
    """A chip whose application was stopped by Ctrl-C."""
    with EmulatedRP2040(bare_firmware, flash, network=False, until=RUNS, timeout=300) as chip:
        press_ctrl_c(chip)
        yield chip


def press_ctrl_c(chip: EmulatedRP2040) -> None:
    port = os.open(chip.port, os.O_WRONLY | os.O_NOCTTY)
    try:
        os.write(port, b"\x03")
        chip.wait_for("cognito_mp stopped", timeout=60)
    finally:
        os.close(port)


@pytest.mark.timeout(600)
def test_whoever_is_at_the_repl_is_not_restarted(stopped: EmulatedRP2040) -> None:
    assert stopped.run(STAYS, timeout=200).split() == ["enabled", "0"]
    assert stopped.starts == 1, "the watchdog restarted it"


@pytest.mark.timeout(600)
def test_a_mark_outlives_a_reset_and_is_taken_once(stopped: EmulatedRP2040) -> None:
    """What tells a wake: a scratch register of the watchdog."""
    assert stopped.run(MARK + "print(mark.take()); mark.leave()\nprint(mark.take(), mark.take())").split() == [
        "False",
        "True",
        "False",
    ]
    before = stopped.starts
    stopped.run(MARK + RESETS)
    stopped.wait_for_reset(before)
    stopped.wait_for(RUNS, timeout=300)
    press_ctrl_c(stopped)
    assert stopped.run("print(start.woke)").split() == ["True"], "main.py's Start is a global of the REPL's"
    assert stopped.run(MARK + "print(mark.take())").split() == ["False"]
