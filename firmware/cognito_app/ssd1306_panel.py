"""SSD1306, 128x64 pixels, over I2C: sends a whole MONO_VLSB buffer."""

_ADDRESS = 0x3C

# Off; horizontal addressing; whole area; clock, 64 lines, no offset; charge pump; pins; contrast; timing; as RAM; on.
# Source: Solomon Systech SSD1306 data sheet, chapter 9 and the application note of its charge pump.
_START = b"\xae\x20\x00\x40\xa1\xa8\x3f\xc8\xd3\x00\xda\x12\xd5\x80\xd9\xf1\xdb\x30\x81\xff\xa4\xa6\x8d\x14\xaf"
_WHOLE_AREA = b"\x21\x00\x7f\x22\x00\x07"


class Ssd1306:
    """The panel; `show` is what a Screen wants."""

    def __init__(self, i2c, address: int = _ADDRESS) -> None:
        """`i2c`: machine.I2C or its like. Raises OSError when no panel answers."""
        self._i2c = i2c
        self._address = address
        self._parts = [b"\x40", None]  # made once: data follows, the data
        self._command(_START)

    def _command(self, commands: bytes) -> None:
        self._i2c.writeto(self._address, b"\x00" + commands)

    def light(self, percent: int) -> None:
        """How bright it is: the contrast, or off at 0 (data sheet, table 9: 81h, AEh and AFh)."""
        self._command(bytes((0x81, 255 * percent // 100, 0xAF)) if percent else b"\xae")

    def show(self, buffer) -> None:
        """Send the 1024 bytes of `buffer`. Raises OSError when the panel does not answer."""
        self._command(_WHOLE_AREA)
        self._parts[1] = buffer
        self._i2c.writevto(self._address, self._parts)


def screen_at(machine, sda, scl):
    """The Screen on I2C 0, on the machine.Pins sda and scl, or on the port's own where they are None.

    Raises OSError when it does not answer, SettingsError when I2C 0 can't be there.
    """
    from . import mono_screen
    from .screen import Screen
    from .settings import SettingsError

    pins = {} if sda is None else {"sda": sda, "scl": scl}
    try:
        bus = machine.I2C(0, freq=400000, **pins)
    except ValueError:
        raise SettingsError('I2C 0 of this board is not on the pins of "i2c_sda" and "i2c_scl" in settings.json')
    panel = Ssd1306(bus)
    return Screen(mono_screen, panel.show, light=panel.light)
