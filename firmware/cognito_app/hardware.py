"""The one module that imports hardware: what differs between boards ends here.

It runs on MicroPython's unix port too, where the computer's own network and clock are used as they are.
"""

import asyncio
import os
import sys
import time

from cognito_mp import clock

from .settings import SettingsError


class ComputersLink:
    """The link of a device that is a computer: always up, and nobody's but its own."""

    address = "127.0.0.1"

    def is_up(self) -> bool:
        return True

    async def connect(self) -> None:
        pass

    def down(self) -> None:
        pass


class Board:
    """A board, by the modules of its port."""

    def __init__(
        self,
        machine,
        network=None,
        ppp_link=None,
        platform: str = "",
        chip: str = "",
        clock=clock,
        sleep=asyncio.sleep,
        gmtime=time.gmtime,
        ask_time=None,
        transport=None,
    ) -> None:
        """
        machine, network, ppp_link  the port's modules; None where it has none
        platform  as sys.platform
        chip      text that names it, as os.uname().machine does
        clock     the module cognito_mp.clock, or any object with its functions
        sleep     async, takes seconds, such as asyncio.sleep
        gmtime    as time.gmtime
        ask_time  sntp.ask, or its like; None: that
        transport  of the client; None: the library's own
        """
        self._machine = machine
        self.network = network
        self._ppp_link = ppp_link
        self._platform = platform
        self._chip = chip
        self.clock = clock
        self.sleep = sleep
        self._gmtime = gmtime
        self.ask_time = ask_time
        self.transport = transport
        self.has_wifi = hasattr(network, "WLAN")
        self.full_speed = FullSpeed(machine, platform)

    def unique_id(self) -> bytes:
        """What tells this board from others."""
        return self._machine.unique_id() if hasattr(self._machine, "unique_id") else b"unix"

    def own_settings(self):
        """The OwnSettings of this board; None without Wi-Fi."""
        if not self.has_wifi:
            return None
        from cognito_mp import FileStore

        from .own_settings import OwnSettings

        return OwnSettings(FileStore("own_settings"), os.urandom)

    def page_tries(self):
        """The store in which wrong codes of the sign-in page are counted."""
        from cognito_mp import FileStore

        return FileStore("page_tries")

    def link(self, settings, own=None):
        """This board's link: is_up() -> bool, async connect() that raises OSError, down(), address.

        own  an OwnSettings, whose networks come before those of the settings
        """
        if self.has_wifi:
            from .wifi_link import WifiLink

            networks = (own.networks() if own else []) + settings.networks()
            return WifiLink(self._radio(settings), networks, self.sleep)
        if self._ppp_link:
            from .ppp import PppLink

            return PppLink(self._ppp_link, self.sleep)
        return ComputersLink()

    def remarks(self, settings) -> list:
        """What a person should know of `settings` on this board, str each."""
        if settings.wifi_country and self.has_wifi and self._platform != "rp2":
            # network.country() is there, and nothing reads what it sets (extmod/modnetwork.c).
            return ['settings.json: "wifi_country" has no effect on this port: it takes what the access point says']
        return []

    def _radio(self, settings):
        from .wifi_radios import Cyw43Radio, Esp32Radio

        wlan = self.network.WLAN(self.network.STA_IF)
        if self._platform != "rp2":
            return Esp32Radio(wlan)
        if settings.wifi_country:
            self.network.country(settings.wifi_country)
        return Cyw43Radio(wlan)

    def set_time(self, seconds: int) -> None:
        """Set the clock to `seconds` since 1970, where the board has one to set."""
        if not hasattr(self._machine, "RTC"):
            return
        if self._gmtime(0)[0] == 2000:
            seconds -= 946684800
        year, month, day, hour, minute, second, weekday = self._gmtime(seconds)[:7]
        self._machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))

    def deep_sleep_memory(self):
        """machine.RTC().memory, which deep sleep leaves alone; None on a port that has none, as RP2's."""
        return getattr(self._machine.RTC(), "memory", None) if hasattr(self._machine, "RTC") else None

    def deep_sleep(self, seconds: int) -> None:
        """Switch the radio off and sleep, then start from the top: main.py runs again. The unix port ends the program.

        The watchdog must be stopped before.
        """
        self._radio_off()
        from .at_reset import Rp2Mark
        from .sleeping import EspSleep, Rp2Sleep

        if self._platform == "rp2":
            Rp2Sleep(self._machine, self.clock, Rp2Mark(self._machine.mem32, self._chip)).sleep(seconds)
        if not hasattr(self._machine, "deepsleep"):
            sys.exit(0)
        EspSleep(self._machine, self.clock).sleep(seconds)

    def _radio_off(self) -> None:
        """The radio of a Pico W goes on drawing current through active(False): only deinit() ends that (cyw43_ctrl.c).

        And a radio that has something to say ends a light sleep at once.
        """
        if self.has_wifi:
            wlan = self.network.WLAN(self.network.STA_IF)
            if hasattr(wlan, "deinit"):
                try:
                    wlan.deinit()
                except OSError:  # it sleeps all the same
                    pass

    def restart(self) -> None:
        """Start from the top, as the reset button does. Raises SystemExit on the unix port."""
        if not hasattr(self._machine, "reset"):
            sys.exit(1)
        self._machine.reset()

    def watchdog(self, seconds: int):
        """The watchdog that restarts this board after `seconds` without its feed(); none for 0 seconds."""
        if seconds and hasattr(self._machine, "WDT"):
            from .watchdog import EspWatchdog, Rp2Watchdog

            if self._platform == "rp2":
                return Rp2Watchdog(self._machine, seconds, self._chip)
            if self._platform == "esp32":
                return EspWatchdog(self._machine, seconds)
        return NoWatchdog()

    def _pin(self, settings, key: str, *modes: str):
        """The pin that the settings name at `key`; None when they name none, or the port has none.

        `modes`: names of machine.Pin's constants. Raises SettingsError.
        """
        name = getattr(settings, key)
        machine = self._machine
        if name is None or not hasattr(machine, "Pin"):
            return None
        try:
            return machine.Pin(name, *[getattr(machine.Pin, mode) for mode in modes])
        except (ValueError, TypeError):
            raise SettingsError(f'"{key}" in settings.json names a pin that this board does not have: {name!r}')

    def led(self, settings):
        """(1 or 0) that lights the LED on pin `led`; None when the settings name none. Raises SettingsError."""
        return self._pin(settings, "led", "OUT")

    def button(self, settings):
        """() -> bool, whether the button on pin `button`, which joins it to ground, is down; None without one.

        The interrupt pin of a touch controller, which is low at a touch, does as well. Raises SettingsError.
        """
        pin = self._pin(settings, "button", "IN", "PULL_UP")
        return None if pin is None else lambda: not pin()

    def screen(self, settings):
        """The Screen that the settings name; None when they name none.

        Raises OSError when it does not answer, SettingsError when it can't be where they say.

        "ssd1306" is built in. "panel" is the maker's own: a module panel.py on the device with screen() -> Screen.
        """
        if settings.screen == "ssd1306":
            from .ssd1306_panel import screen_at

            return screen_at(self._machine, self._pin(settings, "i2c_sda"), self._pin(settings, "i2c_scl"))
        if settings.screen == "panel":
            import panel as makers_panel

            return makers_panel.screen()
        return None

    def terminal(self) -> "tuple[object, object]":
        """(read, write) of the REPL's terminal: async () -> one byte, b"" when it is gone; (str) shows it."""
        _leave_the_echo_to_us()
        stream = asyncio.StreamReader(sys.stdin.buffer)

        async def read() -> bytes:
            return await stream.read(1)

        def write(text: str) -> None:
            sys.stdout.write(text)

        return read, write


