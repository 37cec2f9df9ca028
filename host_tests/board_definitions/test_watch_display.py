"""The displays of the watches, on a model of their controllers; pictures of what they show are in build/screens."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from board_definitions.our_boards import BOARDS, DISPLAYS, FIRMWARE
from cognito_mp_tools.project import BUILD
from conftest import Interpreter
from firmware.test_screens import write_png

# ST7789 and GC9A01 as their data sheets have it: commands and parameters told apart by D/C, 240 columns of RGB565.
WATCH = """
import struct, sys, time
class Controller:
    def __init__(self):
        self.memory = bytearray(240 * ROWS * 2)
        self.memory[:] = b"\\xa5" * len(self.memory)  # noise, as after power-up
        self.on = self.awake = self.inverted = False
        self.format = self.order = None
        self.command = None
        self.opened = []  # FEh and EFh, after which GC9A01 takes its own registers
        self.own = 0  # of these, how many were set
    def take(self, is_data, data):
        if not is_data:
            self.command, = data
            if self.command in (0xFE, 0xEF):
                self.opened.append(self.command)
            self.on |= self.command == 0x29
            self.awake |= self.command == 0x11
            self.inverted |= self.command == 0x21
            if self.command == 0x2C:
                self.column, self.row = self.columns[0], self.rows[0]
        elif self.command == 0x2A:
            self.columns = struct.unpack(">HH", data)
        elif self.command == 0x2B:
            self.rows = struct.unpack(">HH", data)
        elif self.command == 0x3A:
            self.format = data[0]
        elif self.command == 0x36:
            self.order = data[0]
        elif self.command == 0x2C:
            self.pixels(data)
        else:
            assert self.command > 0x60 and self.opened == [0xFE, 0xEF] and not self.awake, hex(self.command)
            self.own += 1
    def pixels(self, data):
        for i in range(0, len(data), 2):
            at = (self.row * 240 + self.column) * 2
            self.memory[at:at + 2] = data[i:i + 2]
            self.column += 1
            if self.column > self.columns[1]:
                self.column = self.columns[0]
                self.row = self.row + 1 if self.row < self.rows[1] else self.rows[0]
chip = Controller()
class Pin:
    OUT = 1
    pins = {}
    def __init__(self, name, mode=None, value=None):
        assert name in PINS.values() or (mode is None and name in SPI_PINS), name
        self.level, self.name = value, name
        Pin.pins.setdefault(name, self)
    def __call__(self, level):
        self.level = level
class PWM:
    duty = 0
    def __init__(self, pin, freq, duty_u16):
        assert pin.name == PINS["light"]
        PWM.duty = duty_u16
    def duty_u16(self, duty):
        PWM.duty = duty
class SPI:
    def __init__(self, number, baudrate, sck=None, mosi=None, miso=None):
        assert number == 1 and baudrate <= 62_500_000
        assert tuple(pin and pin.name for pin in (sck, mosi, miso)) == SPI_PINS
    def write(self, data):
        assert PINS["reset"] is None or Pin.pins[PINS["reset"]].level == 1
        assert Pin.pins[PINS["cs"]].level == 0
        chip.take(Pin.pins[PINS["dc"]].level, bytes(data))
class machine:
    pass
machine.Pin, machine.SPI, machine.PWM = Pin, SPI, PWM
sys.modules["machine"] = machine

import panel
from cognito_app import round_screen
from cognito_app.status import SIGNED_IN, Status
shown = panel.screen()
assert chip.awake and chip.on and chip.inverted and (chip.format, chip.order) == (0x55, ORDER)
assert chip.own == OWN_REGISTERS
assert PWM.duty == 0xFFFF
assert not any(chip.memory), "black before it is switched on"
for status in STATES:
    shown.show(status)
row = 2 * 240
assert not any(chip.memory[:TOP * row]) and not any(chip.memory[(TOP + 240) * row:])
for y in range(240):
    for x in range(240):
        color = round_screen.PALETTE[shown.frame.pixel(x, y)]
        value = (color >> 8 & 0xF800) | (color >> 5 & 0x07E0) | (color >> 3 & 0x001F)
        assert struct.unpack_from(">H", chip.memory, (TOP + y) * row + 2 * x)[0] == value, (x, y)
with open("picture.rgb565", "wb") as file:
    file.write(bytes(chip.memory[TOP * row:(TOP + 240) * row]))
print(len(set(bytes(chip.memory))) > 3)
"""


@dataclass(frozen=True)
class Watch:
    """A board with a display: the pins of its makers' tables, and where the face is in the controller's memory."""

    pins: dict[str, str | int | None]
    spi_pins: tuple[int | None, ...]
    rows: int
    top: int
    order: int
    own_registers: int = 0


WATCHES = {
    "COGNITO_ESP32_S3_WATCH": Watch(
        {"cs": "TFT_CS", "dc": "TFT_DC", "reset": "TFT_RESET", "light": "TFT_BACKLIGHT"},
        (None, None, None),
        rows=320,
        top=40,
        order=0,
    ),
    "COGNITO_ESP32_S3_ROUND": Watch(
        {"cs": 9, "dc": 8, "reset": 14, "light": 2}, (10, 11, 12), rows=240, top=0, order=0x08, own_registers=40
    ),
    "COGNITO_T_WATCH_S3": Watch(
        {"cs": 12, "dc": 38, "reset": None, "light": 45}, (18, 13, None), rows=320, top=80, order=0xC8
    ),
}


def test_the_names_of_the_pins_are_the_boards() -> None:
    names = [line.partition(",")[0] for line in (BOARDS / "COGNITO_ESP32_S3_WATCH" / "pins.csv").read_text().split()]
    assert set(WATCHES["COGNITO_ESP32_S3_WATCH"].pins.values()) <= set(names)


@pytest.mark.parametrize("board", WATCHES)
def test_a_watch_shows_the_round_face(board: str, oldest_micropython: Interpreter, tmp_path: Path) -> None:
    watch = WATCHES[board]
    given = {
        "PINS": watch.pins,
        "SPI_PINS": watch.spi_pins,
        "ROWS": watch.rows,
        "TOP": watch.top,
        "ORDER": watch.order,
        "OWN_REGISTERS": watch.own_registers,
    }
    states = "STATES = [Status(SIGNED_IN, '', 1800, 3600), Status(SIGNED_IN, '', 900, 3600, 'ada')]\n"
    text = "".join(f"{name} = {value!r}\n" for name, value in given.items())
    (tmp_path / "device.py").write_text(text + WATCH.replace("shown = panel", f"{states}shown = panel", 1))
    path = f"{BOARDS / board / 'modules'}:{DISPLAYS}:{FIRMWARE}:.frozen"
    command = [*oldest_micropython.command, "-X", "heapsize=4M", str(tmp_path / "device.py")]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "MICROPYPATH": path}, capture_output=True, text=True
    )
    assert done.stdout.strip() == "True", done.stdout + done.stderr
    write_picture(board, (tmp_path / "picture.rgb565").read_bytes())


def write_picture(board: str, rgb565: bytes) -> None:
    values = [high << 8 | low for high, low in zip(rgb565[::2], rgb565[1::2], strict=True)]
    palette = sorted(set(values))
    colors = [(value & 0xF800) << 8 | (value & 0x07E0) << 5 | (value & 0x1F) << 3 for value in palette]
    rows = [[palette.index(value) for value in values[y * 240 : y * 240 + 240]] for y in range(240)]
    folder = BUILD / "screens" / "boards"
    folder.mkdir(parents=True, exist_ok=True)
    write_png(folder / f"{board}.png", rows, colors)
