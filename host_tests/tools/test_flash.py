"""`cognito-mp flash`: a boot drive that is a folder, and an esptool that writes down what it is told."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from cognito_mp_tools.board import boot_drive
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.firmware.rp2040_firmware import uf2

INFO = "UF2 Bootloader v3.0\nModel: {0}\nBoard-ID: {0}\n"


# Writes its arguments into a file; calls itself the version that the file beside it says.
@pytest.fixture
def drive(tmp_path: Path) -> Path:
    """The drive of an RP2040 in its boot loader."""
    folder = tmp_path / "RPI-RP2"
    folder.mkdir()
    (folder / "INFO_UF2.TXT").write_text(INFO.format("RPI-RP2"))
    return folder


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A firmware for RP2040."""
    path = tmp_path / "firmware.uf2"
    path.write_bytes(uf2(bytes(range(256)) * 20))
    return path


def esp_image(folder: Path, chip: int) -> Path:
    path = folder / "firmware.bin"
    path.write_bytes(bytes([0xE9, 3, 2, 0]) + bytes(8) + struct.pack("<H", chip) + bytes(100))
    return path


def test_a_uf2_is_copied(drive: Path, image: Path, ok: Callable[..., str]) -> None:
    assert "The firmware is on the board" in ok("flash", "EMULATED_RP2040", "--firmware", image, "--mount", drive)
    assert (drive / "firmware.uf2").read_bytes() == image.read_bytes()


def test_the_drive_is_found(
    drive: Path, image: Path, ok: Callable[..., str], refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boot_drive, "_parents", lambda: [drive.parent])
    ok("flash", "rp2040", "--firmware", image)
    assert (drive / "firmware.uf2").exists()
    (drive / "INFO_UF2.TXT").unlink()
    assert "hold BOOTSEL while you plug the board in" in refused("flash", "rp2040", "--firmware", image)


def test_a_board_that_runs_is_asked_to_show_its_drive(
    bare_firmware: Path, tmp_path: Path, drive: Path, ok: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmulatedRP2040(bare_firmware, tmp_path / "flash.img", network=False) as chip:

        def mounted() -> list[Path]:
            # The boot loader is in the chip's ROM, and not emulated: the emulator ends where it begins.
            return [drive.parent] if chip.figures.get("reason") == "boot loader" else []

        monkeypatch.setattr(boot_drive, "_parents", mounted)
        assert "The board was asked to show its drive." in ok(
            "flash", "EMULATED_RP2040", chip.port, "--firmware", bare_firmware
        )
    assert (drive / "firmware.uf2").read_bytes() == bare_firmware.read_bytes()


def test_a_folder_or_a_board_that_is_not_the_right_one(drive: Path, image: Path, refused: Callable[..., str]) -> None:
    words = ("flash", "rp2040", "--firmware", image, "--mount")
    assert "it has no INFO_UF2.TXT" in refused(*words, image.parent)
    (drive / "INFO_UF2.TXT").write_text(INFO.format("RP2350"))
    assert "the firmware is for rp2040, and the board in its boot loader is an rp2350" in refused(*words, drive)
    assert not (drive / "firmware.uf2").exists()


def test_a_firmware_that_is_not_for_the_board(image: Path, refused: Callable[..., str]) -> None:
    assert "firmware.uf2 is for rp2040, and rp2350 is an rp2350" in refused("flash", "rp2350", "--firmware", image)
    blocks = image.read_bytes()
    image.write_bytes(blocks[:-100])
    assert "is cut short" in refused("flash", "rp2040", "--firmware", image)
    image.write_bytes(blocks[:512] + bytes(512))
    assert "is damaged" in refused("flash", "rp2040", "--firmware", image)
    image.write_bytes(blocks[:28] + struct.pack("<I", 0x1234) + blocks[32:512])
    assert "another chip (UF2 family 0x1234)" in refused("flash", "rp2040", "--firmware", image)


def test_a_board_that_nobody_knows(refused: Callable[..., str]) -> None:
    assert "there is no board NOWHERE: there are COGNITO_ESP32_" in refused("flash", "NOWHERE")
    assert "EMULATED_RP2040" in refused("flash", "NOWHERE")


def test_esp32_by_esptool(esptool: Path, tmp_path: Path, ok: Callable[..., str]) -> None:
    image = esp_image(tmp_path, 9)
    ok("flash", "esp32s3", "/dev/ttyX", "--firmware", image, "--erase")
    (esptool / "version").write_text("esptool.py v4.8.1\n4.8.1\n")
    image = esp_image(tmp_path, 0)
    ok("flash", "esp32", "/dev/ttyX", "--firmware", image)
    assert (esptool / "told").read_text().splitlines() == [
        "--chip esp32s3 --port /dev/ttyX erase-flash",
        f"--chip esp32s3 --port /dev/ttyX write-flash 0x0 {image}",
        f"--chip esp32 --port /dev/ttyX write_flash 0x1000 {image}",
    ]


def test_esptool_that_fails_or_is_not_there(esptool: Path, tmp_path: Path, refused: Callable[..., str]) -> None:
    words = ("flash", "esp32c3", "/dev/ttyX", "--firmware", esp_image(tmp_path, 5))
    (esptool / "fails").touch()
    assert "esptool's write-flash failed" in refused(*words)
    (esptool / "esptool").unlink()
    assert "pip install esptool" in refused(*words)


def test_a_file_that_is_no_firmware(tmp_path: Path, refused: Callable[..., str]) -> None:
    (tmp_path / "text.bin").write_text("hello")
    assert "is not a firmware" in refused("flash", "esp32", "/dev/ttyX", "--firmware", tmp_path / "text.bin")
    assert "firmware.bin is for esp32c3, and esp32 is an esp32" in refused(
        "flash", "esp32", "/dev/ttyX", "--firmware", esp_image(tmp_path, 5)
    )
