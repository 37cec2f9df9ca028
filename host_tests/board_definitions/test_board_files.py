"""The files of each board: which there are, board.json, pins and header, beside those of upstream's board."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from board_definitions.host_programs import program, run
from board_definitions.our_boards import ALL, BOARDS, ESP32, chip_of, port_of
from cognito_mp_tools.board import flash
from cognito_mp_tools.firmware import board_firmware, rp2040_firmware

# The list of boards


def test_there_is_nothing_but_the_boards_tested_here() -> None:
    assert set(board_firmware.boards()) == {*ALL, rp2040_firmware.BOARD.name}


@pytest.mark.parametrize("board", ALL)
def test_a_board_says_how_it_is_built_and_flashed(board: str) -> None:
    text = (BOARDS / board / "README.md").read_text()
    assert f"make firmware BOARD={board} MICROPYTHON_SRC=" in text
    assert f"cognito-mp flash {board} " in text


@pytest.mark.parametrize("board", ALL)
def test_a_board_has_the_files_that_a_build_finds_by_their_names(board: str, upstream: Path) -> None:
    theirs = upstream / "ports" / port_of(board) / "boards" / ALL[board]
    names = {"mpconfigboard.cmake", "mpconfigboard.h", "board.json", "manifest.py"}
    names |= {name for name in ("mpconfigvariant.cmake", "pins.csv", "board.md") if (theirs / name).exists()}
    assert not names - {path.name for path in (BOARDS / board).iterdir()}


# board.json


@pytest.mark.parametrize("board", ALL)
def test_board_json_has_upstreams_keys(board: str, upstream: Path) -> None:
    ours = json.loads((BOARDS / board / "board.json").read_text())
    theirs = json.loads((upstream / "ports" / port_of(board) / "boards" / ALL[board] / "board.json").read_text())
    optional = {"variants"}
    assert set(ours) - optional == set(theirs) - optional
    for key in ("mcu", "features", "deploy_options", "url"):
        assert ours.get(key) == theirs.get(key), key
    assert {name: type(value) for name, value in ours.items() if name in theirs} == {
        name: type(value) for name, value in theirs.items() if name in ours
    }


@pytest.mark.parametrize("board", ALL)
def test_board_json_names_what_is_there(board: str) -> None:
    description = json.loads((BOARDS / board / "board.json").read_text())
    assert all((BOARDS / board / path).is_file() for path in description["deploy"])
    assert sorted(description.get("variants", {})) == board_firmware.variants(board)


@pytest.mark.parametrize("board", ESP32)
def test_flash_writes_to_where_upstream_says(board: str) -> None:
    said = json.loads((BOARDS / board / "board.json").read_text())["deploy_options"]["flash_offset"]
    assert int(flash.offset_of(chip_of(board)), 0) == int(said, 0)


# Pins and headers

# What our header adds to upstream's.
OUR_PINS = {
    "COGNITO_ESP32_C3": {"MICROPY_HW_I2C0_SCL": "(GPIO_NUM_9)", "MICROPY_HW_I2C0_SDA": "(GPIO_NUM_8)"},
}


@pytest.mark.parametrize("board", ALL)
def test_pins_are_upstreams_and_its_generator_takes_them(board: str, upstream: Path, tmp_path: Path) -> None:
    boards = upstream / "ports" / port_of(board) / "boards"
    ours, theirs = BOARDS / board / "pins.csv", boards / ALL[board] / "pins.csv"
    assert ours.exists() == theirs.exists()
    if not ours.exists():
        return
    assert ours.read_text() == theirs.read_text()
    command = [sys.executable, boards / "make-pins.py", "--board-csv", ours]
    command += ["--output-source", tmp_path / "pins.c", "--output-header", tmp_path / "pins.h"]
    if port_of(board) == "esp32":
        command += ["--prefix", boards / "pins_prefix.c"]
    else:
        command += ["--prefix", boards / "rp2_prefix.c", "--af-csv", boards / "rp2_af.csv"]
        command += ["--num-gpios", "30", "--num-ext-gpios", "10"]
    run(*command)
    names = [line.partition(",")[0] for line in ours.read_text().split()]
    assert all(f"MP_QSTR_{name})" in (tmp_path / "pins.c").read_text() for name in names)


@pytest.mark.parametrize("board", ALL)
def test_a_header_adds_our_name_to_upstreams(board: str, upstream: Path) -> None:
    port = upstream / "ports" / port_of(board)
    ours = defines(BOARDS / board / "mpconfigboard.h", port)
    theirs = defines(port / "boards" / ALL[board] / "mpconfigboard.h", port)
    name = "MICROPY_HW_BOARD_NAME"
    assert ours[name] != theirs[name] and ours[name].endswith('with cognito_mp"')
    added = OUR_PINS.get(board, {})
    assert {**ours, name: ""} == {**theirs, **added, name: ""}


def test_no_default_pin_of_the_c3_is_its_usb(upstream: Path) -> None:
    """GPIO 18 and 19 are USB's: ESP32-C3 data sheet, section 2.3."""
    ours = defines(BOARDS / "COGNITO_ESP32_C3" / "mpconfigboard.h", upstream / "ports" / "esp32")
    assert not {"(GPIO_NUM_18)", "(GPIO_NUM_19)", "(18)", "(19)"} & set(ours.values())


def defines(header: Path, port: Path) -> dict[str, str]:
    """What a header defines; redefinition of anything is an error."""
    run(program("cc"), "-fsyntax-only", "-Werror", "-x", "c", "-I", port, header)
    lines = run(program("cc"), "-E", "-dM", "-undef", "-I", port, header).splitlines()
    return {words[1]: " ".join(words[2:]) for words in (line.split(" ") for line in lines)}
