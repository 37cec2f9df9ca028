"""How the firmware's device starts, sleeps and tells a wake: the chip is port_models' own, and the firmware asks it.

The chip has a clock of its own, which goes on only while it sleeps; the world then lets as much time pass.
"""

from __future__ import annotations

import contextlib
import importlib
import random
import sys
from typing import Any

from cognito_mp_tools.project import ROOT

for _folder in (ROOT / "host_tests" / "portable", ROOT / "host_tests" / "firmware" / "portable"):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))

# By name: mypy checks them as what runs on devices.
boards: Any = importlib.import_module("port_models.boards")
restarts: Any = importlib.import_module("port_models.restarts")

_MOST_SLEEPS = 100  # light sleeps in a row of which one deep sleep may consist


class _Slept(list[Any]):
    """Chip.slept, which notices a device that does nothing but fall asleep."""

    def append(self, sleep: Any) -> None:
        super().append(sleep)
        if len(self) > _MOST_SLEEPS:
            raise restarts.LockedUp("it falls asleep, and wakes at once, for ever")


class Restarts:
    """The chip of one device: a Pico W, or an ESP32 with a radio."""

    def __init__(self, is_rp2: bool, seed: int) -> None:
        self._randomness = random.Random(seed)
        self._watchdog: Any = None
        self._board = boards.PicoW(seed) if is_rp2 else boards.ESP32(seed)

    @property
    def keeps_memory(self) -> bool:
        """Whether a deep sleep leaves memory alone."""
        return self._hardware().deep_sleep_memory() is not None

    def _hardware(self) -> Any:
        return self._board.hardware(None)

    def start(self, why: str = "") -> bool:
        """The chip starts; whether the firmware takes that for a wake. `why`: as Chip.start() has it, "": it slept."""
        chip = self._board.chip
        chip.start(why)
        chip.slept = _Slept()
        self._watchdog = None
        # As in any network: the radio is on, and has something to say.
        self._board.network.WLAN(0).active(True)
        return bool(self._board.start().woke)

    def watchdog(self) -> Any:
        """The firmware's own, switched on."""
        self._watchdog = self._hardware().watchdog(60)
        return self._watchdog

    def stop_watchdog(self) -> None:
        """As whoever puts the device to sleep, other than the firmware itself, has to."""
        if self._watchdog:
            self._watchdog.stop()

    def sleep(self, ms: int) -> int:
        """The firmware puts the chip to sleep for `ms`, in which interrupts come; how many ms that took.

        The firmware takes whole seconds, one at the least. Raises port_models' LockedUp where the chip would hang.
        """
        chip = self._board.chip
        seconds = max(1, ms // 1000)
        if self._randomness.random() < 0.3:
            chip.ends_sleep = [
                self._randomness.randrange(1, 1000 * seconds) for _ in range(self._randomness.randrange(1, 4))
            ]
        before = chip.clock.true_ms
        with contextlib.suppress(restarts.Restarted):
            self._hardware().deep_sleep(seconds)
        chip.ends_sleep = []
        return int(chip.clock.true_ms - before)


LockedUp = restarts.LockedUp
YEAR_2000, YEAR_2021 = restarts.YEAR_2000, restarts.YEAR_2021
