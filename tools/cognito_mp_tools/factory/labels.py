"""A PDF sheet of labels, one for each board: its serial number as text and as a QR code."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import segno
from fpdf import FPDF

from cognito_mp_tools import private_file
from cognito_mp_tools.failures import ToolFailed

from .board_work import SERIAL

# An A4 sheet of 3 by 8 labels, 70 mm by 37.125 mm each: Avery 3474 and its like. In millimetres.
_COLUMNS, _ROWS = 3, 8
_WIDTH, _HEIGHT = 210 / _COLUMNS, 297 / _ROWS
_MARGIN = 4.0
_CODE = 26.0
_LINE, _LINES = 12, 4  # characters of the serial number


def fits(serial: str) -> bool:
    """Whether a label has room for the text of `serial`, and a font for it."""
    return len(serial) <= _LINE * _LINES and serial.isascii() and serial.isprintable()


def write(path: Path, serials: list[str], address: str) -> None:
    """Write the labels of `serials`, each of which fits(), to `path`.

    address: what the code holds, with "{serial}" for the number. Raises ToolFailed, and nothing is written.
    """
    sheet = FPDF(format="A4", unit="mm")
    sheet.set_auto_page_break(False)
    sheet.set_creation_date(datetime(2000, 1, 1, tzinfo=timezone.utc))  # the same labels are the same file
    sheet.set_title("Labels")
    for number, serial in enumerate(serials):
        place = number % (_COLUMNS * _ROWS)
        if place == 0:
            sheet.add_page()
        row, column = divmod(place, _COLUMNS)
        _label(sheet, column * _WIDTH + _MARGIN, row * _HEIGHT + _MARGIN, serial, address.replace(SERIAL, serial))
    try:
        with private_file.rewritten(path) as file:
            sheet.output(file)
    except OSError as problem:
        raise ToolFailed(f"{path} can't be written ({problem.strerror}).") from problem


def _label(sheet: FPDF, x: float, y: float, serial: str, content: str) -> None:
    try:
        code = segno.make(content, error="m", micro=False)
    except segno.DataOverflowError as problem:
        raise ToolFailed(
            f"no code holds an address of {len(content)} characters: give a shorter --address."
        ) from problem
    matrix = [list(line) for line in code.matrix]
    size = _CODE / len(matrix)
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                # A little wider than a module, so that no white line shows between two of them.
                sheet.rect(x + column * size, y + row * size, size * 1.02, size * 1.02, style="F")
    sheet.set_font("Courier", size=10)
    for number, part in enumerate(serial[at : at + _LINE] for at in range(0, len(serial), _LINE)):
        sheet.text(x + _CODE + _MARGIN, y + _CODE / 2 + number * 4.5, part)
