"""RP2 boards in their boot loader, on the production line: drives that take a firmware."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from cognito_mp_tools.board import boot_drive, flash
from cognito_mp_tools.failures import ToolFailed

# Seconds that a drive may take to be mounted once a board was asked for it, and to go away once it has the firmware.
_COMES = 20.0
_GOES = 20.0
_NOTICE = 0.1


class BootDrives:
    """The drives of all boards with one kind of chip. Its methods are called by many threads.

    One is filled at a time: nothing but the order tells which board it is whose drive has just come.
    """

    def __init__(
        self,
        chip: str,
        image: Path,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        mounted: Callable[[str], list[Path]] = boot_drive.drives,
        ask: Callable[[str], None] = flash.ask_for_boot_loader,
    ) -> None:
        """
        clock, sleep  in seconds
        mounted       the drives of a chip
        ask           has the board on a port show its drive
        """
        self._chip = chip
        self._image = image
        self._clock = clock
        self._sleep = sleep
        self._mounted = mounted
        self._ask = ask
        self._told: set[str] = set()
        self._one_at_a_time = threading.Lock()
        self._others: set[Path] | None = None  # while a board is asked for its drive: those that are not its

    def waiting(self) -> set[str]:
        """The drives of boards that nobody has asked for them, such as new ones."""
        others = self._others  # before the drives: once it is None, the drive that was asked for has gone
        there = self._drives()
        waiting = {str(drive) for drive in (there if others is None else there & others)}
        self._told |= waiting
        return waiting

    def fill(self, place: str) -> bool:
        """Put the firmware on the drive at `place`; False when waiting() never told of it. Raises ToolFailed."""
        if place not in self._told:
            return False
        with self._one_at_a_time:
            self._copy(Path(place))
        return True

    def refill(self, port: str) -> None:
        """Have the board on `port` show its drive, and put the firmware there. Raises ToolFailed."""
        with self._one_at_a_time:
            self._others = self._drives()
            try:
                self._ask(port)
                self._copy(self._new_drive(self._others))
            finally:
                self._others = None

    def _drives(self) -> set[Path]:
        return set(self._mounted(self._chip))

    def _new_drive(self, others: set[Path]) -> Path:
        end = self._clock() + _COMES
        while not self._drives() - others:
            if self._clock() > end:
                raise ToolFailed(
                    f"no drive {boot_drive.LABELS[self._chip]} came: a board with MicroPython was asked for it. "
                    "Is something there that mounts drives? Hold BOOTSEL while you plug the board in."
                )
            self._sleep(_NOTICE)
        return min(self._drives() - others)

    def _copy(self, drive: Path) -> None:
        boot_drive.check(drive, self._chip)
        boot_drive.copy(self._image, drive, lambda size: None)
        end = self._clock() + _GOES
        while drive in self._drives():
            if self._clock() > end:
                raise ToolFailed(
                    f"the board at {drive} does not start the firmware that was written to it: is it a firmware for "
                    "this board? Plug it in anew with BOOTSEL held."
                )
            self._sleep(_NOTICE)
