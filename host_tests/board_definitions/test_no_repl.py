"""ENCRYPTED_NO_REPL: of upstream's source, no line is compiled that brings a byte into MicroPython's stdin.

ESP-IDF is not at hand, so nothing is compiled: the C preprocessor says which lines would be.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from board_definitions.esp32_cmake import configured
from board_definitions.host_programs import program, run
from board_definitions.our_boards import BOARDS, ESP32, FLASH
from cognito_mp_tools.firmware.board_firmware import variants

VARIANT = "ENCRYPTED_NO_REPL"
WITH_IT = [board for board in ESP32 if VARIANT in variants(board)]
# Each of these chips has both kinds of USB (ESP-IDF, soc_caps.h of the ESP32-S3).
CHIP = ("-DSOC_USB_OTG_SUPPORTED=1", "-DSOC_USB_SERIAL_JTAG_SUPPORTED=1")
FILLS_STDIN = re.compile(r"ringbuf_put\w*\(&stdin_ringbuf")


def _files_that_fill_stdin(upstream: Path) -> list[Path]:
    port = upstream / "ports" / "esp32"
    places = (port.glob("*.[ch]"), (upstream / "shared").glob("**/*.[ch]"))
    return [file for place in places for file in place if FILLS_STDIN.search(file.read_text())]


def _compiled(file: Path, board: str, upstream: Path, folder: Path, *defines: str) -> str:
    """The lines of `file` that a build of `board` compiles, as its own #if and those of the port's headers say."""
    port = upstream / "ports" / "esp32"
    texts = [port / "mpconfigport.h", port / "uart.h", file]
    own = ['#include "mpconfigboard.h"']
    for text in texts:
        own += [line for line in text.read_text().splitlines() if not line.lstrip().startswith("#include")]
    source = folder / "source.c"
    source.write_text("\n".join(own) + "\n")
    paths = ("-I", BOARDS / board, "-I", port)
    return run(program("cc"), "-E", "-P", "-undef", *CHIP, *defines, *paths, source)


@pytest.mark.parametrize("board", WITH_IT)
def test_nothing_that_comes_by_usb_or_uart_is_read(board: str, upstream: Path, tmp_path: Path) -> None:
    files = _files_that_fill_stdin(upstream)
    assert {"uart.c", "usb_serial_jtag.c", "mp_usbd_cdc.c"} <= {file.name for file in files}
    opened = []
    for file in files:
        opened += FILLS_STDIN.findall(_compiled(file, board, upstream, tmp_path))
        closed = _compiled(file, board, upstream, tmp_path, "-DCOGNITO_NO_REPL")
        assert not FILLS_STDIN.search(closed), f"{file.name} reads what comes"
    assert opened, "the board as it is has a REPL, or this test sees nothing"


@pytest.mark.parametrize("board", WITH_IT)
def test_upstreams_cmake_is_told_so(board: str, upstream: Path, tmp_path: Path) -> None:
    found = configured(board, VARIANT, upstream, tmp_path)
    assert found.sdkconfig["CONFIG_SECURE_FLASH_ENC_ENABLED"] == "y"
    assert "COGNITO_NO_REPL" in found.definitions


def test_only_boards_that_show_the_pages_password_and_can_be_written_over_the_air_have_it() -> None:
    for board in ESP32:
        has_screen = (BOARDS / board / "modules" / "panel.py").exists()
        assert (board in WITH_IT) == (has_screen and FLASH[board] >= 8), board
