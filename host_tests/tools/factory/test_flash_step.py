"""The flash step of the production line: a folder is the drive of an RP2 board, a script is esptool."""

from __future__ import annotations

import json
import os
import pty
import shutil
import struct
import threading
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from cognito_mp_tools.board import boot_drive
from cognito_mp_tools.board.link import DeviceFailed
from cognito_mp_tools.factory.boot_drives import BootDrives
from cognito_mp_tools.factory.serial_board import SerialBoard, Supplies
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.firmware.rp2040_firmware import uf2
from cognito_mp_tools.local.cognito import LocalCognito
from tools.test_flash import INFO

OLD, NEW = "v1.24.1 on 2024-11-29", "v1.25.0 on 2025-04-15"
SERIAL = "e660cafe"


class ClayBoard:
    """A board on a pseudo-terminal that tells, in the raw REPL, its serial number and the version of its MicroPython.

    version   may be changed; "" for a board that says nothing, such as one without firmware
    port      where it is; unplug() takes that away
    """

    def __init__(self, port: Path, version: str) -> None:
        self.version = version
        self.port = port
        self._ours, theirs = pty.openpty()
        tty.setraw(theirs)
        port.symlink_to(os.ttyname(theirs))
        self._theirs = theirs
        threading.Thread(target=self._answer, daemon=True).start()

    def unplug(self) -> None:
        self.port.unlink()

    def _answer(self) -> None:
        typed = b""
        while True:
            typed += os.read(self._ours, 1)
            if not self.version:
                typed = b""
            elif typed.endswith(b"\x05A\x01"):  # raw paste: no
                os.write(self._ours, b"R\x00")
                typed = b""
            elif typed.endswith(b"\r\x01"):
                os.write(self._ours, b"raw REPL; CTRL-B to exit\r\n>")
                typed = b""
            elif typed.endswith(b"\x04"):
                said = json.dumps([SERIAL, self.version]).encode() if b"unique_id" in typed else b""
                os.write(self._ours, b"OK" + said + b"\x04\x04>")
                typed = b""


