"""How each port starts, sleeps, is interrupted and restarts: models of the modules machine and micropython.

Each behaviour has its source beside it, a file of MicroPython's (github.com/micropython/micropython), of pico-sdk's or
of ESP-IDF's. A call, an order or an argument that the port refuses is refused here in the same way; what it would hang
at is LockedUp. A test sets the time going by `clock.pass_time()`, in which timers ring and watchdogs bite.
"""

import time

from fakes import FakeClock

YEAR_2000 = 946684800
YEAR_2021 = 1609459200
INTERRUPT = 3
_RP2_SLEEP_TOO_LONG = (1 << 32) // 1000  # lightsleep() counts microseconds in 32 bits: ports/rp2/modmachine.c


class Restarted(BaseException):
    """The chip starts anew this very moment; no line of the program that ran comes after. args[0]: why.

    "reset", "deepsleep" (its end), "watchdog", "button", "power"
    """


class LockedUp(BaseException):
    """The chip hangs here, until somebody cuts its power."""


def ring_until(clock, end: int, move) -> None:
    """Let time pass up to `end`, in true_ms, by move(milliseconds), and each of `clock.alarms` ring when it is due."""
    while True:
        due = [alarm for alarm in clock.alarms if alarm.due_ms <= end]
        if not due:
            break
        first = due[0]
        for alarm in due:
            if alarm.due_ms < first.due_ms:
                first = alarm
        move(max(0, first.due_ms - clock.true_ms))
        first.ring()
    move(max(0, end - clock.true_ms))


class BoardClock(FakeClock):
    """The time of a board, in which its alarms ring: each has `due_ms`, in true_ms, and ring()."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)
        self.alarms: list = []

    def pass_time(self, seconds: float) -> None:
        move = super().pass_time
        ring_until(self, self.true_ms + int(seconds * 1000), lambda ms: move(ms / 1000))

    def sleep_ms(self, ms: int) -> None:
        self.slept.append(ms)
        self.pass_time(ms / 1000)


class Terminal:
    """The serial port that is the REPL's, and module `micropython`: kbd_intr.

    At each boot, the soft one included, 3 interrupts: mp_init(), then mp_hal_set_interrupt_char(CHAR_CTRL_C) before
    boot.py and main.py (shared/runtime/pyexec.c). The byte never gets to the program then; it empties what was received
    before, and raises KeyboardInterrupt between two bytecodes: shared/tinyusb/mp_usbd_cdc.c, tud_cdc_rx_cb(). ESP32's
    uart.c and usb_serial_jtag.c leave what was received.
    """

    def __init__(self, empties: bool) -> None:
        """`empties`: whether the byte of Ctrl-C empties what was received before."""
        self._empties = empties
        self.received = b""
        self.boot()

    def boot(self) -> None:
        self._character = INTERRUPT
        self.interrupted = False

    @property
    def interrupts(self) -> bool:
        """Whether the byte of Ctrl-C interrupts."""
        return self._character == INTERRUPT

    def kbd_intr(self, character: int) -> None:
        """micropython.kbd_intr: -1 for none (py/modmicropython.c)."""
        if not isinstance(character, int):
            raise TypeError("can't convert to int")
        self._character = character

    def arrives(self, data: bytes) -> None:
        """`data` comes over the wire."""
        for byte in data:
            if byte == self._character:
                if self._empties:
                    self.received = b""
                self.interrupted = True
            else:
                self.received += bytes([byte])

    def check(self) -> None:
        """Between two bytecodes: raises KeyboardInterrupt when the byte came."""
        if self.interrupted:
            self.interrupted = False
            raise KeyboardInterrupt


class Timer:
    """machine.Timer of rp2: only -1 exists, a soft one (ports/rp2/machine_timer.c).

    Its callback runs between two bytecodes, also in time.sleep() and while a name is looked up, which both poll. The
    finaliser of a soft reset ends it.
    """

    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, chip, id: int = -1, *, mode: int = PERIODIC, period: int = -1, callback=None) -> None:
        if id != -1:
            raise ValueError("Timer doesn't exist")
        if period < 1:
            raise ValueError("period")
        self._chip = chip
        self._period = period
        self._mode = mode
        self._callback = callback
        self.due_ms = chip.clock.true_ms + period
        chip.clock.alarms.append(self)
        chip.timers.append(self)

    def ring(self) -> None:
        if self._mode == self.PERIODIC:
            self.due_ms += self._period
        else:
            self.deinit()
        self._callback(self)

    def deinit(self) -> None:
        if self in self._chip.clock.alarms:
            self._chip.clock.alarms.remove(self)


class Watchdog:
    """The hardware's; only what the port says ends it."""

    def __init__(self, chip) -> None:
        self._chip = chip
        self.due_ms = 0
        self.timeout = 0

    @property
    def is_on(self) -> bool:
        return self in self._chip.clock.alarms

    def start(self, timeout: int) -> None:
        self.timeout = timeout
        if not self.is_on:
            self._chip.clock.alarms.append(self)
        self.feed()

    def feed(self) -> None:
        self._chip.alive()
        self.due_ms = self._chip.clock.true_ms + self.timeout

    def stop(self) -> None:
        if self.is_on:
            self._chip.clock.alarms.remove(self)

    def ring(self) -> None:
        self._chip.restart("watchdog")


