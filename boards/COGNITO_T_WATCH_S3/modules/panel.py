"""The display of LilyGo's T-Watch S3, 240x240 (ST7789), mounted upside down.

`"screen": "panel"` in settings.json chooses it. A panel.py in the file system takes its place. Pins: LilyGo's own
https://github.com/Xinyuan-LilyGO/TTGO_TWatch_Library (branch t-watch-s3), and CircuitPython's board lilygo_twatch_s3.
"""

from cognito_app.screen import Screen
from machine import SPI, Pin
from mipi_display import BLUE_FIRST, HERTZ, UPSIDE_DOWN, MipiDisplay, round_face

_CS, _MOSI, _SCK, _DC, _BACKLIGHT = 12, 13, 18, 38, 45
# The display shows 240 of the controller's 320 rows: the last ones, as it is upside down.
_TOP = 320 - 240


def screen() -> Screen:
    """Start the display and its light; the Screen that draws on it."""
    display = MipiDisplay(
        SPI(1, baudrate=HERTZ, sck=Pin(_SCK), mosi=Pin(_MOSI), miso=None),
        Pin(_CS, Pin.OUT, value=1),
        Pin(_DC, Pin.OUT, value=1),
        None,
        rows=320,
        order=BLUE_FIRST | UPSIDE_DOWN,
    )
    return round_face(display, _TOP, Pin(_BACKLIGHT))