@pytest.fixture
def clay(tmp_path: Path) -> Iterator[Callable[[str], ClayBoard]]:
    boards: list[ClayBoard] = []

    def make(version: str) -> ClayBoard:
        boards.append(ClayBoard(tmp_path / f"tty{len(boards)}", version))
        return boards[-1]

    yield make
    for board in boards:
        board.port.unlink(missing_ok=True)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A firmware for RP2040 that holds the version NEW."""
    path = tmp_path / "firmware.uf2"
    path.write_bytes(uf2(bytes(1000) + NEW.encode() + bytes(5000)))
    return path


class Desk:
    """Where boot loaders' drives are mounted, and a clock whose seconds pass when somebody waits.

    comes, goes  when these seconds have passed, a drive of this name comes; a drive that holds `firmware.uf2` goes
    """

    def __init__(self, folder: Path, comes: dict[int, str] | None = None, goes: int | None = 1) -> None:
        self.folder = folder
        self.folder.mkdir()
        self.now = 0.0
        self.asked: list[str] = []
        self.written: list[str] = []
        self._comes = comes or {}
        self._goes = goes
        self.went: Callable[[str], None] = lambda name: None

    def plug_in(self, name: str) -> Path:
        drive = self.folder / name
        drive.mkdir()
        (drive / "INFO_UF2.TXT").write_text(INFO.format("RPI-RP2"))
        return drive

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        before, self.now = self.now, self.now + seconds
        for at, name in self._comes.items():
            if before < at <= self.now:
                self.plug_in(name)
        if self._goes is not None and int(before) < int(self.now):
            for drive in self.folder.iterdir():
                if (drive / "firmware.uf2").exists():
                    self.written.append(drive.name)
                    shutil.rmtree(drive)
                    self.went(drive.name)

    def mounted(self, chip: str) -> list[Path]:
        return sorted(self.folder.glob("RPI-RP2*")) if chip == "rp2040" else []

    def drives(self, image: Path) -> BootDrives:
        return BootDrives("rp2040", image, self.clock, self.sleep, self.mounted, self.asked.append)


def supplies(board: str, image: Path, drives: BootDrives | None = None) -> Supplies:
    return Supplies(board, image, drives, {}, {}, {}, False)


def test_a_second_drive_is_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path / "media")
    monkeypatch.setattr(boot_drive, "_parents", lambda: [desk.folder, tmp_path / "nowhere"])
    two = [desk.plug_in("RPI-RP2"), desk.plug_in("RPI-RP21")]
    (desk.folder / "RPI-RP2-my-files").mkdir()
    assert boot_drive.drives("rp2040") == two and boot_drive.drives("rp2350") == []


def test_a_board_without_firmware_gets_it_once(tmp_path: Path, image: Path) -> None:
    desk = Desk(tmp_path / "media")
    drives = desk.drives(image)
    assert drives.waiting() == set()
    places = {str(desk.plug_in("RPI-RP2")), str(desk.plug_in("RPI-RP21"))}
    assert drives.waiting() == places
    assert all(drives.fill(place) for place in sorted(places))
    assert desk.written == ["RPI-RP2", "RPI-RP21"] and drives.waiting() == set()
    assert not drives.fill("/dev/ttyACM0"), "a port is no drive"
    with pytest.raises(ToolFailed, match="no INFO_UF2.TXT"):
        drives.fill(sorted(places)[0])


def test_a_drive_that_stays_is_no_success(tmp_path: Path, image: Path) -> None:
    desk = Desk(tmp_path / "media", goes=None)
    drives = desk.drives(image)
    place = str(desk.plug_in("RPI-RP2"))
    assert drives.waiting() == {place}
    with pytest.raises(ToolFailed, match="does not start the firmware that was written"):
        drives.fill(place)


def test_a_board_with_another_firmware_shows_its_drive_and_nobody_elses_is_taken(
    tmp_path: Path, image: Path, clay: Callable[[str], ClayBoard]
) -> None:
    board = clay(OLD)
    desk = Desk(tmp_path / "media", comes={2: "RPI-RP21"})
    other = str(desk.plug_in("RPI-RP2"))
    drives = desk.drives(image)
    looks = []

    def went(name: str) -> None:
        looks.append(drives.waiting())  # the line looks while the board's own drive is there
        board.version = NEW

    desk.went = went
    serial = SerialBoard(str(board.port), supplies("rp2040", image, drives), desk.clock, desk.sleep)
    serial.flash()
    assert serial.serial_number() == SERIAL
    assert desk.asked == [str(board.port)] and desk.written == ["RPI-RP21"]
    assert looks == [{other}] and drives.waiting() == {other}
    serial.flash()
    assert desk.written == ["RPI-RP21"], "it runs that already"


def test_a_drive_that_does_not_come(tmp_path: Path, image: Path, clay: Callable[[str], ClayBoard]) -> None:
    board = clay(OLD)
    desk = Desk(tmp_path / "media")
    drives = desk.drives(image)
    with pytest.raises(ToolFailed, match="no drive RPI-RP2 came"):
        SerialBoard(str(board.port), supplies("rp2040", image, drives), desk.clock, desk.sleep).flash()
    place = str(desk.plug_in("RPI-RP2"))
    assert drives.waiting() == {place}, "the next one is a board like any other"


@pytest.mark.parametrize(
    ("after", "words"), [("gone", "is the board plugged in"), (OLD, "and not what was written to it")]
)
def test_a_board_that_does_not_come_back_or_is_as_before(
    tmp_path: Path, image: Path, clay: Callable[[str], ClayBoard], after: str, words: str
) -> None:
    board = clay(OLD)
    desk = Desk(tmp_path / "media", comes={1: "RPI-RP2"})
    desk.went = lambda name: board.unplug() if after == "gone" else None
    serial = SerialBoard(str(board.port), supplies("rp2040", image, desk.drives(image)), desk.clock, desk.sleep)
    with pytest.raises(ToolFailed, match=words):
        serial.flash()
    assert desk.now < 60


@pytest.fixture
def esp_image(tmp_path: Path) -> Path:
    path = tmp_path / "firmware.bin"
    path.write_bytes(bytes([0xE9, 3, 2, 0]) + bytes(8) + struct.pack("<H", 9) + bytes(100) + NEW.encode())
    return path


@pytest.mark.parametrize("before", ["", OLD])
def test_esp32_without_firmware_and_with_another(
    before: str, esptool: Path, esp_image: Path, clay: Callable[[str], ClayBoard]
) -> None:
    board = clay(before)

    def clock() -> float:  # it is asked for when esptool has ended
        board.version = before or NEW
        return 0.0

    serial = SerialBoard(str(board.port), supplies("esp32s3", esp_image), clock)
    if before:  # it comes back as it was
        with pytest.raises(ToolFailed, match="and not what was written to it"):
            serial.flash()
    else:
        serial.flash()
        assert serial.serial_number() == SERIAL
    told = f"--chip esp32s3 --port {board.port} write-flash 0x0 {esp_image}\n"
    assert (esptool / "told").read_text() == told
    board.version = NEW
    serial.flash()
    assert (esptool / "told").read_text() == told, "it runs that already"


def test_an_esptool_that_fails_says_so_on_the_board_s_own_row(
    esptool: Path, esp_image: Path, clay: Callable[[str], ClayBoard], capfd: pytest.CaptureFixture[str]
) -> None:
    (esptool / "fails").touch()
    board = clay(OLD)
    with pytest.raises(ToolFailed, match="esptool's write-flash failed"):
        SerialBoard(str(board.port), supplies("esp32s3", esp_image)).flash()
    board.unplug()
    with pytest.raises(ToolFailed, match="esptool's write-flash failed|is the board plugged in") as problem:
        SerialBoard(str(board.port), supplies("esp32s3", esp_image)).flash()
    assert not isinstance(problem.value, DeviceFailed) or "plugged in" in str(problem.value)


def test_a_firmware_for_another_chip_is_told_before_any_board_is_touched(
    pool: Path, esp_image: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    words = ("factory", "run", "--settings", pool, "--database", tmp_path / "factory.sqlite", "--count", 1)
    said = refused(*words, "--board", "rp2040", "--firmware", esp_image, "--dry-run")
    assert "firmware.bin is for esp32s3, and rp2040 is an rp2040: nothing was written." in said


@pytest.fixture
def run_once(
    local_cognito: LocalCognito, pool: Path, image: Path, tmp_path: Path, cognito_mp: Callable[..., Result]
) -> Callable[[], str]:
    """Runs the line once for one RP2040 without firmware; what it prints."""
    words: tuple[object, ...] = ("factory", "run", "--once", "--settings", pool, "--count", 1)
    words += ("--database", tmp_path / "factory.sqlite")
    words += ("--username", "bare-{serial}@example.com", "--port", tmp_path / "none", "--board", "rp2040")
    words += ("--firmware", image, "--endpoint-url", local_cognito.owner_endpoint)
    key = {
        "AWS_ACCESS_KEY_ID": local_cognito.owner.access_key,
        "AWS_SECRET_ACCESS_KEY": local_cognito.owner.secret_key,
    }

    def run() -> str:
        result = cognito_mp(*words, variables=key)
        assert result.exit_code == 1 and "0 of 1 boards are done: run this again to go on." in result.output
        return result.output

    return run


def test_a_drive_that_can_t_be_written_stops_its_own_row_alone(
    tmp_path: Path, run_once: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path / "media")
    drive = desk.plug_in("RPI-RP2")
    (drive / "firmware.uf2").mkdir()  # it can't be opened for writing
    monkeypatch.setattr(boot_drive, "_parents", lambda: [desk.folder])
    assert f"{drive} look stopped {drive} went away, or is full, in the middle" in run_once()


def test_a_bare_board_is_done_as_a_drive_and_goes_on_as_a_port(
    tmp_path: Path, image: Path, run_once: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path / "media")
    drive = desk.plug_in("RPI-RP2")

    def mounted() -> list[Path]:
        written = drive / "firmware.uf2"
        if written.exists() and written.stat().st_size == image.stat().st_size:
            shutil.rmtree(drive)  # as a board does once it has the last block
        return [desk.folder]

    monkeypatch.setattr(boot_drive, "_parents", mounted)
    assert f"{drive} flash done the firmware is on it" in run_once()
