"""The TinyWATCH S3's display, 240x280 with rounded corners (ST7789): the round 240x240 face goes to its middle.

`"screen": "panel"` in settings.json chooses it. A panel.py in the file system takes its place.
"""

from cognito_app.screen import Screen
from machine import SPI, Pin
from mipi_display import HERTZ, MipiDisplay, round_face

# The display shows rows 20 to 299 of the controller's 320; the face takes 240 of these 280.
_TOP = 20 + (280 - 240) // 2


def screen() -> Screen:
    """Start the display and its light; the Screen that draws on it."""
    display = MipiDisplay(
        SPI(1, baudrate=HERTZ),  # on the pins that the board's header gives it
        Pin("TFT_CS", Pin.OUT, value=1),
        Pin("TFT_DC", Pin.OUT, value=1),
        Pin("TFT_RESET", Pin.OUT, value=1),
        rows=320,
    )
    return round_face(display, _TOP, Pin("TFT_BACKLIGHT"))
