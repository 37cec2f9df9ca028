"""`cognito-mp flash`: a firmware onto a board, by esptool or by its boot loader's drive."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click

from cognito_mp_tools.board import boot_drive
from cognito_mp_tools.board.link import DeviceLink
from cognito_mp_tools.board.serial_ports import AUTO, chosen, port_argument
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.firmware.firmware_image import chip_of
from cognito_mp_tools.project import BUILD, ROOT
from cognito_mp_tools.terminal import done, is_heard, kilobytes, progress, say

_BOARDS = ROOT / "boards"
# Where MicroPython's firmware.bin starts: its boot loader, as the chip's ROM expects it.
_ESP_OFFSETS = {"esp32": "0x1000", "esp32s2": "0x1000", "esp32p4": "0x2000", "esp32c5": "0x2000"}
_ESP_OFFSET = "0x0"
_DRIVE_SECONDS = 20


def offset_of(chip: str) -> str:
    """Where MicroPython's firmware.bin starts in the flash of `chip`, such as "0x1000"."""
    return _ESP_OFFSETS.get(chip, _ESP_OFFSET)


def chip_for(board: str) -> str:
    """The chip of a board in boards/, or the chip that `board` itself names. Raises ToolFailed."""
    description = _BOARDS / board / "board.json"
    if description.is_file():
        return str(json.loads(description.read_text())["mcu"])
    if board in boot_drive.LABELS or board.startswith("esp32"):
        return board
    known = ", ".join(sorted(path.parent.name for path in _BOARDS.glob("*/board.json")))
    raise ToolFailed(f"there is no board {board}: there are {known}, or a chip such as rp2040 or esp32s3.")


def _built(board: str) -> Path:
    """The firmware that `make firmware` built for `board`. Raises ToolFailed when there is none."""
    places = [BUILD / "rp2040" / board, BUILD / "firmware" / board, BUILD / board]
    for place in places:
        for name in ("firmware.uf2", "firmware.bin"):
            if (place / name).is_file():
                return place / name
    raise ToolFailed(f"no firmware is built for {board}: make firmware BOARD={board}, or name a file with --firmware.")


def _esptool() -> list[str]:
    """The command that runs esptool. Raises ToolFailed when it is not installed."""
    if importlib.util.find_spec("esptool"):
        return [sys.executable, "-m", "esptool"]
    program = shutil.which("esptool") or shutil.which("esptool.py")
    if not program:
        raise ToolFailed(
            f"esptool, which writes to ESP32 chips, is not installed: {sys.executable} -m pip install esptool"
        )
    return [program]


def _major_version(esptool: list[str]) -> int:
    said = subprocess.run([*esptool, "version"], capture_output=True, text=True).stdout
    found = re.search(r"\bv?(\d+)\.\d", said)
    return int(found[1]) if found else 4


def _flash_esp(chip: str, image: Path, port: str, erase: bool) -> None:
    """Write `image` with esptool, which shows its own progress. Raises ToolFailed when it fails."""
    esptool = _esptool()
    command = [*esptool, "--chip", chip, "--port", chosen(port)]
    dash = "-" if _major_version(esptool) >= 5 else "_"
    steps = [[f"erase{dash}flash"]] if erase else []
    steps.append([f"write{dash}flash", offset_of(chip), str(image)])
    for step in steps:
        ended = subprocess.run([*command, *step], capture_output=is_heard(), text=True)
        if ended.returncode:
            said = (ended.stdout or "").strip().splitlines()[-1:] or ["as it says above"]
            raise ToolFailed(
                f"esptool's {step[0]} failed ({said[0]}): hold the board's BOOT button while it connects, "
                "and check that nothing else has the port open."
            )


def _flash_rp2(chip: str, image: Path, port: str, mount: Path | None) -> None:
    """Copy `image` to the drive of the board's boot loader, which a running MicroPython is asked for first."""
    drive = mount or boot_drive.find(chip)
    if drive is None and port != AUTO:
        ask_for_boot_loader(port)
    drive = drive or boot_drive.wait(chip, 0 if port == AUTO else _DRIVE_SECONDS)
    boot_drive.check(drive, chip)
    size = image.stat().st_size
    with progress(f"Copying {image.name} to {drive}, {kilobytes(size)}", size) as advance:
        boot_drive.copy(image, drive, advance)


def ask_for_boot_loader(port: str) -> None:
    """Have the MicroPython on `port` restart into the boot loader of an RP2 chip. Raises ToolFailed."""
    with DeviceLink(port, keep_state=True) as link:
        link.enter_bootloader()
        say("The board was asked to show its drive.")


def require_fitting(board: str, image: Path) -> str:
    """The chip of `board`, which `image` is for. Raises ToolFailed when it is not."""
    chip = chip_for(board)
    meant = chip_of(image)
    if meant != chip:
        raise ToolFailed(f"{image.name} is for {meant}, and {board} is an {chip}: nothing was written.")
    return chip


def write(board: str, image: Path, port: str, mount: Path | None = None, erase: bool = False) -> None:
    """Write `image` to the board on `port`, as `cognito-mp flash` does. Raises ToolFailed."""
    chip = require_fitting(board, image)
    say(f"{board}{'' if board == chip else f' ({chip})'}, {image.name}, {kilobytes(image.stat().st_size)}")
    if chip in boot_drive.LABELS:
        if erase:
            raise ToolFailed("--erase is for ESP32 chips: on RP2 chips remove the files with mpremote.")
        _flash_rp2(chip, image, port, mount)
    else:
        _flash_esp(chip, image, port, erase)
    done("The firmware is on the board, which starts it now.")


@click.command()
@click.argument("board")
@port_argument
@click.option(
    "--firmware",
    "image",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The .uf2 or .bin; by default what `make firmware` built for BOARD.",
)
@click.option(
    "--mount",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="RP2: the folder where the boot loader's drive is mounted; it is looked for otherwise.",
)
@click.option("--erase", is_flag=True, help="ESP32: erase everything first, the session and the settings too.")
def command(board: str, port: str, image: Path | None, mount: Path | None, erase: bool) -> None:
    """Write a firmware to BOARD, a name in boards/ or a chip, on PORT.

    ESP32 chips are written by esptool. RP2 chips take the firmware as a file on the drive that they show when
    BOOTSEL is held while they are plugged in; a MicroPython on PORT is asked to show it.
    """
    chip_for(board)  # a board that nobody knows is told before a firmware is looked for
    write(board, image or _built(board), port, mount, erase)
