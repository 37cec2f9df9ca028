"""The 128x64 one-color screen: icon, state, what is left of the access token or what to do."""

import framebuf

from . import big_text, state_icons
from .status import CONNECTING, NEEDS_SIGN_IN, OFFLINE, SESSION_OVER, SIGNED_IN, Status, time_left

WIDTH = 128
HEIGHT = 64
BYTES = WIDTH * HEIGHT // 8
FORMAT = framebuf.MONO_VLSB  # as SSD1306 and SH1106 keep it

_NAMES = {
    CONNECTING: ("connecting",),
    NEEDS_SIGN_IN: ("needs", "sign-in"),
    SIGNED_IN: ("signed in",),
    OFFLINE: ("offline,", "has session"),
    SESSION_OVER: ("session", "over"),
}
_DETAILS = {
    CONNECTING: "looking for the network",
    NEEDS_SIGN_IN: "run cognito-mp provision, or use the console",
    SESSION_OVER: "run cognito-mp provision, or use the console",
}
_COLUMNS = (15, 15, 15)


def draw(frame, status: Status, page: int = 0) -> None:
    """Draw `status` into `frame`, a 128x64 FrameBuffer of FORMAT. `page`: 0 for the person, 1 for the token."""
    frame.fill(0)
    state_icons.draw(frame, status.state, 15, 15, 28, 1, 0)
    name = _NAMES[status.state]
    y = 12 if len(name) == 1 else 5
    for line in name:
        frame.text(line, 36, y, 1)
        y += 12
    if status.seconds_left and page:
        _time_left(frame, status)
    else:
        y = 34
        for line in _lines(status):
            big_text.centred(frame, line, WIDTH // 2, y, 1, 1)
            y += 10


def _lines(status: Status) -> list:
    if status.person and status.detail:  # neither may push the other out
        return big_text.wrapped(status.person, _COLUMNS[:1]) + big_text.wrapped(status.detail, _COLUMNS[1:])
    return big_text.wrapped(status.person or _words(status), _COLUMNS)


def _words(status: Status) -> str:
    if status.state == SIGNED_IN:
        return status.detail or "all is well"
    return _DETAILS.get(status.state) or status.detail or "waiting"


def _time_left(frame, status: Status) -> None:
    amount, unit = time_left(status.seconds_left)
    whole = big_text.width(amount, 2) + 4 + big_text.width(unit)
    x = (WIDTH - whole) // 2
    big_text.draw(frame, amount, x, 35, 2, 1)
    frame.text(unit, x + big_text.width(amount, 2) + 4, 42, 1)
    frame.rect(0, 56, WIDTH, 8, 1)
    frame.fill_rect(2, 58, (WIDTH - 4) * min(status.seconds_left, status.life) // status.life, 4, 1)