class Chip:
    """What the ports have in common: what a start leaves of what was, and what is counted for tests.

    boots   how often it has started; `started_by`: why, as Restarted says it
    slept       (kind, milliseconds asked for, milliseconds slept) of each sleep
    ends_sleep  milliseconds after which the next sleeps are interrupted, one each; a test's to fill
    pins_made   the Pins of the program
    """

    platform = ""
    words = ""  # as os.uname().machine
    epoch = 1970
    empties = True

    def __init__(self, seed: int = 1, clock=None) -> None:
        """`clock`: a BoardClock, or its like; None: one that `seed` begins."""
        self.clock = clock or BoardClock(seed)
        self.terminal = Terminal(self.empties)
        self.timers: list = []
        self.watchdog = Watchdog(self)
        self.boots = 0
        self.slept: list = []
        self.pins_made: list = []
        self.ends_sleep: list = []  # milliseconds after which the next sleeps are interrupted, one each
        self.radio = None  # what tells is_powered and has_pending, and has reset()
        self._is_dead = False
        self.start("power")

    def alive(self) -> None:
        """Nothing of a program that ran before a reset goes on: what its `finally` does never happens."""
        if self._is_dead:
            raise Restarted("it ran before the reset")

    def restart(self, why: str) -> None:
        """The program ends here. The next one runs once the test says start()."""
        self.started_by = why
        self._is_dead = True
        for timer in self.timers:
            timer.deinit()
        self.timers = []
        self.watchdog.stop()
        raise Restarted(why)

    def start(self, why: str = "") -> None:
        """The port starts, and main.py is next. `why`: where no program of the board's has said so."""
        self.started_by = why or self.started_by
        self._is_dead = False
        self.boots += 1
        for timer in self.timers:
            timer.deinit()
        self.timers = []
        self.watchdog.stop()
        self.terminal.boot()
        if self.radio:
            self.radio.reset()
        self._started()

    def _started(self) -> None:
        raise NotImplementedError

    def soft_reset(self) -> None:
        """Ctrl-D, mpremote: RAM is new, timers are ended by their finalisers, the watchdog is not."""
        for timer in self.timers:
            timer.deinit()
        self.timers = []
        self.terminal.boot()

    def press_reset(self) -> None:
        """The button that pulls RUN or EN down."""
        self.start("button")

    def cut_power(self) -> None:
        self.start("power")

    def lightsleep(self, ms: int = -1) -> None:
        """Time passes, until the time is over or an interrupt comes."""
        self.alive()
        if ms < 0:
            raise LockedUp("a light sleep with no end")
        self._sleep("light", ms)

    def _sleep(self, kind: str, ms: int) -> None:
        ends = [ms] + ([self.ends_sleep.pop(0)] if self.ends_sleep else [])
        asleep = min(ends + [max(0, alarm.due_ms - self.clock.true_ms) for alarm in self.clock.alarms])
        self.slept.append((kind, ms, asleep))
        self.clock.pass_time(asleep / 1000)

    def gmtime(self, seconds: int) -> tuple:
        """time.gmtime by the port's epoch."""
        return tuple(time.gmtime(seconds + (YEAR_2000 if self.epoch == 2000 else 0)))


def seconds_of(datetime: tuple) -> int:
    """Seconds since 1970 of machine.RTC().datetime()'s eight numbers: the weekday is the fourth."""
    year, month, day, _, hour, minute, second, _ = datetime
    # Days since 1970 by counting years from March.
    year -= month <= 2
    era_day = (153 * ((month + 9) % 12) + 2) // 5 + day - 1 + year * 365 + year // 4 - year // 100 + year // 400
    return (era_day - 719468) * 86400 + hour * 3600 + minute * 60 + second


class Rtc:
    """machine.RTC of both ports; ESP32's has memory() besides (ports/esp32/machine_rtc.c)."""

    def __init__(self, chip) -> None:
        self._chip = chip

    def datetime(self, value=None):
        self._chip.alive()
        if value is None:
            year, month, day, hour, minute, second, weekday = time.gmtime(self._chip.clock.now())[:7]
            return year, month, day, weekday, hour, minute, second, 0
        if len(value) != 8:
            raise ValueError("requested length 8 but object has length %d" % len(value))
        self._chip.clock.set_time(seconds_of(value))


