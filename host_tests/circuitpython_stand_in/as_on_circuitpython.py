"""Runs a program on MicroPython as if on a CircuitPython board: a stand-in, not CircuitPython.

    MICROPYPATH=<folder of adafruit's packages> micropython as_on_circuitpython.py VERSION program.py arguments ...

VERSION is 9.2.9 or 10.2.1; 9.2.9+sha256 is 9.2.9 with an adafruit_hashlib that counts in C, for what hashes so much
that it would take minutes. No CircuitPython can be installed from a package registry. So unix_variant/ sets
MicroPython's unix port as CircuitPython sets its boards' firmware, and this takes away what boards lack and adds what
they have instead. What it follows was seen on CircuitPython 9.2.9 and 10.2.1, the latter with the configuration and
the modules of boards; test_stand_in.py checks every line of it.

What it can't show: a tuple given to str.startswith() or endswith(), which 9.2 does not take
(test_on_circuitpython_stand_in.py looks for them in the source); exceptions with a __cause__; speed, Wi-Fi, and the
memory of TLS; FAT, but for the read-only drive of test_read_only_drive.py; whether CircuitPython's compiler takes the
library's source.
"""

import builtins
import errno
import gc
import hashlib
import json
import os
import select
import struct
import sys
import time

from cryptolib import aes as _aes

_number, _, _more = sys.argv[1].partition("+")
_VERSION = tuple(int(number) for number in _number.split("."))
_HERE = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
_YEAR_2000 = 946684800  # seconds since 1970
_TICKS_PERIOD = 1 << 29  # of supervisor.ticks_ms()
_time, _json, _hashlib, _struct = time, json, hashlib, struct  # classes below have methods of these names
_sys = sys


def _lacking(real, names: str):
    """A module like `real`, but for `names`."""
    return _Module(real.__name__, {name: getattr(real, name) for name in dir(real) if name not in names.split()})


class _Module:
    """A module of what its class has, and of `more`."""

    def __init__(self, name: str, more=None) -> None:
        for key in more or {}:
            if not key.startswith("__"):
                setattr(self, key, more[key])
        self.__name__ = name


class _Implementation:
    name = "circuitpython"
    version = _VERSION


class _Time(_Module):
    sleep = staticmethod(_time.sleep)
    struct_time = tuple

    @staticmethod
    def time() -> int:
        return _time.time_ns() // 1000000000

    @staticmethod
    def monotonic() -> float:
        return _time.ticks_ms() / 1000

    @staticmethod
    def monotonic_ns() -> int:
        return _time.ticks_us() * 1000

    @staticmethod
    def localtime(seconds=None):
        if seconds is None:
            seconds = _time.time_ns() // 1000000000
        if not _YEAR_2000 <= seconds < 1 << 31:
            raise OverflowError("timestamp out of range for platform time_t")
        return tuple(_time.localtime(int(seconds))) + (-1,) * (9 - len(_time.localtime(0)))

    @staticmethod
    def mktime(fields) -> int:
        if len(fields) != 9:
            raise TypeError("tuple of 9 elements required")
        return int(_time.mktime(tuple(fields)))


class _Hashlib(_Module):
    @staticmethod
    def new(name: str, data: bytes = b""):
        if name != "sha1" and (name != "sha256" or _VERSION < (10, 1, 0)):
            raise ValueError("Unsupported hash algorithm")
        return getattr(_hashlib, name)(data)


class _Json(_Module):
    load = staticmethod(_json.load)
    dump = staticmethod(_json.dump)

    @staticmethod
    def dumps(value) -> str:
        _refuse_bytes(value)
        return _json.dumps(value)

    @staticmethod
    def loads(text):
        if not isinstance(text, (str, bytes, bytearray)):
            raise TypeError("object with buffer protocol required")
        opening = (b"[", b"{") if isinstance(text, (bytes, bytearray)) else ("[", "{")
        if text.count(opening[0]) + text.count(opening[1]) >= 5000:  # seen of 5,000 that are nested
            raise ValueError("syntax error in JSON")
        return _json.loads(text)


def _refuse_bytes(value) -> None:
    if isinstance(value, (bytes, bytearray)):
        raise TypeError("can't convert bytes to JSON")
    if isinstance(value, dict):
        for key in value:
            _refuse_bytes(key)
            _refuse_bytes(value[key])
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_bytes(item)


class _Select(_Module):
    POLLIN = select.POLLIN
    POLLOUT = select.POLLOUT
    POLLERR = select.POLLERR
    POLLHUP = select.POLLHUP
    poll = staticmethod(select.poll)


