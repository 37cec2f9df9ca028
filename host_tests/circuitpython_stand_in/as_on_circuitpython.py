"""Runs portable test files on MicroPython as if on a CircuitPython board: a stand-in, not CircuitPython.

    MICROPYPATH=<folder of adafruit's asyncio> micropython as_on_circuitpython.py test_x.py ...

No CircuitPython can be installed from a package registry. This takes from MicroPython's unix port what boards with
CircuitPython 9 lack, and adds what they have instead; the modules that it replaces are those of the boards, not of
CircuitPython's own unix port. MicroPython by itself has CircuitPython's unordered dicts and a bytes.join() that takes
no memoryview. test_stand_in.py checks all of it.

What it can't show: a tuple given to str.startswith() or endswith(), which MicroPython 1.25 takes and CircuitPython
does not (test_on_circuitpython_stand_in.py looks for them in the source); memory, speed and Wi-Fi; adafruit_requests
on a board's sockets; the real microcontroller.nvm; whether CircuitPython's compiler takes the library's source.
"""

import hashlib
import select
import sys
import time

from cryptolib import aes as _aes

_time = time  # _Time has a method of that name
_HERE = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
_YEAR_2000 = 946684800  # seconds since 1970
_TICKS_PERIOD = 1 << 29  # of supervisor.ticks_ms()


class _Sys:
    """The module sys with another name of the implementation."""

    def __init__(self, real) -> None:
        self._real = real
        self.implementation = _Implementation()

    def __getattr__(self, name: str):
        return getattr(self._real, name)


class _Implementation:
    name = "circuitpython"
    version = (9, 2, 9)


class _Module:
    """A module that has what its class has."""

    def __init__(self, name: str) -> None:
        self.__name__ = name


class _Time(_Module):
    time = staticmethod(_time.time)
    sleep = staticmethod(_time.sleep)
    mktime = staticmethod(_time.mktime)
    struct_time = tuple

    @staticmethod
    def monotonic() -> float:
        return _time.ticks_ms() / 1000

    @staticmethod
    def monotonic_ns() -> int:
        return _time.ticks_us() * 1000

    @staticmethod
    def localtime(seconds=None):
        if seconds is None:
            seconds = _time.time()
        if seconds < _YEAR_2000:
            raise OverflowError("timestamp out of range for platform time_t")
        return _time.localtime(int(seconds))


class _Hashlib(_Module):
    @staticmethod
    def new(name: str, data: bytes = b""):
        if name not in ("sha1", "sha256"):
            raise ValueError("Unsupported hash algorithm")
        return getattr(hashlib, name)(data)


class _Select(_Module):
    POLLIN = select.POLLIN
    POLLOUT = select.POLLOUT
    POLLERR = select.POLLERR
    POLLHUP = select.POLLHUP
    poll = staticmethod(select.poll)


class _Supervisor(_Module):
    @staticmethod
    def ticks_ms() -> int:
        return time.ticks_ms() % _TICKS_PERIOD


class _Microcontroller(_Module):
    nvm = bytearray(b"\xff" * 4096)


class _AES:
    """CBC alone: the buffers are of one length, whole blocks of 16 bytes."""

    def __init__(self, key: bytes, mode: int = 0, IV=None, segment_size: int = 8) -> None:  # noqa: N803  # its name
        if mode != 2 or len(IV) != 16 or len(key) not in (16, 24, 32):
            raise ValueError("AES")
        self._made = key, mode, IV

    def encrypt_into(self, src, dest) -> None:
        self._check(src, dest)
        dest[:] = _aes(*self._made).encrypt(src)

    def decrypt_into(self, src, dest) -> None:
        self._check(src, dest)
        dest[:] = _aes(*self._made).decrypt(src)

    def _check(self, src, dest) -> None:
        if len(src) % 16 or len(src) != len(dest):
            raise ValueError("CBC blocks must be multiples of 16 bytes")


class _Aesio(_Module):
    MODE_CBC = 2
    AES = _AES


for replaced in (
    _Time("time"),
    _Hashlib("hashlib"),
    _Select("select"),
    _Supervisor("supervisor"),
    _Microcontroller("microcontroller"),
    _Aesio("aesio"),
    # Built in, so that no file can take its place: an import of anything from it fails.
    _Module("tls"),
    _Module("cryptolib"),
):
    sys.modules[replaced.__name__] = replaced
_real_sys = sys
sys.modules["sys"] = _Sys(sys)

# MicroPython's own asyncio is frozen in, and must not be found.
_real_sys.path[:] = [_HERE + "/modules", _HERE + "/../portable", _HERE] + [
    folder for folder in _real_sys.path if folder not in ("", ".frozen")
]

import asyncio  # noqa: E402  (adafruit's, now)

_run_until_done = asyncio.run


def _run(coroutine):
    """asyncio.run(), after which it can be called again, as a test of a power cut does: a BaseException ends it midway.

    On a board asyncio is loaded anew after a power cut; here it would think that it still runs.
    """
    try:
        return _run_until_done(coroutine)
    finally:
        asyncio.core.cur_task = None


asyncio.run = _run
# adafruit's own handler reads the exception's __traceback__, which CircuitPython's exceptions have.
asyncio.get_event_loop().set_exception_handler(lambda loop, context: _real_sys.print_exception(context["exception"]))

__import__("run")  # it looks at sys.argv, and exits
