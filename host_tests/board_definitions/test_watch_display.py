"""The watch's display, on a model of its controller."""

from __future__ import annotations

from pathlib import Path

from board_definitions.host_programs import run
from board_definitions.our_boards import FIRMWARE, WATCH_MODULES
from conftest import Interpreter

# ST7789 as its data sheet has it: commands and parameters told apart by D/C, 240x320 pixels of RGB565.
WATCH = """
import struct, sys, time
class Controller:
    def __init__(self):
        self.memory = bytearray(240 * 320 * 2)
        self.memory[:] = b"\\xa5" * len(self.memory)  # noise, as after power-up
        self.on = self.awake = self.inverted = False
        self.format = self.order = None
        self.command = None
        self.left = []
    def take(self, is_data, data):
        if not is_data:
            self.command, = data
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
    def __init__(self, name, mode, value=None):
        assert name in NAMES, name
        self.level = value
        Pin.pins[name] = self
    def __call__(self, level):
        self.level = level
class SPI:
    def __init__(self, number, baudrate):
        assert number == 1 and baudrate <= 62_500_000
    def write(self, data):
        assert Pin.pins["TFT_RESET"].level == 1 and Pin.pins["TFT_CS"].level == 0
        chip.take(Pin.pins["TFT_DC"].level, bytes(data))
class machine:
    pass
machine.Pin, machine.SPI = Pin, SPI
sys.modules["machine"] = machine

import panel
from cognito_app import round_screen
from cognito_app.status import SIGNED_IN, Status
shown = panel.screen()
assert chip.awake and chip.on and chip.inverted and (chip.format, chip.order) == (0x55, 0)
assert Pin.pins["TFT_BACKLIGHT"].level == 1
assert not any(chip.memory), "black before it is switched on"
for status in STATES:
    shown.show(status)
row = 2 * 240
assert not any(chip.memory[:40 * row]) and not any(chip.memory[280 * row:])
for y in range(240):
    for x in range(240):
        color = round_screen.PALETTE[shown.frame.pixel(x, y)]
        value = (color >> 8 & 0xF800) | (color >> 5 & 0x07E0) | (color >> 3 & 0x001F)
        assert struct.unpack_from(">H", chip.memory, (40 + y) * row + 2 * x)[0] == value, (x, y)
print(len(set(bytes(chip.memory))) > 3)
"""


def test_the_watch_shows_the_round_face_in_the_middle(
    oldest_micropython: Interpreter, upstream: Path, tmp_path: Path
) -> None:
    names = [line.partition(",")[0] for line in (WATCH_MODULES.parent / "pins.csv").read_text().split()]
    states = "STATES = [Status(SIGNED_IN, '', 1800, 3600), Status(SIGNED_IN, '', 900, 3600)]\n"
    text = f"NAMES = {names!r}\n" + WATCH.replace("shown = panel", f"{states}shown = panel", 1)
    (tmp_path / "device.py").write_text(text)
    path = f"{WATCH_MODULES}:{FIRMWARE}:.frozen"
    said = run(*oldest_micropython.command, "-X", "heapsize=4M", tmp_path / "device.py", MICROPYPATH=path)
    assert said.strip() == "True"
