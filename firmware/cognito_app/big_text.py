"""MicroPython's 8x8 font, larger: whole multiples of its size, with the steps of its diagonals filled."""

import framebuf

_CELL = 8  # pixels
_LONGEST = 30  # characters in one line; 240 pixels hold no more at scale 1

_bits = bytearray(_LONGEST * _CELL)
_line = framebuf.FrameBuffer(_bits, _LONGEST * _CELL, _CELL, framebuf.MONO_HLSB)


def width(text: str, scale: int = 1) -> int:
    """Pixels from the first to the last column of `text`."""
    return len(text) * _CELL * scale


def draw(frame, text: str, x: int, y: int, scale: int, color: int) -> None:
    """Draw `text` into the FrameBuffer `frame` with its upper left corner at x, y."""
    if scale == 1:
        frame.text(text, x, y, color)
        return
    text = text[:_LONGEST]
    _line.fill(0)
    _line.text(text, 0, 0, 1)
    columns = len(text) * _CELL
    step = (scale + 1) // 2
    for row in range(_CELL):
        top = y + row * scale
        column = 0
        while column < columns:
            if not _line.pixel(column, row):
                if row + 1 < _CELL:
                    _fill_steps(frame, column, row, columns, x + column * scale, top, scale, step, color)
                column += 1
                continue
            start = column
            while column < columns and _line.pixel(column, row):
                column += 1
            frame.fill_rect(x + start * scale, top, (column - start) * scale, scale, color)


def _fill_steps(
    frame, column: int, row: int, columns: int, left: int, top: int, scale: int, step: int, color: int
) -> None:
    """Where two pixels touch only by their corners below this empty one, fill both notches between them."""
    below = top + scale
    if not _line.pixel(column, row + 1):
        return
    for aside in (-1, 1):
        beside = column + aside
        if 0 <= beside < columns and _line.pixel(beside, row) and not _line.pixel(beside, row + 1):
            corner = left if aside < 0 else left + scale  # where the two pixels touch
            for n in range(step):
                length = step - n
                # This empty cell lies above the lower pixel; the other notch lies below the upper one.
                frame.hline(corner if aside < 0 else corner - length, below - 1 - n, length, color)
                frame.hline(corner - length if aside < 0 else corner, below + n, length, color)


def centred(frame, text: str, middle: int, y: int, scale: int, color: int) -> None:
    """Draw `text` with its middle at x = `middle`; the font's last column is empty, and does not count."""
    draw(frame, text, middle - (width(text, scale) - scale) // 2, y, scale, color)


def wrapped(text: str, columns: tuple) -> list:
    """`text` in as many lines as `columns` has widths (in characters) for, broken at spaces; the last ends in ".."."""
    lines = []
    words = text.split()
    for room in columns:
        if not words:
            break
        line = words.pop(0)
        while words and len(line) + 1 + len(words[0]) <= room:
            line += " " + words.pop(0)
        if len(line) > room:  # a word that is longer than the line goes on in the next
            words.insert(0, line[room:])
            line = line[:room]
        lines.append(line)
    if words:
        room = columns[len(lines) - 1]
        lines[-1] = lines[-1][: room - 2].rstrip() + ".."
    return lines
