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
from cognito_mp_tools.project import ROOT

SETTINGS = {"region": "eu-west-1", "client_id": "1example23456789", "watchdog_s": 60}
RUNS = "Ctrl-C stops the application"
STARTS = 300.0  # seconds, on a busy computer

# ENABLE of WATCHDOG_CTRL, and CTRL's countdown: RP2040 datasheet, 4.7.6.
WATCHDOG = "import machine; ctrl = machine.mem32[0x40058000]; print(ctrl >> 30 & 1, ctrl & 0xFFFFFF)"
# The hardware's watchdog bites after 8 s, and nobody feeds it: a soft reset ends the application's timer.
STAYS = "import time; time.sleep(12)\n" + WATCHDOG
MARK = """
import machine
from cognito_app.at_reset import Rp2Mark
mark = Rp2Mark(machine.mem32, "RP2040")
"""
# Once mpremote has gone.
RESETS = "mark.leave()\nmachine.Timer(period=300, mode=machine.Timer.ONE_SHOT, callback=lambda _: machine.reset())"


@pytest.fixture(scope="module")
def application() -> dict[str, bytes]:
    """The files of a chip that starts the application by itself."""
    files = {**deploy.application_files(), "/main.py": ROOT / "firmware" / "main.py"}
    contents = deploy.contents(files, MpyFormat(emitted_version(), "armv6m"))
    return {**contents, "/settings.json": json.dumps(SETTINGS).encode()}


@pytest.fixture
def running(product_firmware: Path, application: dict[str, bytes], tmp_path: Path) -> Iterator[EmulatedRP2040]:
    image = tmp_path / "flash.img"
    write_files(image, application)
    with EmulatedRP2040(product_firmware, image, network=False, until=RUNS, timeout=STARTS) as chip:
        yield chip


def press_ctrl_c(chip: EmulatedRP2040) -> None:
    port = os.open(chip.port, os.O_WRONLY | os.O_NOCTTY)
    try:
        os.write(port, b"\x03")
        chip.wait_for("cognito_mp stopped", timeout=60)
    finally:
        os.close(port)


@pytest.mark.timeout(600)
def test_whoever_is_at_the_repl_is_not_restarted(running: EmulatedRP2040) -> None:
    press_ctrl_c(running)
    enabled, stands_at = running.run(WATCHDOG).split()
    assert enabled == "0" and int(stands_at) > 0, "it was on, and is not any more"
    # With mpremote's soft reset.
    assert running.mpremote("exec", STAYS, timeout=100).split() == [enabled, stands_at], "it does not count"
    assert running.starts == 1, "the watchdog restarted it"


@pytest.mark.timeout(600)
def test_a_mark_outlives_a_reset_and_is_taken_once(running: EmulatedRP2040) -> None:
    """What tells a wake: a scratch register of the watchdog."""
    press_ctrl_c(running)
    assert running.run("print(start.woke)").split() == ["False"], "main.py's Start is a global of the REPL's"
    taken = running.run(MARK + "print(mark.take())\nmark.leave()\nprint(mark.take(), mark.take())")
    assert taken.split() == ["False", "True", "False"]
    before = running.starts
    running.run(MARK + RESETS)
    running.wait_for_reset(before)
    running.wait_for(RUNS, timeout=STARTS)
    press_ctrl_c(running)
    assert running.run("print(start.woke)").split() == ["True"]
    assert running.run(MARK + "print(mark.take())").split() == ["False"], "the next restart is not a wake"
