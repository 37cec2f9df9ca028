"""One model of each board that the application is made for: its chip, its radio, its sockets.

chip     restarts.Rp2 or restarts.Esp32: machine, terminal, watchdog, sleep and the clock
network  the port's module; None where there is no radio
sockets  the port's module socket
"""

from port_models import radio, sockets
from port_models.restarts import Esp32, Rp2, Rp2350


class _Board:
    """start() and hardware() are what the application gets of it."""

    chip_class: type = Esp32
    radio_class: "type | None" = None
    socket_class: type = sockets.EspSockets

    def __init__(self, seed: int = 1, version: tuple = (1, 28), clock=None) -> None:
        """`version`: of MicroPython, (major, minor); `clock` as Chip has it."""
        self.chip = self.chip_class(seed, clock)
        self.clock = self.chip.clock
        self.air = radio.Air()
        self.network = self.radio_class(self.chip, self.air, version) if self.radio_class else None
        self.sockets = self.socket_class(self.clock, self.network)

    def start(self, at_reset=None):
        """The at_reset.Start of the program that runs now, as main.py makes it. `at_reset`: the module; None: that."""
        if at_reset is None:
            from cognito_app import at_reset
        chip = self.chip
        return at_reset.Start(chip.machine, chip.platform, chip.words, chip.terminal.kbd_intr)

    def hardware(self, sleep, ask_time=None, transport=None):
        """The application's hardware.Board over this one. `sleep`: async, takes seconds; the rest as Board has it."""
        from cognito_app.hardware import Board

        chip = self.chip
        more = chip.platform, chip.words, self.clock, sleep, chip.gmtime, ask_time, transport
        return Board(chip.machine, self.network, None, *more)


class ESP32(_Board):
    """With Wi-Fi, and memory that deep sleep leaves alone."""

    radio_class = radio.Esp32


class RP2040(_Board):
    """A Pico: no radio."""

    chip_class = Rp2
    socket_class = sockets.LwipSockets


class PicoW(RP2040):
    """A Pico W: the same chip, and a CYW43."""

    radio_class = radio.Cyw43


class Pico2W(PicoW):
    chip_class = Rp2350


ALL = (ESP32, PicoW, Pico2W, RP2040)
