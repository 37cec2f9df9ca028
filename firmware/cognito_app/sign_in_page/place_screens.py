"""Where the sign-in page is, on the device's own screen: a QR code that a phone's camera reads, and the same as text."""

from .. import big_text
from . import qr_code

_LIGHT, _DARK = 1, 0  # in the palettes of both our layouts
_QUIET = 2  # modules around the code, where the screen is too small for the standard's 4; cameras make do with it


def drawing(place):
    """draw(frame, layout, page) for a Screen: page 0 is the code, page 1 text alone. `place`: a Place."""
    access_point = place.access_point
    code = qr_code.encode(access_point.qr_text() if access_point else place.url.encode())
    words = [access_point.name, access_point.password, place.host] if access_point else [place.host]

    def draw(frame, layout, page: int) -> None:
        frame.fill(_DARK)
        if layout.WIDTH >= 200:
            _large(frame, layout.WIDTH, code, words)
        elif page:
            _text(frame, layout.WIDTH, words)
        else:
            _small(frame, layout, code, words)

    return draw


def _picture(frame, code, x: int, y: int, scale: int, quiet: int) -> None:
    side = (code.size + 2 * quiet) * scale
    frame.fill_rect(x, y, side, side, _LIGHT)
    for row in range(code.size):
        for column, length in code.runs(row):
            frame.fill_rect(x + (quiet + column) * scale, y + (quiet + row) * scale, length * scale, scale, _DARK)


def _large(frame, width: int, code, words: list) -> None:
    scale = 120 // (code.size + 8)
    side = (code.size + 8) * scale
    _picture(frame, code, (width - side) // 2, 20, scale, 4)
    middle, y = width // 2, 26 + side
    for word in words:
        # What has to be typed is large.
        size = 2 if len(word) <= 12 else 1
        big_text.centred(frame, word, middle, y, size, _LIGHT)
        y += 8 * size + 6


def _small(frame, layout, code, words: list) -> None:
    scale = layout.HEIGHT // (code.size + 2 * _QUIET)
    side = (code.size + 2 * _QUIET) * scale
    if not scale or side > layout.HEIGHT:
        return _text(frame, layout.WIDTH, words)
    quiet = _QUIET
    top = (layout.HEIGHT - side) // 2
    frame.fill_rect(0, 0, side, layout.HEIGHT, _LIGHT)
    _picture(frame, code, 0, top, scale, quiet)
    columns = (layout.WIDTH - side) // 8
    y = 0
    for word in words[:2]:
        for line in big_text.wrapped(word, (columns,) * 3):
            frame.text(line, side + 2, y, _LIGHT)
            y += 10
        y += 6


def _text(frame, width: int, words: list) -> None:
    y = 4
    for word in words:
        for line in big_text.wrapped(word, (width // 8,) * 2):
            big_text.centred(frame, line, width // 2, y, 1, _LIGHT)
            y += 10
        y += 8
