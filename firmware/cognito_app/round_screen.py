"""The 240x240 round face: a ring for what is left of the access token, the state's icon and name, what to do.

It is drawn in 16 colors (28.8 kB); rgb565_strips turns them into what a GC9A01 and its like take.
"""

import math
from array import array

import framebuf

from . import big_text, state_icons
from .status import CONNECTING, NEEDS_SIGN_IN, OFFLINE, SESSION_OVER, SIGNED_IN, Status, time_left

WIDTH = HEIGHT = 240
BYTES = WIDTH * HEIGHT // 2
FORMAT = framebuf.GS4_HMSB

_MIDDLE = 120
_RING_OUTSIDE = 117
_RING_INSIDE = 108

# The colors, as 0xRRGGBB; a pixel is an index into them.
PALETTE = (0x000000, 0xFFFFFF, 0xAAB2BD, 0x2A2F36, 0x4DA3FF, 0xFFC23D, 0x3DD68C, 0xFF9A4D, 0xFF5C5C)
_PAPER, _WHITE, _GREY, _DARK, _BLUE, _YELLOW, _GREEN, _ORANGE, _RED = range(9)

# State -> (color, the lines of its name)
_LOOKS = {
    CONNECTING: (_BLUE, ("connecting",)),
    NEEDS_SIGN_IN: (_YELLOW, ("needs", "sign-in")),
    SIGNED_IN: (_GREEN, ("signed in",)),
    OFFLINE: (_ORANGE, ("offline",)),
    SESSION_OVER: (_RED, ("session", "over")),
}
# Characters of the 8x8 font that fit inside the ring, line by line from y = _DETAIL_Y down.
_DETAIL_Y = 154
_DETAIL_STEP = 12
_DETAIL_COLUMNS = (22, 21, 19, 16, 12)
_PERSON_COLUMNS = 24  # of the line below the state's name
_DETAILS = {
    CONNECTING: "looking for the network and the time",
    NEEDS_SIGN_IN: "run cognito-mp provision on a computer or use the console",
    SESSION_OVER: "run cognito-mp provision or use the console",
}


def draw(frame, status: Status, page: int = 0) -> None:
    """Draw `status` into `frame`, a 240x240 FrameBuffer of FORMAT. `page`: 0 for the person, 1 for the token."""
    color, name = _LOOKS[status.state]
    frame.fill(_PAPER)
    _ring(frame, status, color)
    state_icons.draw(frame, status.state, _MIDDLE, 66, 56, color, _PAPER)
    y = 108
    for line in name:
        big_text.centred(frame, line, _MIDDLE, y, 2, _WHITE)
        y += 20
    if status.seconds_left and page:
        _time_left(frame, status, y + 4)
    elif status.state == SIGNED_IN:
        _person(frame, status, y + 8)
    else:
        if status.state == OFFLINE:
            kept = status.person if 0 < len(status.person) <= _PERSON_COLUMNS else "session kept"
            big_text.centred(frame, kept, _MIDDLE, y + 4, 1, color)
        _detail(frame, _DETAILS.get(status.state) or status.detail or "waiting for the network")


def _person(frame, status: Status, y: int) -> None:
    """Who is signed in, and what is wrong, if anything is."""
    for line in big_text.wrapped(status.person, (12,)) if len(status.person) <= 12 else ():
        big_text.centred(frame, line, _MIDDLE, y, 2, _GREY)
    if len(status.person) > 12:
        for number, line in enumerate(big_text.wrapped(status.person, (24, 22))):
            big_text.centred(frame, line, _MIDDLE, y + 10 * number, 1, _GREY)
    y += 28
    for line in big_text.wrapped(status.detail or "all is well", (22, 20, 16)):
        big_text.centred(frame, line, _MIDDLE, y, 1, _GREY if status.detail else _GREEN)
        y += _DETAIL_STEP


def _time_left(frame, status: Status, y: int) -> None:
    amount, unit = time_left(status.seconds_left)
    whole = big_text.width(amount, 4) + 2 + big_text.width(unit, 2)
    x = _MIDDLE - whole // 2
    big_text.centred(frame, "token good for", _MIDDLE, y, 1, _GREY)
    y += 16
    big_text.draw(frame, amount, x, y, 4, _WHITE)
    big_text.draw(frame, unit, x + big_text.width(amount, 4) + 2, y + 14, 2, _GREY)
    y += 40
    for line in big_text.wrapped(status.detail, (18, 14, 7)):
        big_text.centred(frame, line, _MIDDLE, y, 1, _GREY)
        y += _DETAIL_STEP


def _detail(frame, text: str) -> None:
    y = _DETAIL_Y
    for line in big_text.wrapped(text, _DETAIL_COLUMNS):
        big_text.centred(frame, line, _MIDDLE, y, 1, _GREY)
        y += _DETAIL_STEP


def _ring(frame, status: Status, color: int) -> None:
    """The ring, whole where no time is left to tell, else cut clockwise from the top to what is left."""
    frame.ellipse(_MIDDLE, _MIDDLE, _RING_OUTSIDE, _RING_OUTSIDE, color, True)
    if status.seconds_left and status.seconds_left < status.life:
        _wedge(frame, 360 * status.seconds_left // status.life)
    frame.ellipse(_MIDDLE, _MIDDLE, _RING_INSIDE, _RING_INSIDE, _PAPER, True)


def _wedge(frame, start: int) -> None:
    """Darken the ring from `start` degrees, clockwise from the top, to its end."""
    # A polygon of the corners of a larger octagon covers the disc's sector; the ring's outside is black anyway.
    points = [0, 0]
    angle = start
    while True:
        turn = math.radians(angle)
        points.append(int(170 * math.sin(turn)))
        points.append(int(-170 * math.cos(turn)))
        if angle >= 360:
            break
        angle = min(360, angle + 15)
    frame.poly(_MIDDLE, _MIDDLE, array("h", points), _PAPER, True)
    # What is gone stays as a thin dark circle.
    radius = (_RING_INSIDE + _RING_OUTSIDE) // 2
    for degrees in range(start + 3, 358, 4):
        turn = math.radians(degrees)
        x, y = _MIDDLE + round(radius * math.sin(turn)), _MIDDLE - round(radius * math.cos(turn))
        frame.fill_rect(x - 1, y - 1, 2, 2, _GREY)
