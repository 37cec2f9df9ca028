"""The round display, 240x240 (GC9A01), of Waveshare's ESP32-S3-Touch-LCD-1.28 and ESP32-S3-LCD-1.28.

`"screen": "panel"` in settings.json chooses it. A panel.py in the file system takes its place. Pins: the table of
https://www.waveshare.com/wiki/ESP32-S3-Touch-LCD-1.28
"""

from cognito_app.screen import Screen
from gc9a01 import SETUP
from machine import SPI, Pin
from mipi_display import BLUE_FIRST, HERTZ, MipiDisplay, round_face

_BACKLIGHT, _DC, _CS, _SCK, _MOSI, _MISO, _RESET = 2, 8, 9, 10, 11, 12, 14


def screen() -> Screen:
    """Start the display and its light; the Screen that draws on it."""
    display = MipiDisplay(
        SPI(1, baudrate=HERTZ, sck=Pin(_SCK), mosi=Pin(_MOSI), miso=Pin(_MISO)),
        Pin(_CS, Pin.OUT, value=1),
        Pin(_DC, Pin.OUT, value=1),
        Pin(_RESET, Pin.OUT, value=1),
        rows=240,
        order=BLUE_FIRST,
        setup=SETUP,
    )
    return round_face(display, 0, Pin(_BACKLIGHT))