class RtcWithMemory(Rtc):
    """MICROPY_HW_RTC_USER_MEM_MAX is 2048; what is longer is ValueError("buffer too long")."""

    def memory(self, data=None):
        self._chip.alive()
        if data is None:
            return self._chip.rtc_memory
        if len(data) > 2048:
            raise ValueError("buffer too long")
        self._chip.rtc_memory = bytes(data)
        return None


class Pin:
    """machine.Pin: `names` of the board, and its numbers. Anything else is ValueError."""

    IN, OUT, PULL_UP = 0, 1, 1

    def __init__(self, chip, id, mode: int = -1, pull: int = -1) -> None:
        chip.alive()
        if not (id in chip.pin_names or isinstance(id, int) and 0 <= id < chip.pins):
            raise ValueError("unknown named pin" if isinstance(id, str) else "invalid pin")
        chip.pins_made.append(self)
        self._chip = chip
        self.id = id
        self.level = 1

    def __call__(self, value=None):
        self._chip.alive()
        if value is None:
            return self.level
        self.level = 1 if value else 0
        if self.id == "LED" and self._chip.radio:
            # Pico W's is a pin of the radio, which is powered up for it: ports/rp2/machine_pin_cyw43.c, cyw43_ctrl.c.
            self._chip.radio.powered_by_its_pin()
        return None


class Mem32:
    """machine.mem32 of RP2040 and RP2350: the watchdog's registers alone (datasheets, 4.7.6 and 12.9)."""

    def __init__(self, chip, base: int) -> None:
        self._chip = chip
        self._base = base

    def _scratch(self, address: int) -> int:
        number, rest = divmod(address - self._base - 0x0C, 4)
        if rest or not 0 <= number < 8:
            raise LockedUp("a hard fault, or a register of something else: 0x%08x" % address)
        return number

    def __getitem__(self, address: int) -> int:
        self._chip.alive()
        return self._chip.scratch[self._scratch(address)]

    def __setitem__(self, address: int, value: int) -> None:
        self._chip.alive()
        if address == self._base + 0x3000:  # the alias that clears bits of CTRL; 30 is ENABLE
            if value & 1 << 30:
                self._chip.watchdog.stop()
            return
        self._chip.scratch[self._scratch(address)] = value & 0xFFFFFFFF


class Rp2(Chip):
    """RP2040 and RP2350, with or without the radio of a Pico W.

    - One reset cause for all but the power and the button: watchdog_caused_reboot() is true after machine.reset(), the
      end of a deep sleep, a UF2 file and the watchdog (ports/rp2/modmachine.c, mp_machine_reset_cause()).
    - The clock is set to 2021-01-01 at each boot (ports/rp2/main.c), and nothing in RAM, nor an RTC memory, is kept.
    - Scratch registers are kept by a reset of the watchdog's, and not by the button (RUN) nor the power.
      machine.reset() is watchdog_reboot(0, ...), which writes register 4.
    """

    platform = "rp2"
    words = "Raspberry Pi Pico with RP2040"
    base = 0x40058000
    longest_watchdog = 8388  # milliseconds: ports/rp2/machine_wdt.c
    locks_up_with_watchdog = True  # lightsleep() with the watchdog on, RP2040 to 1.28
    pins = 30
    pin_names: tuple = ("LED",)

    def __init__(self, seed: int = 1, clock=None) -> None:
        self.scratch = [0] * 8
        super().__init__(seed, clock)
        chip = self

        class machine:
            PWRON_RESET, WDT_RESET = 1, 3
            mem32 = Mem32(chip, chip.base)

            RTC = staticmethod(lambda: Rtc(chip))
            reset = staticmethod(chip._reset)
            reset_cause = staticmethod(lambda: 1 if chip.started_by in ("power", "button") else 3)
            lightsleep = staticmethod(chip.lightsleep)
            deepsleep = staticmethod(chip._deepsleep)
            WDT = staticmethod(chip._wdt)
            Timer = staticmethod(lambda *words, **named: Timer(chip, *words, **named))
            freq = staticmethod(lambda hertz=None: 125000000)
            unique_id = staticmethod(lambda: b"\xe6\x61\x64\x08\x43\x1a\x2b\x3c")

            class Pin(Pin):
                def __init__(self, *words, **named) -> None:
                    super().__init__(chip, *words, **named)

        self.machine = machine

    def _started(self) -> None:
        if self.started_by in ("power", "button"):
            self.scratch = [0] * 8
        self.clock.unset(YEAR_2021)

    def load_uf2(self) -> None:
        """Firmware or a program was copied to the drive of BOOTSEL: the bootrom ends with a reset of the watchdog's."""
        self.start("reset")

    def _reset(self) -> None:
        self.alive()
        self.scratch[4] = 0
        self.restart("reset")

    def lightsleep(self, ms: int = -1, *_more) -> None:
        self.alive()
        if ms >= _RP2_SLEEP_TOO_LONG:
            raise ValueError("sleep too long")
        if self.watchdog.is_on and self.locks_up_with_watchdog:
            raise LockedUp("a light sleep with the watchdog on")
        if self.radio and self.radio.is_powered and self.radio.has_pending:
            self.slept.append(("light", ms, 0))
            self.clock.pass_time(0.001)
            return
        super().lightsleep(ms)

    def _deepsleep(self, ms: int = -1) -> None:
        """lightsleep(), which may return early, and a reset: mp_machine_deepsleep()."""
        self.lightsleep(ms)
        self.scratch[4] = 0
        self.restart("deepsleep")

    def _wdt(self, id: int = 0, timeout: int = 5000):
        self.alive()
        if id != 0:
            raise ValueError("WDT(%d) doesn't exist" % id)
        if timeout > self.longest_watchdog:
            raise ValueError("timeout exceeds %d" % self.longest_watchdog)
        self.watchdog.start(timeout)
        return self.watchdog


