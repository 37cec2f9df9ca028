"""Frames of 16 colors, turned into what a color panel takes (RGB565), a strip at a time: no 115 kB buffer."""

import framebuf


class Strips:
    """Two buffers made once: the palette, and one strip of `rows` lines."""

    def __init__(self, width: int, height: int, palette: tuple, rows: int = 8, swapped: bool = True) -> None:
        """
        palette  0xRRGGBB of each color
        rows     lines of one strip; a divisor of `height`
        swapped  True where the panel wants the high byte first, as GC9A01 and ST7789 over SPI do
        """
        self._height = height
        self._rows = rows
        self.buffer = bytearray(width * rows * 2)
        self._strip = framebuf.FrameBuffer(self.buffer, width, rows, framebuf.RGB565)
        self._palette = framebuf.FrameBuffer(bytearray(len(palette) * 2), len(palette), 1, framebuf.RGB565)
        for index, color in enumerate(palette):
            value = (color >> 8 & 0xF800) | (color >> 5 & 0x07E0) | (color >> 3 & 0x001F)
            if swapped:
                value = (value & 0xFF) << 8 | value >> 8
            self._palette.pixel(index, 0, value)

    def send(self, frame, write) -> None:
        """Turn all of the FrameBuffer `frame`, and give write(buffer) each strip, top to bottom."""
        for y in range(0, self._height, self._rows):
            self._strip.blit(frame, 0, -y, -1, self._palette)  # type: ignore[arg-type]  # the stubs want bytes
            write(self.buffer)
