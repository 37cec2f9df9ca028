"""ST7789 over SPI: a color display that takes pixels as RGB565, the high byte first."""

import struct
import time

_COLUMNS = 240
_ROWS = 320

_SLEEP_OUT = 0x11
_NORMAL_MODE = 0x13
_INVERSION_ON = 0x21  # as displays of this kind (IPS) are made
_DISPLAY_ON = 0x29
_COLUMN_ADDRESS = 0x2A
_ROW_ADDRESS = 0x2B
_MEMORY_WRITE = 0x2C
_MEMORY_ORDER = 0x36
_PIXEL_FORMAT = 0x3A


class St7789:
    """A display that shows some of the controller's 240x320 pixels."""

    def __init__(self, spi, cs, dc, reset) -> None:
        """Start the display, black. `cs`, `dc` and `reset` are output pins, high."""
        self._spi = spi
        self._cs = cs
        self._dc = dc
        self._reset(reset)
        self._command(_SLEEP_OUT)
        time.sleep_ms(120)
        self._command(_PIXEL_FORMAT, b"\x55")  # 16 bits
        self._command(_MEMORY_ORDER, b"\x00")  # left to right, top to bottom, red first
        self._command(_INVERSION_ON)
        self._command(_NORMAL_MODE)
        self._clear()
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
        pin(0)
        time.sleep_ms(10)
        pin(1)
        time.sleep_ms(120)

    def _clear(self) -> None:
        self.begin(0, 0, _COLUMNS, _ROWS)
        row = bytes(2 * _COLUMNS)
        for _ in range(_ROWS):
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
