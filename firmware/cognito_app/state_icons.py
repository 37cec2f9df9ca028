"""A picture for each state, drawn with framebuf's own shapes, at any size."""

from array import array

from .status import CONNECTING, NEEDS_SIGN_IN, OFFLINE, SESSION_OVER, SIGNED_IN


def _thick_line(frame, x1: int, y1: int, x2: int, y2: int, thickness: int, color: int) -> None:
    """A line with round ends."""
    radius = thickness // 2
    dx, dy = x2 - x1, y2 - y1
    length = (dx * dx + dy * dy) ** 0.5
    ox, oy = round(dy * radius / length), round(-dx * radius / length)
    corners = array("h", (x1 + ox, y1 + oy, x2 + ox, y2 + oy, x2 - ox, y2 - oy, x1 - ox, y1 - oy))
    frame.poly(0, 0, corners, color, True)
    frame.ellipse(x1, y1, radius, radius, color, True)
    frame.ellipse(x2, y2, radius, radius, color, True)


def _waves(frame, x: int, y: int, size: int, color: int, paper: int) -> None:
    """A radio's waves in a square of `size` with its middle at x, y."""
    foot = y + size * 3 // 8
    band = max(2, size // 9)
    for number in (3, 2, 1):
        radius = size * number // 4
        frame.ellipse(x, foot, radius, radius, color, True, 3)
        frame.ellipse(x, foot, radius - band, radius - band, paper, True, 3)
    # What is outside 45 degrees on either side goes.
    reach = size * 3 // 4 + 1
    for side in (-1, 1):
        frame.poly(x, foot, array("h", (0, 1, side * reach, 1, side * reach, -reach)), paper, True)
    frame.ellipse(x, foot, band, band, color, True)


def _connecting(frame, x: int, y: int, size: int, color: int, paper: int) -> None:
    _waves(frame, x, y, size, color, paper)


def _person(frame, x: int, y: int, size: int, color: int, paper: int) -> None:
    head = size // 5
    frame.ellipse(x, y - size // 4, head, head, color, True)
    shoulders = y + size // 2 - 1
    frame.ellipse(x, shoulders, size * 3 // 8, size * 7 // 16, color, True, 3)


def _tick(frame, x: int, y: int, size: int, color: int, paper: int) -> None:
    half = size // 2
    thickness = max(3, size // 8)
    frame.ellipse(x, y, half - 1, half - 1, color, True)
    knee_x, knee_y = x - half // 8, y + half * 3 // 8
    _thick_line(frame, x - half // 2, y + half // 16, knee_x, knee_y, thickness, paper)
    _thick_line(frame, knee_x, knee_y, x + half // 2, y - half * 3 // 8, thickness, paper)


def _waves_struck_out(frame, x: int, y: int, size: int, color: int, paper: int) -> None:
    _waves(frame, x, y, size, color, paper)
    reach = size * 3 // 8
    thickness = max(3, size // 10)
    _thick_line(frame, x - reach, y - reach, x + reach, y + reach, thickness + max(4, size // 8), paper)
    _thick_line(frame, x - reach, y - reach, x + reach, y + reach, thickness, color)


def _cross(frame, x: int, y: int, size: int, color: int, paper: int) -> None:
    half = size // 2
    reach = half * 3 // 8
    thickness = max(3, size // 8)
    frame.ellipse(x, y, half - 1, half - 1, color, True)
    _thick_line(frame, x - reach, y - reach, x + reach, y + reach, thickness, paper)
    _thick_line(frame, x - reach, y + reach, x + reach, y - reach, thickness, paper)


_DRAWERS = {
    CONNECTING: _connecting,
    NEEDS_SIGN_IN: _person,
    SIGNED_IN: _tick,
    OFFLINE: _waves_struck_out,
    SESSION_OVER: _cross,
}


def draw(frame, state: str, x: int, y: int, size: int, color: int, paper: int) -> None:
    """The icon of `state` in a square of `size` pixels with its middle at x, y, on a ground of color `paper`."""
    _DRAWERS[state](frame, x, y, size, color, paper)
