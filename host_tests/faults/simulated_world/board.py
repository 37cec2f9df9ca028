"""The firmware's device: its chip, radio and sockets are port_models' own, in the time of the world."""

from __future__ import annotations

import contextlib
import errno
import importlib
import random
import sys
from collections.abc import Callable
from typing import Any

import cognito_app  # type: ignore[import-not-found]  # checked as firmware
from cognito_mp_tools.project import ROOT

from faults.simulated_world.clocks import DeviceClock, Time

for _folder in (ROOT / "host_tests" / "portable", ROOT / "host_tests" / "firmware" / "portable"):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))

# By name: mypy checks them as what runs on devices.
boards: Any = importlib.import_module("port_models.boards")
radio: Any = importlib.import_module("port_models.radio")
restarts: Any = importlib.import_module("port_models.restarts")
Restarted, LockedUp = restarts.Restarted, restarts.LockedUp

WIFI, WIFI_PASSWORD = "home", "secret-of-the-wifi"
# What improv-wifi-serial-sdk sends once a second until it is answered; its type is the byte of Ctrl-C.
IMPROV_ASKS = b"IMPROV\x01\x03\x02\x02\x00\xe5\n"
SETTINGS = "settings.json"
_ADDRESS = "192.0.2.1"  # what each name is found at
_MOST_SLEEPS = 100  # light sleeps in a row of which one deep sleep may consist
_FROM_1900 = 2208988800
_VERSIONS = ((1, 24), (1, 25), (1, 27), (1, 28), (1, 29))  # of MicroPython: their radios differ


class _Slept(list[Any]):
    """Chip.slept, which notices a device that does nothing but fall asleep."""

    def append(self, sleep: Any) -> None:
        super().append(sleep)
        if len(self) > _MOST_SLEEPS:
            raise LockedUp("it falls asleep, and wakes at once, for ever")


class ChipClock:
    """A BoardClock in the time of a world: what the chip waits for passes there, and its alarms ring in it.

    A sleep alone is ahead of the world, which lets as much time pass once the chip has said how long it lasts.
    """

    def __init__(self, clock: DeviceClock, time: Time, wait: Callable[[int], None]) -> None:
        """`wait`: (milliseconds) lets that much time pass in the world."""
        self._clock = clock
        self._time = time
        self._wait = wait
        self._ahead = 0
        self.is_asleep = False
        self.alarms: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._clock, name)  # now(), is_set(), ticks_diff(), jitter(), sleep_ms()

    @property
    def true_ms(self) -> int:
        return self._time.ms + self._ahead

    def ticks_ms(self) -> int:
        return (self._clock.ticks_ms() + self._ahead) % (1 << 30)

    def set_time(self, seconds: int) -> None:
        self._clock.set(seconds)

    def unset(self, seconds: int) -> None:
        """A start: the wall clock begins at `seconds`."""
        self._ahead = 0
        self._clock.power_up()
        self._clock.set(seconds)

    def pass_time(self, seconds: float) -> None:
        ms = int(seconds * 1000)
        if self.is_asleep:
            restarts.ring_until(self, self.true_ms + ms, self._sleep_on)
        else:
            self._wait(ms)

    def _sleep_on(self, ms: int) -> None:
        self._ahead += ms

    def go_on(self, end: int) -> None:
        """The world's time goes on to `end`."""
        restarts.ring_until(self, end, self._world_goes_on)

    def _world_goes_on(self, ms: int) -> None:
        self._time.ms += ms


