"""Where the sign-in page is, on the device's own screen: a QR code for a phone's camera, and the same as text."""

from .. import big_text
from . import qr_code

_LIGHT, _DARK = 1, 0  # in the palettes of both our layouts


def drawing(place):
    """draw(frame, layout, page) for a Screen: page 0 is the code, page 1 text alone. `place`: a Place."""
    access_point = place.access_point
    code = qr_code.encode(access_point.qr_text() if access_point else place.url_with_code.encode())
    words = [access_point.name, access_point.password, place.host] if access_point else []
    if place.is_on_network and place.host_on_network:
        words += [place.host_on_network, place.gate.code]

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
    """The code with its upper left corner at x, y, and `quiet` light pixels around it."""
    side = code.size * scale + 2 * quiet
    frame.fill_rect(x - quiet, y - quiet, side, side, _LIGHT)
    for row in range(code.size):
        for column, length in code.runs(row):
            frame.fill_rect(x + column * scale, y + row * scale, length * scale, scale, _DARK)


def _large(frame, width: int, code, words: list) -> None:
    scale = 120 // (code.size + 8)
    side, quiet = code.size * scale, 4 * scale
    _picture(frame, code, (width - side) // 2, 20 + quiet, scale, quiet)
    y = 26 + side + 2 * quiet
    for word in words:
        # What has to be typed is large.
        size = 2 if len(word) <= 12 else 1
        big_text.centred(frame, word, width // 2, y, size, _LIGHT)
        y += 8 * size + 6


def _small(frame, layout, code, words: list) -> None:
    """The code as large as it can be; what is left around it is less than the standard's quiet zone of 4 modules."""
    scale = layout.HEIGHT // code.size
    quiet = (layout.HEIGHT - code.size * scale) // 2
    _picture(frame, code, quiet, quiet, scale, quiet)
    left = code.size * scale + 2 * quiet + 2
    y = 0
    for word in words[:2]:
        for line in big_text.wrapped(word, ((layout.WIDTH - left) // 8,) * 3):
            frame.text(line, left, y, _LIGHT)
            y += 10
        y += 6


def _text(frame, width: int, words: list) -> None:
    y = 4
    gap = 8 if len(words) <= 3 else 2
    for word in words:
        for line in big_text.wrapped(word, (width // 8,) * 2):
            big_text.centred(frame, line, width // 2, y, 1, _LIGHT)
            y += 10
        y += gap
