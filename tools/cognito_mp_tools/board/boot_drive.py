"""The drive that an RP2 chip in its boot loader shows, and copying a firmware to it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.terminal import Advance

# The label of the drive, which desktops mount it under.
LABELS = {"rp2040": "RPI-RP2", "rp2350": "RP2350"}
_INFO = "INFO_UF2.TXT"
_CHUNK = 64 * 1024


def _parents() -> list[Path]:
    """Where desktops mount drives."""
    media = [Path("/media"), Path("/run/media"), Path("/Volumes"), Path("/mnt")]
    return media + [folder for base in media[:2] if base.is_dir() for folder in base.iterdir() if folder.is_dir()]


def _is_drive(folder: Path) -> bool:
    return (folder / _INFO).is_file()


def drives(chip: str) -> list[Path]:
    """The mounted drives of all boards with a `chip` in its boot loader."""
    if os.name == "nt":
        candidates = [Path(f"{letter}:/") for letter in "DEFGHIJKLMNOPQRSTUVWXYZ"]
        return [path for path in candidates if _is_drive(path) and _shown_chip(path) == chip]
    # A second one is mounted as RPI-RP21, or "RPI-RP2 1".
    label = LABELS[chip]
    found = [folder for parent in _parents() if parent.is_dir() for folder in sorted(parent.glob(label + "*"))]
    return [folder for folder in found if _is_drive(folder)]


def find(chip: str) -> Path | None:
    """One of drives(), None when there is none."""
    return next(iter(drives(chip)), None)


def wait(chip: str, seconds: float) -> Path:
    """The drive, as soon as it is mounted. Raises ToolFailed when it isn't within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        drive = find(chip)
        if drive:
            return drive
        if time.monotonic() > deadline:
            raise ToolFailed(
                f"no drive {LABELS[chip]} is mounted: hold BOOTSEL while you plug the board in, mount the drive, "
                "and name its folder with --mount if need be."
            )
        time.sleep(0.1)


def check(drive: Path, chip: str) -> None:
    """Raise ToolFailed unless `drive` is the boot drive of a `chip`."""
    if not _is_drive(drive):
        raise ToolFailed(f"{drive} is not the drive of a board in its boot loader: it has no {_INFO}.")
    shown = _shown_chip(drive)
    if shown and shown != chip:
        raise ToolFailed(f"the firmware is for {chip}, and the board in its boot loader is an {shown}.")


def _shown_chip(drive: Path) -> str:
    """The chip that the drive's own information names, "" when it names none."""
    words = (drive / _INFO).read_text(errors="replace").upper()
    return next((chip for chip, label in LABELS.items() if label in words), "")


def copy(image: Path, drive: Path, advance: Advance) -> None:
    """Write `image` to `drive`, whereupon the board starts it. Raises ToolFailed when the board goes away too soon."""
    try:
        with image.open("rb") as source, (drive / image.name).open("wb") as target:
            while chunk := source.read(_CHUNK):
                target.write(chunk)
                target.flush()
                advance(len(chunk))
            _sync(target.fileno())
    except OSError as problem:
        raise ToolFailed(
            f"{drive} went away, or is full, in the middle ({problem.strerror}): the board stays in its boot loader, "
            "so plug it in with BOOTSEL held and run this again."
        ) from problem


def _sync(descriptor: int) -> None:
    # The board restarts as soon as it has the last block, and takes its drive along: that is success.
    try:
        os.fsync(descriptor)
    except OSError as problem:
        if problem.errno not in (5, 6, 19):  # EIO, ENXIO, ENODEV
            raise