class DeviceBoard:
    """The board of one device: a Pico W, or an ESP32 with a radio, by MicroPython of some version.

    hardware  the application's hardware.Board over it
    ctrl_c    the at_reset.CtrlC of the program that runs
    """

    def __init__(self, is_rp2: bool, seed: int, clock: ChipClock, sleep: Any, true_time: Callable[[], Any]) -> None:
        """
        sleep      as asyncio.sleep
        true_time  () -> seconds since 1970 that a time server tells; None: it is silent
        """
        self._randomness = random.Random(seed)
        self._true_time = true_time
        self._watchdog: Any = None
        self.clock = clock
        kind = boards.PicoW if is_rp2 else boards.ESP32
        self._board = kind(seed, self._randomness.choice(_VERSIONS), clock)
        self._board.network.configures_inactive = self._randomness.random() < 0.5  # of ESP32's access point
        self._board.sockets.servers = self._randomness.randrange(1, 4)
        self._board.sockets.answer = self._answered
        self.is_rp2 = is_rp2
        self.terminal = self._board.chip.terminal
        self.sockets = self._board.sockets
        self.radio = self._board.network
        self.platform = self._board.chip.platform
        self.hardware = self._board.hardware(sleep, self._ask_time)
        self.ctrl_c: Any = None
        self.wifi(True)

    # Its power

    @property
    def kept_in_sleep(self) -> bytes:
        """What is in the memory that a deep sleep leaves alone."""
        return bytes(getattr(self._board.chip, "rtc_memory", b""))

    def start(self, why: str, flash_system: Any) -> bool:
        """The chip starts; whether the firmware takes that for a wake. `why`: as Chip.start() has it, "": it slept."""
        chip = self._board.chip
        chip.start(why)
        chip.slept = _Slept()
        self._watchdog = None
        self.sockets.open.clear()
        self.radio.error = None
        # As boot.py leaves it where it brings Wi-Fi up: the radio is on, and has something to say.
        self.radio.WLAN(0).active(True)
        start = self._board.start(flash_system.load(cognito_app, "at_reset.py"))
        self.ctrl_c = start.ctrl_c
        return bool(start.woke)

    def stop(self, why: str) -> None:
        """Nothing of the program that runs goes on. `why`: as Restarted says it."""
        with contextlib.suppress(Restarted):
            self._board.chip.restart(why)

    def watchdog(self, seconds: int) -> Any:
        """The firmware's own, switched on."""
        self._watchdog = self.hardware.watchdog(seconds)
        return self._watchdog

    def stop_watchdog(self) -> None:
        """As whoever puts the device to sleep, other than the firmware itself, has to."""
        if self._watchdog:
            self._watchdog.stop()

    def sleep(self, ms: int) -> int:
        """The firmware puts the chip to sleep for `ms`, in which interrupts come; how many ms that took.

        The firmware takes whole seconds, one at the least. Raises LockedUp where the chip would hang.
        """
        chip = self._board.chip
        seconds = max(1, ms // 1000)
        if self._randomness.random() < 0.3:
            chip.ends_sleep = [
                self._randomness.randrange(1, 1000 * seconds) for _ in range(self._randomness.randrange(1, 4))
            ]
        if chip.pin_names:  # status_led.py blinks to the last, or a maker's pin: on a Pico W it is the radio's
            chip.machine.Pin(chip.pin_names[0], 1)(1)
        before = self.clock.true_ms
        self.clock.is_asleep = True
        try:
            with contextlib.suppress(Restarted):
                self.hardware.deep_sleep(seconds)
        finally:
            self.clock.is_asleep = False
            chip.ends_sleep = []
        return self.clock.true_ms - before

    # Its network

    @property
    def has_route(self) -> bool:
        return bool(self.radio.route == "station")

    def wifi(self, is_there: bool, refuses: int = 0) -> None:
        """Whether its access point is there, or `refuses` its password for this reason, which an ESP32 is told."""
        networks = self._board.air.networks
        networks.pop(WIFI, None)
        if is_there:
            networks[WIFI] = radio.Network("another" if refuses else WIFI_PASSWORD, wrong=refuses)
        if self.radio.network and (refuses or not is_there):
            self.radio.lose()

    def driver_fails(self, number: int) -> None:
        """The driver's next call fails: with an error of ESP-IDF's that it has no words for, or as CYW43's does."""
        if self.is_rp2:
            self.radio.error = OSError(errno.ETIMEDOUT)
        else:
            self.radio.error = RuntimeError("Wifi Unknown Error 0x%04x" % number)

    def arrives(self, data: bytes) -> None:
        """`data` comes over the serial port. Raises KeyboardInterrupt where the byte of Ctrl-C does."""
        self.terminal.arrives(data)
        self.terminal.check()

    def look_up_goes(self, host: str, is_known: bool, is_answered: bool) -> None:
        """What becomes of the next look-ups."""
        self.sockets.names = {host: _ADDRESS} if is_known else {}
        self.sockets.silent = not is_answered

    async def _ask_time(self, host: str, sleep: Any, port: int) -> Any:
        from cognito_app import sntp

        self.look_up_goes(host, True, self._true_time() is not None)
        return await sntp.ask(host, sleep, port, socket=self.sockets, platform=self.platform)

    def _answered(self, query: bytes, peer: Any) -> bytes | None:
        """As a time server does (RFC 4330): the cookie comes back, and the time is the last of four."""
        seconds = self._true_time()
        if seconds is None:
            return None
        time = ((int(seconds) + _FROM_1900) % (1 << 32)).to_bytes(4, "big") + bytes(4)
        return b"\x24\x02" + bytes(22) + query[40:48] + bytes(8) + time