class _Traceback(_Module):
    @staticmethod
    def print_exception(exception, value=None, tb=None, limit=None, file=None, chain=True) -> None:
        _sys.print_exception(value or exception, file or _sys.stdout)

    @staticmethod
    def format_exception(exception, value=None, tb=None, limit=None, chain=True) -> list:
        return ["%r\n" % (value or exception)]


class _Supervisor(_Module):
    @staticmethod
    def ticks_ms() -> int:
        return _time.ticks_ms() % _TICKS_PERIOD


class _Rtc(_Module):
    class RTC:
        datetime = None  # that of this computer is right


class _Struct(_Module):
    @staticmethod
    def unpack_from(format, data, offset=0):  # a keyword too
        return _struct.unpack_from(format, data, offset)


class _ByteArray:
    """nvm.ByteArray of an RP2040: what of a bytearray it has not is not here."""

    def __init__(self) -> None:
        self._content = bytearray(b"\xff" * 4096)

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        return 4096

    def __getitem__(self, part):
        return self._content[part]

    def __setitem__(self, part, value) -> None:
        if isinstance(part, slice):
            if not isinstance(value, (bytes, bytearray)):
                raise ValueError("Array values should be single bytes.")
            if len(self._content[part]) != len(value):
                raise ValueError("Slice and value different lengths.")
        self._content[part] = value


class _Microcontroller(_Module):
    nvm = _ByteArray()

    class cpu:  # noqa: N801  # its name
        uid = b"\xe6\x61\x38\x52\x83\x4c\x5c\x2a"


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


def _open(name, mode: str = "r", *more, **named):
    try:
        is_folder = os.stat(name)[0] & 0x4000
    except OSError:
        is_folder = False
    if is_folder:
        raise OSError(errno.ENOENT)
    return _real_open(name, mode, *more, **named)


_real_open = builtins.open
_real_id = builtins.id
builtins.open = _open
builtins.id = lambda thing: -_real_id(thing)
for _name in ("TimeoutError", "ConnectionError"):
    setattr(builtins, _name, type(_name, (OSError,), {}))

sys.path.insert(0, _HERE)
import sockets as _sockets  # noqa: E402  # it wants the real socket and tls, which are taken away next

# MicroPython's own asyncio must not be found; the library as source only where MICROPYPATH has it in no other form.
_folders = [folder for folder in sys.path if folder not in ("", ".frozen", _HERE)]
sys.path[:] = [_HERE + "/modules"] + _folders + [_HERE + "/../portable", _HERE, _HERE + "/../../lib"]

for _module in (
    _Time("time"),
    _Hashlib("hashlib"),
    _Json("json"),
    _Select("select"),
    _Traceback("traceback"),
    _Supervisor("supervisor"),
    _Rtc("rtc"),
    _Struct("struct", _lacking(struct, "unpack_from").__dict__),
    _Microcontroller("microcontroller"),
    _Aesio("aesio"),
    _sockets.SocketPoolModule("socketpool"),
    _sockets.Ssl("ssl"),
    _sockets.Wifi("wifi"),
    _lacking(gc, "threshold"),
    _Module("os", dict(_lacking(os, "ilistdir getcwd_ fsync").__dict__, sync=lambda: None)),
    _Module("errno", dict(_lacking(errno, "").__dict__, EROFS=30, ENOSPC=28)),
    # Built in, so that no file can take their place: an import of anything from them fails.
    _Module("tls"),
    _Module("cryptolib"),
    _Module("machine"),
    _Module("_thread"),
):
    sys.modules[_module.__name__] = _module
if _more == "sha256":
    sys.modules["adafruit_hashlib"] = _Module("adafruit_hashlib", {"sha256": _hashlib.sha256})
_like = {name: getattr(sys, name) for name in dir(sys) if name not in ("exc_info", "print_exception")}
_like["implementation"] = _Implementation
_like["argv"] = sys.argv[2:]
if _VERSION < (10,):
    _like["print_exception"] = sys.print_exception
sys.modules["sys"] = _Module("sys", _like)
sys.modules["sys"].modules = sys.modules

import asyncio  # noqa: E402  (adafruit's)

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
asyncio.get_event_loop().set_exception_handler(lambda loop, context: _sys.print_exception(context["exception"]))

_program = sys.modules["sys"].argv[0]
sys.path.insert(0, _program.rpartition("/")[0] or ".")
__import__(_program.rpartition("/")[2].rpartition(".")[0])
