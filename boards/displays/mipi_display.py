"""A color display over SPI that speaks MIPI's commands, such as ST7789 or GC9A01; pixels are RGB565, high byte first.

The commands: data sheet of ST7789V, chapter 9; GC9A01A's, chapter 6, has the same numbers.
"""

import struct
import time

from cognito_app import round_screen
from cognito_app.rgb565_strips import Strips
from cognito_app.screen import Screen
from machine import PWM

HERTZ = 40_000_000
_COLUMNS = 240

# Bits of the memory order (MADCTL, 36h).
BLUE_FIRST = 0x08  # displays whose color filter has blue where the controller has red
UPSIDE_DOWN = 0xC0

_SOFTWARE_RESET = 0x01
_SLEEP_OUT = 0x11
_NORMAL_MODE = 0x13
_INVERSION_ON = 0x21  # as displays of this kind (IPS) are made
_DISPLAY_ON = 0x29
_COLUMN_ADDRESS = 0x2A
_ROW_ADDRESS = 0x2B
_MEMORY_WRITE = 0x2C
_MEMORY_ORDER = 0x36
_PIXEL_FORMAT = 0x3A


class MipiDisplay:
    """A display that shows some or all of the controller's memory, 240 columns wide."""

    def __init__(self, spi, cs, dc, reset, rows: int, order: int = 0, setup=()) -> None:
        """Start the display, black.

        spi     a machine.SPI at HERTZ
        cs, dc  output pins, high
        reset   one too; None where the board has none
        rows    of the controller's memory
        order   of the memory: BLUE_FIRST, UPSIDE_DOWN, or both
        setup   (command, parameters as bytes) of each register that this controller wants set before
        """
        self._spi = spi
        self._cs = cs
        self._dc = dc
        self._reset(reset)
        for command, parameters in setup:
            self._command(command, parameters)
        self._command(_SLEEP_OUT)
        time.sleep_ms(120)
        self._command(_PIXEL_FORMAT, b"\x55")  # 16 bits
        self._command(_MEMORY_ORDER, bytes((order,)))
        self._command(_INVERSION_ON)
        self._command(_NORMAL_MODE)
        self._clear(rows)
        self._command(_DISPLAY_ON)

    def begin(self, x: int, y: int, width: int, height: int) -> None:
        """Let the next pixels that are written fill this part of the controller's memory, row by row."""
        self._command(_COLUMN_ADDRESS, struct.pack(">HH", x, x + width - 1))
        self._command(_ROW_ADDRESS, struct.pack(">HH", y, y + height - 1))
        self._command(_MEMORY_WRITE)

    def write(self, pixels) -> None:
        """Write `pixels`, a buffer, where the last write ended."""
        self._dc(1)
        self._send(pixels)

    def _reset(self, pin) -> None:
        if pin:
            pin(0)
            time.sleep_ms(10)
            pin(1)
        else:
            self._command(_SOFTWARE_RESET)
        time.sleep_ms(120)

    def _clear(self, rows: int) -> None:
        self.begin(0, 0, _COLUMNS, rows)
        row = bytes(2 * _COLUMNS)
        for _ in range(rows):
            self.write(row)

    def _command(self, number: int, parameters: bytes = b"") -> None:
        self._dc(0)
        self._send(bytes((number,)))
        if parameters:
            self.write(parameters)

    def _send(self, data) -> None:
        self._cs(0)
        self._spi.write(data)
        self._cs(1)


def round_face(display: MipiDisplay, top: int, backlight) -> Screen:
    """The Screen that draws the application's round face, 240x240, on `display` from the memory's row `top` on.

    `backlight`: the machine.Pin of the light, which comes on.
    """
    pwm = PWM(backlight, freq=1000, duty_u16=0xFFFF)
    strips = Strips(round_screen.WIDTH, round_screen.HEIGHT, round_screen.PALETTE)

    def show(buffer: bytearray) -> None:
        display.begin(0, top, round_screen.WIDTH, round_screen.HEIGHT)
        strips.send(shown.frame, display.write)

    def light(percent: int) -> None:
        pwm.duty_u16(0xFFFF * percent // 100)

    shown = Screen(round_screen, show, light=light)
    return shown
