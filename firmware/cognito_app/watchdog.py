"""The hardware's watchdog: it restarts a device whose event loop has stood still for too long.

feed() is to be called every second or so, by a task of the loop. stop() lets a person work at the REPL: no port's own
watchdog can be stopped, so each has its way around that.
"""

_RP2_TIMEOUT = 8000  # milliseconds; the hardware counts to 8388
_RP2040, _RP2350 = 0x40058000, 0x400D8000  # WATCHDOG_CTRL, in the data sheets' address maps
_CLEAR, _ENABLE = 0x3000, 1 << 30  # the alias that clears bits, and the bit ENABLE
# Milliseconds, some eleven days: ESP-IDF counts in 32 bits, a quarter of a millisecond each.
_ESP_NEVER = 1000000000


class EspWatchdog:
    """The task watchdog of ESP-IDF; it takes any time, and can be given another."""

    def __init__(self, machine, seconds: int) -> None:
        """`machine`: the module; `seconds` without feed() restart the device."""
        self._machine = machine
        self._wdt = machine.WDT(timeout=seconds * 1000)
        self.feed = self._wdt.feed

    def stop(self) -> None:
        """Let nobody be restarted for days."""
        self._machine.WDT(timeout=_ESP_NEVER)
        self.feed()


class Rp2Watchdog:
    """RP2040's and RP2350's, which waits for eight seconds at most: a timer feeds it while the seconds are not over."""

    def __init__(self, machine, seconds: int, chip: str) -> None:
        """`chip`: text that names it, such as os.uname().machine; the rest as above."""
        self._control = _RP2350 if "RP2350" in chip else _RP2040
        self._machine = machine
        self._seconds = seconds
        self._left = seconds
        self._wdt = machine.WDT(timeout=_RP2_TIMEOUT)
        self._timer = machine.Timer(period=1000, callback=self._tick)

    def feed(self) -> None:
        self._left = self._seconds

    def _tick(self, _timer) -> None:
        if self._left:
            self._left -= 1
            self._wdt.feed()

    def stop(self) -> None:
        """Switch it off: a soft reset, such as mpremote's, ends the timer but not the watchdog."""
        self._machine.mem32[self._control + _CLEAR] = _ENABLE
        self._timer.deinit()
