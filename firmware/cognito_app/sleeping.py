"""Deep sleep, by port: how each gets to the end of it, though what sleeps returns early."""

_RP2_LONGEST = 4000000  # milliseconds; lightsleep() counts microseconds in 32 bits: ports/rp2/modmachine.c
# Milliseconds, some five days: ticks_diff() is right up to 2**29, and ESP32's deepsleep() takes 2**31.
_ESP_LONGEST = 500000000


class EspSleep:
    """ESP32's own deep sleep. What is beyond one count of it is slept in light sleeps before."""

    def __init__(self, machine, clock) -> None:
        """
        machine  the module
        clock    the module cognito_mp.clock, or any object with its functions
        """
        self._machine = machine
        self._clock = clock

    def sleep(self, seconds: int) -> None:
        """Sleep for so long; it does not return, main.py runs again."""
        left = _light_sleeps(self._machine, self._clock, seconds, _ESP_LONGEST, whole=False)
        self._machine.deepsleep(left)


class Rp2Sleep:
    """RP2 has no deep sleep: there it is a light sleep and a reset, and both return at any interrupt.

    Sources: mp_machine_deepsleep() in ports/rp2/modmachine.c is lightsleep and reset; mp_machine_lightsleep() there
    returns at once while the radio has something to say (cyw43_has_pending), and at any interrupt else. So the radio
    must be off, by WLAN.deinit(), and the watchdog too: with it on, a light sleep locks RP2040 up.
    """

    def __init__(self, machine, clock, mark) -> None:
        """`mark`: an at_reset.Rp2Mark; the rest as EspSleep has it."""
        self._machine = machine
        self._clock = clock
        self._mark = mark

    def sleep(self, seconds: int) -> None:
        """Sleep for so long; it does not return, main.py runs again."""
        _light_sleeps(self._machine, self._clock, seconds, _RP2_LONGEST, whole=True)
        self._mark.leave()
        self._machine.reset()


def _light_sleeps(machine, clock, seconds: int, longest: int, whole: bool) -> int:
    """Sleep by light sleeps of `longest` milliseconds: until what is left is one of them, or until nothing is.

    Returns the milliseconds that are left. Ticks go on in a light sleep on both ports (RP2's timer and ESP-IDF's
    esp_timer do), and each part is short enough for ticks_diff().
    """
    left = seconds * 1000
    last = clock.ticks_ms()
    while left > (0 if whole else longest):
        machine.lightsleep(min(left, longest))
        now = clock.ticks_ms()
        left -= max(0, clock.ticks_diff(now, last))
        last = now
    return left