def this_board() -> Board:
    """The Board that this runs on."""
    import machine

    try:
        import network  # type: ignore[import-not-found]  # the unix port has none
    except ImportError:
        network = None  # type: ignore[assignment]
    try:
        import ppp_link
    except ImportError:
        ppp_link = None  # type: ignore[assignment]
    return Board(machine, network, ppp_link, sys.platform, os.uname().machine if hasattr(os, "uname") else "")


class FullSpeed:
    """`with FullSpeed():` an ESP32 runs at 240 MHz, and goes back afterwards; other chips run as they are.

    SRP's arithmetic there takes seconds at the usual 160 MHz. Source: machine.freq() of MicroPython's ESP32 port.
    """

    _before: "int | None" = None

    def __init__(self, machine, platform: str) -> None:
        """`machine`: the port's module; `platform`: as sys.platform."""
        self._machine = machine
        self._platform = platform

    def __enter__(self) -> None:
        if self._platform != "esp32":
            return
        before = self._machine.freq()
        try:
            self._machine.freq(240000000)
            self._before = before
        except ValueError:  # a chip without it, such as ESP32-C3
            pass

    def __exit__(self, *error: object) -> None:
        """Also where nothing was entered: Ctrl-C unwinds no task."""
        before, self._before = self._before, None
        if before is not None:
            self._machine.freq(before)


class NoWatchdog:
    """Where none is wanted, or the port has none."""

    def feed(self) -> None:
        pass

    def stop(self) -> None:
        pass


def _leave_the_echo_to_us() -> None:
    """Where stdin is a computer's terminal (the unix port), switch off its echo and its line editing."""
    try:
        import termios  # type: ignore[import-not-found]  # of the unix port
    except ImportError:
        return
    try:
        attributes = termios.tcgetattr(0)
        attributes[3] &= ~(0o10 | 0o2)  # ECHO and ICANON of Linux; signals stay, for Ctrl-C
        termios.tcsetattr(0, 0, attributes)
    except OSError:  # stdin is not a terminal
        pass
