"""The one module that imports hardware: what differs between boards ends here.

It runs on MicroPython's unix port too, where the computer's own network and clock are used as they are.
"""

import asyncio
import os
import sys
import time

import machine

from .settings import SettingsError

try:
    import network  # type: ignore[import-not-found]  # the unix port has none
except ImportError:
    network = None  # type: ignore[assignment]
try:
    import ppp_link
except ImportError:
    ppp_link = None  # type: ignore[assignment]

HAS_WIFI = hasattr(network, "WLAN")

# What network.WLAN.status() says, by the names that ports give it, when waiting longer is no use.
_REFUSALS = {
    "STAT_WRONG_PASSWORD": "wrong password",
    "STAT_NO_AP_FOUND": "no such network in reach",
    "STAT_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD": "the network's security is too old",
    "STAT_NO_AP_FOUND_W_COMPATIBLE_SECURITY": "the network's security is not known to this chip",
}


class ComputersLink:
    """The link of a device that is a computer: always up, and nobody's but its own."""

    address = "127.0.0.1"

    def is_up(self) -> bool:
        return True

    async def connect(self) -> None:
        pass

    def down(self) -> None:
        pass


def unique_id() -> bytes:
    """What tells this board from others."""
    return machine.unique_id() if hasattr(machine, "unique_id") else b"unix"


def own_settings():
    """The OwnSettings of this board; None without Wi-Fi."""
    if not HAS_WIFI:
        return None
    from cognito_mp import FileStore

    from .own_settings import OwnSettings

    return OwnSettings(FileStore("own_settings"), os.urandom)


def link(settings, own=None):
    """This board's link: is_up() -> bool, async connect() that raises OSError, down(), address.

    own  an OwnSettings, whose networks come before those of the settings
    """
    if HAS_WIFI:
        from .wifi_link import WifiLink

        if settings.wifi_country and hasattr(network, "country"):
            network.country(settings.wifi_country)
        refusals = {getattr(network, name): _REFUSALS[name] for name in _REFUSALS if hasattr(network, name)}
        # Not every port keeps the names in the module; the radio of Pico W gives them as numbers only.
        if sys.platform == "rp2":
            refusals = {-3: _REFUSALS["STAT_WRONG_PASSWORD"], -2: _REFUSALS["STAT_NO_AP_FOUND"]}
        wlan = network.WLAN(network.STA_IF)
        return WifiLink(wlan, (own.networks() if own else []) + settings.networks(), asyncio.sleep, refusals)
    if ppp_link:
        from .ppp import PppLink

        return PppLink(ppp_link, asyncio.sleep)
    return ComputersLink()


def set_time(seconds: int) -> None:
    """Set the clock to `seconds` since 1970, where the board has one to set."""
    if not hasattr(machine, "RTC"):
        return
    if time.gmtime(0)[0] == 2000:
        seconds -= 946684800
    year, month, day, hour, minute, second, weekday = time.gmtime(seconds)[:7]
    now = year, month, day, weekday, hour, minute, second, 0
    machine.RTC().datetime(now)  # type: ignore[attr-defined]  # not on unix


def deep_sleep_memory():
    """machine.RTC().memory, which deep sleep leaves alone; None on a port that has none."""
    return getattr(machine.RTC(), "memory", None) if hasattr(machine, "RTC") else None


def deep_sleep(seconds: int) -> None:
    """Sleep, then start from the top: main.py runs again. On the unix port, ends the program.

    RP2 counts microseconds in 32 bits, and refuses more; other ports count milliseconds in 31. What is beyond that is
    slept in light sleeps before.
    """
    if not hasattr(machine, "deepsleep"):
        sys.exit(0)
    longest = 4000000 if sys.platform == "rp2" else 2000000000
    left = seconds * 1000
    while left > longest:
        machine.lightsleep(longest)  # type: ignore[attr-defined]  # not on unix
        left -= longest
    machine.deepsleep(left)


