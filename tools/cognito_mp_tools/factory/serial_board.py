"""A board on a serial port, as the production line works on it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cognito_mp_tools.board import deploy, doctor, flash
from cognito_mp_tools.board.doctor_checks import Patient
from cognito_mp_tools.board.link import DeviceFailed, DeviceLink
from cognito_mp_tools.board.provision import hand_over
from cognito_mp_tools.board.session import settings
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.firmware.firmware_image import holds

from .boot_drives import BootDrives

# How long, in seconds, a board may take to be back on its port after it was flashed or reset.
_RETURN = 30.0
_NOTICE = 0.5

_ABOUT = """
import json, machine, os
from binascii import hexlify
print(json.dumps([hexlify(machine.unique_id()).decode(), os.uname().version]))
"""


@dataclass(frozen=True)
class Supplies:
    """What every board gets.

    board, image  its name in boards/ and the firmware to write; None where boards come with theirs
    drives        where RP2 boards take that firmware; None for others
    pool          what `cognito-mp pool` saved: see pool/settings.py
    wifi          the settings wifi_ssid and wifi_password; empty without Wi-Fi
    further       other settings: see board/settings.py
    check_network whether the last check asks the board to reach Cognito
    """

    board: str | None
    image: Path | None
    drives: BootDrives | None
    pool: Mapping[str, str]
    wifi: Mapping[str, str | None]
    further: Mapping[str, Any]
    check_network: bool


class SerialBoard:
    """The board on `port`; see board_work.Board for its methods."""

    def __init__(
        self,
        port: str,
        supplies: Supplies,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """clock: seconds; sleep: waits for seconds."""
        self._port = port
        self._supplies = supplies
        self._clock = clock
        self._sleep = sleep
        self._serial = ""

    def flash(self) -> None:
        image, board = self._supplies.image, self._supplies.board
        try:
            self._serial, version = self._about()
        except DeviceFailed:
            if image is None:
                raise
            version = ""
        if image is None or board is None or version and holds(image, version):
            return
        if self._supplies.drives:
            self._supplies.drives.refill(self._port)
        else:
            flash.write(board, image, self._port)
        self._serial, version = self._back()
        if not holds(image, version):
            raise ToolFailed(f"the board on {self._port} runs MicroPython {version}, and not what was written to it.")

    def serial_number(self) -> str:
        return self._serial

    def deploy(self) -> None:
        with self._link() as link:
            deploy.put(link)

    def give(self, session: bytes, sign_in_flow: str) -> None:
        with self._link() as link:
            supplies = self._supplies
            hand_over(link, supplies.pool, supplies.wifi, supplies.further, session, sign_in_flow)

    def check(self) -> None:
        with self._link() as link:
            doctor.give_time(link)
            values = settings(link) or {}
            host, port = doctor.server(None, None, values)
            patient = Patient(link, host, port, doctor.trusted_roots(link, None, values))
            failure = doctor.first_failure(patient, network=self._supplies.check_network)
            if failure:
                raise ToolFailed(f"{failure.found}: {failure.advice}.")
            link.reset()

    @contextlib.contextmanager
    def _link(self) -> Iterator[DeviceLink]:
        """The board, which must be the one that told its serial number. Raises DeviceFailed."""
        with DeviceLink(self._port) as link:
            if _tell(link)[0] != self._serial:
                raise DeviceFailed(f"another board was put on {self._port} in the middle: plug the first one in again.")
            yield link

    def _about(self) -> tuple[str, str]:
        """(serial number, version of MicroPython)."""
        with DeviceLink(self._port, keep_state=True) as link:
            return _tell(link)

    def _back(self) -> tuple[str, str]:
        """What the board tells of itself, once it is back on its port."""
        end = self._clock() + _RETURN
        while True:
            try:
                return self._about()
            except DeviceFailed:
                if self._clock() > end:
                    raise
            self._sleep(_NOTICE)


def _tell(link: DeviceLink) -> tuple[str, str]:
    serial, version = link.ask(_ABOUT)
    return str(serial), str(version)