class Rp2350(Rp2):
    words = "Raspberry Pi Pico 2 W with RP2350"
    base = 0x400D8000
    longest_watchdog = 16777
    locks_up_with_watchdog = False


class Esp32(Chip):
    """ESP32 and its kin.

    - machine.reset(), a panic and the EN button are HARD_RESET, the task watchdog WDT_RESET, and only the end of a deep
      sleep DEEPSLEEP_RESET (ports/esp32/modmachine.c, mp_machine_reset_cause()).
    - The wall clock begins in 2000 at power-up, and goes on in a deep sleep and over a reset; the ticks begin at each
      boot (esp_timer). RTC memory is kept in a deep sleep and over a reset, and lost with the power (machine_rtc.c).
    - esp_task_wdt can be given another time, and is not ended (ports/esp32/machine_wdt.c).
    - os.urandom() is esp_fill_random(): true random numbers only while Wi-Fi or Bluetooth is on (ESP-IDF, random.rst).
    """

    platform = "esp32"
    words = "Generic ESP32S3 module with ESP32S3"
    epoch = 2000
    empties = False
    pins = 49
    pin_names: tuple = ()
    speeds: tuple = (20000000, 40000000, 80000000, 160000000, 240000000)

    def __init__(self, seed: int = 1, clock=None) -> None:
        self.rtc_memory = b""
        self.hertz = 160000000
        super().__init__(seed, clock)
        chip = self

        class machine:
            PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

            RTC = staticmethod(lambda: RtcWithMemory(chip))
            reset = staticmethod(chip._reset)
            reset_cause = staticmethod(
                lambda: {"power": 1, "reset": 2, "button": 2, "watchdog": 3, "deepsleep": 4}[chip.started_by]
            )
            lightsleep = staticmethod(chip.lightsleep)
            deepsleep = staticmethod(chip._deepsleep)
            WDT = staticmethod(chip._wdt)
            freq = staticmethod(chip._freq)
            unique_id = staticmethod(lambda: b"\x34\x85\x18\x2a\x2b\x3c")

            class Pin(Pin):
                def __init__(self, *words, **named) -> None:
                    super().__init__(chip, *words, **named)

        self.machine = machine

    def _started(self) -> None:
        self.hertz = 160000000
        if self.started_by == "power":
            self.rtc_memory = b""
            self.clock.unset(YEAR_2000)
        else:
            self.clock.unset(self.clock.now())  # the ticks alone

    def _reset(self) -> None:
        self.alive()
        self.restart("reset")

    def _deepsleep(self, ms: int = 0) -> None:
        """Needs no awake chip to come to its end; 0 is for ever. Milliseconds are a mp_int_t of 32 bits."""
        self.alive()
        if not 0 < ms < 1 << 31:
            raise LockedUp("a deep sleep with no end")
        self.slept.append(("deep", ms, ms))
        self.watchdog.stop()
        self.clock.pass_time(ms / 1000)
        self.restart("deepsleep")

    def _wdt(self, id: int = 0, timeout: int = 5000):
        self.alive()
        if id != 0:
            raise ValueError
        if timeout < 1000:
            raise ValueError("WDT timeout too short")
        if timeout * 4 >= 1 << 32:
            raise ValueError("the task watchdog counts quarters of a millisecond in 32 bits")
        self.watchdog.start(timeout)
        return self.watchdog

    def _freq(self, hertz=None):
        self.alive()
        if hertz is None:
            return self.hertz
        if hertz not in self.speeds:
            raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")
        self.hertz = hertz
        return None

    def random_is_weak(self) -> bool:
        return not (self.radio and self.radio.is_powered)