def woke_by_itself() -> bool:
    """True after a deep sleep or a restart by the program or the watchdog; False after power-up or the reset button."""
    if not hasattr(machine, "reset_cause"):
        return True
    # RP2 wakes by a restart, and can't tell it from one by the watchdog.
    causes = [getattr(machine, name, None) for name in ("DEEPSLEEP_RESET", "WDT_RESET")]
    return machine.reset_cause() in causes


class FullSpeed:
    """`with FullSpeed():` an ESP32 runs at 240 MHz, and goes back afterwards; other chips run as they are.

    SRP's arithmetic there takes seconds at the usual 160 MHz. Source: machine.freq() of MicroPython's ESP32 port.
    """

    _before: "int | None" = None

    def __enter__(self) -> None:
        if sys.platform != "esp32":
            return
        before = machine.freq()  # type: ignore[attr-defined]  # not on unix
        try:
            machine.freq(240000000)  # type: ignore[attr-defined]
            self._before = before
        except ValueError:  # a chip without it, such as ESP32-C3
            pass

    def __exit__(self, *error: object) -> None:
        before, self._before = self._before, None
        if before is not None:
            machine.freq(before)  # type: ignore[attr-defined]


def restart() -> None:
    """Start from the top, as the reset button does. Raises SystemExit on the unix port."""
    if not hasattr(machine, "reset"):
        sys.exit(1)
    machine.reset()


def watchdog(seconds: int):
    """The watchdog that restarts this board after `seconds` without its feed(); none for 0 seconds."""
    if seconds and hasattr(machine, "WDT"):
        from .watchdog import EspWatchdog, Rp2Watchdog

        if sys.platform == "rp2":
            return Rp2Watchdog(machine, seconds, os.uname().machine)
        if sys.platform == "esp32":
            return EspWatchdog(machine, seconds)
    return NoWatchdog()


class NoWatchdog:
    """Where none is wanted, or the port has none."""

    def feed(self) -> None:
        pass

    def stop(self) -> None:
        pass


def _pin(settings, key: str, *modes: str):
    """The pin that the settings name at `key`; None when they name none, or the port has none. Raises SettingsError.

    `modes`: names of machine.Pin's constants.
    """
    name = getattr(settings, key)
    if name is None or not hasattr(machine, "Pin"):
        return None
    try:
        return machine.Pin(name, *[getattr(machine.Pin, mode) for mode in modes])  # type: ignore[call-arg]  # not on unix
    except (ValueError, TypeError):
        raise SettingsError(f'"{key}" in settings.json names a pin that this board does not have: {name!r}')


def led(settings):
    """(1 or 0) that lights the LED on pin `led`; None when the settings name none. Raises SettingsError."""
    return _pin(settings, "led", "OUT")


def button(settings):
    """() -> bool, whether the button on pin `button`, which joins it to ground, is down; None without one.

    The interrupt pin of a touch controller, which is low at a touch, does as well. Raises SettingsError.
    """
    pin = _pin(settings, "button", "IN", "PULL_UP")
    return None if pin is None else lambda: not pin()


def screen(settings):
    """The Screen that the settings name; None when they name none.

    Raises OSError when it does not answer, SettingsError when it can't be where they say.

    "ssd1306" is built in. "panel" is the maker's own: a module panel.py on the device with screen() -> Screen.
    """
    if settings.screen == "ssd1306":
        from .ssd1306_panel import screen_at

        return screen_at(machine, _pin(settings, "i2c_sda"), _pin(settings, "i2c_scl"))
    if settings.screen == "panel":
        import panel as makers_panel

        return makers_panel.screen()
    return None


def terminal() -> "tuple[object, object]":
    """(read, write) of the REPL's terminal: async () -> one byte, b"" when it is gone; (str) shows it."""
    _leave_the_echo_to_us()
    stream = asyncio.StreamReader(sys.stdin.buffer)

    async def read() -> bytes:
        return await stream.read(1)

    def write(text: str) -> None:
        sys.stdout.write(text)

    return read, write


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
    except OSError:  # stdin is no terminal
        pass
