"""What must happen at a reset before anything else is imported: it loads in milliseconds, and the application does not.

main.py makes a Start as its first act, and hands it to app.run().
"""

import sys

try:
    import machine
except ImportError:  # CPython
    machine = None  # type: ignore[assignment]

INTERRUPT = 3  # the byte of Ctrl-C

# "cmps". RP2040's and RP2350's scratch registers of the watchdog keep it over a reset by the program, and lose it with
# the power: RP2040 datasheet 4.7.6, RP2350 datasheet 12.9. The bootrom and watchdog_reboot() of pico-sdk use 4 to 7.
_WAKE = 0x636D7073
_RP2040, _RP2350 = 0x4005800C, 0x400D800C  # WATCHDOG_SCRATCH0
_SETTING = b'"improv"'
_PIECE = 128  # bytes of settings.json that are looked at at a time


def scratch_register(chip: str) -> int:
    """The address of the register that tells a wake on RP2. `chip`: text that names it, as os.uname().machine does."""
    return _RP2350 if "RP2350" in chip else _RP2040


class Rp2Mark:
    """A magic number in a register that outlives a reset: this start is a wake, and nothing else."""

    def __init__(self, memory, chip: str) -> None:
        """`memory`: machine.mem32, or its like; `chip`: text that names it, as os.uname().machine does."""
        self._memory = memory
        self._register = scratch_register(chip)

    def take(self) -> bool:
        """Whether the mark is there. It is taken away: the next restart is not a wake."""
        found = self._memory[self._register] & 0xFFFFFFFF == _WAKE
        self._memory[self._register] = 0
        return found

    def leave(self) -> None:
        """Just before the reset that ends a sleep."""
        self._memory[self._register] = _WAKE


class CtrlC:
    """Whether the byte of Ctrl-C interrupts the program; the one that tells the port."""

    def __init__(self, kbd_intr) -> None:
        """`kbd_intr`: micropython.kbd_intr, or its like."""
        self._kbd_intr = kbd_intr
        self.interrupts = True

    def let_through(self) -> None:
        """From now on it is a byte like any other."""
        self._kbd_intr(-1)
        self.interrupts = False

    def interrupt(self) -> None:
        """From now on it interrupts, as it does when the port starts."""
        self.interrupts = True
        self._kbd_intr(INTERRUPT)


class Start:
    """This start of the board.

    woke    True after a deep sleep that came to its end, False after any other reset
    ctrl_c  the CtrlC; not interrupting where the settings say "improv"
    """

    def __init__(self, machine, platform: str, chip: str, kbd_intr, path: str = "settings.json") -> None:
        """
        machine   the port's module
        platform  as sys.platform
        chip      text that names it, as os.uname().machine does
        kbd_intr  micropython.kbd_intr, or its like
        path      of the settings
        """
        self.ctrl_c = CtrlC(kbd_intr)
        # A browser that speaks Improv sends a packet each second from the moment it opens the port, and each has the
        # byte of Ctrl-C in it: https://www.improv-wifi.com/serial/ (type 0x03).
        self.ctrl_c.let_through()
        wanted = False
        try:
            wanted = _mentions(path, _SETTING)
        finally:
            if not wanted:
                self.ctrl_c.interrupt()
        self.woke = _woke(machine, platform, chip)


def _woke(machine, platform: str, chip: str) -> bool:
    if platform == "rp2":
        # Waking there is a reset by the watchdog, as machine.reset(), a UF2 file and the watchdog itself are:
        # ports/rp2/modmachine.c, mp_machine_reset_cause().
        return Rp2Mark(machine.mem32, chip).take()
    if not hasattr(machine, "reset_cause"):
        return True  # a computer (the unix port) has no power-up to tell
    # machine.reset() and a panic are HARD_RESET on ESP32: ports/esp32/modmachine.c.
    return machine.reset_cause() == getattr(machine, "DEEPSLEEP_RESET", None)


def _mentions(path: str, words: bytes) -> bool:
    """Whether the file has `words` in it, with a few bytes of RAM. Raises nothing."""
    try:
        with open(path, "rb") as file:
            held = b""
            while True:
                piece = file.read(_PIECE)
                held += piece
                if words in held:
                    return True
                if len(piece) < _PIECE:
                    return False
                held = held[-len(words) :]
    except OSError:  # what is wrong with it is told by the settings' own module
        return False


def this_start() -> Start:
    """The Start of this board, now."""
    import os

    import micropython

    chip = os.uname().machine if hasattr(os, "uname") else ""
    return Start(machine, sys.platform, chip, micropython.kbd_intr)
