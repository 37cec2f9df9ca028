"""`cognito-mp` and a board whose program does not end at the first Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable

from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040

STUBBORN = """
import time
left = 3
while left:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        left -= 1
"""


def test_it_is_asked_again(chip: EmulatedRP2040, ok: Callable[..., str]) -> None:
    chip.mpremote("resume", "exec", "--no-follow", STUBBORN)
    assert "MicroPython 1.25" in ok("status", chip.port)
