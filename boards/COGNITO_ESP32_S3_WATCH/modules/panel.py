"""The TinyWATCH S3's display, 240x280 with rounded corners: the round 240x240 face goes to its middle.

`"screen": "panel"` in settings.json chooses it. A panel.py in the file system takes its place.
"""

from cognito_app import round_screen
from cognito_app.rgb565_strips import Strips
from cognito_app.screen import Screen
from machine import SPI, Pin
from st7789 import St7789

_HERTZ = 40_000_000
# The display shows rows 20 to 299 of the controller's 320.
_FIRST_ROW = 20
_ROWS = 280


def screen() -> Screen:
    """Start the display and its light; the Screen that draws on it."""
    display = St7789(
        SPI(1, baudrate=_HERTZ),  # on the pins that the board's header gives it
        Pin("TFT_CS", Pin.OUT, value=1),
        Pin("TFT_DC", Pin.OUT, value=1),
        Pin("TFT_RESET", Pin.OUT, value=1),
    )
    strips = Strips(round_screen.WIDTH, round_screen.HEIGHT, round_screen.PALETTE)
    top = _FIRST_ROW + (_ROWS - round_screen.HEIGHT) // 2

    def show(buffer: bytearray) -> None:
        display.begin(0, top, round_screen.WIDTH, round_screen.HEIGHT)
        strips.send(shown.frame, display.write)

    shown = Screen(round_screen, show)
    Pin("TFT_BACKLIGHT", Pin.OUT, value=1)
    return shown
