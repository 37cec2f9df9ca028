"""That the stand-in differs from MicroPython where CircuitPython's boards do."""

import sys
import time

from checks import raises


def fails_to_import(name: str, attribute: "str | None" = None) -> bool:
    try:
        module = __import__(name)
    except ImportError:
        return True
    return attribute is not None and not hasattr(module, attribute)


def test_the_name_and_the_missing_modules():
    assert sys.implementation.name == "circuitpython"
    for name in ("socket", "ssl", "traceback", "threading", "nothing_at_all"):
        assert fails_to_import(name), name
    for name, attribute in (
        ("tls", "SSLContext"),
        ("cryptolib", "aes"),
        ("select", "select"),
        ("os", "fsync"),
        ("hashlib", "sha256"),
        ("hashlib", "sha1"),
        ("time", "ticks_ms"),
        ("time", "sleep_ms"),
        ("time", "gmtime"),
    ):
        assert fails_to_import(name, attribute), (name, attribute)


def test_times_before_2000_are_refused():
    for seconds in (0, 946684799):
        raises(OverflowError, time.localtime, seconds)
    assert time.localtime(946684800)[0] == 2000
    assert time.localtime()[0] > 2024


def test_hashes_by_name():
    import hashlib

    assert hashlib.new("sha256", b"abc").digest()[:4] == b"\xba\x78\x16\xbf"
    assert hashlib.new("sha1", b"abc").digest()[:4] == b"\xa9\x99\x3e\x36"
    raises(ValueError, hashlib.new, "md5", b"")


def test_what_micropython_and_circuitpython_share():
    raises(TypeError, b"".join, [memoryview(b"a")])


def test_asyncio_is_adafruits():
    import asyncio

    assert hasattr(asyncio, "Lock") and hasattr(asyncio, "wait_for_ms")
    assert "Adafruit" in asyncio.__repo__


def test_the_librarys_clock():
    from cognito_mp import clock

    assert 1700000000 < clock.now() < 4000000000
    assert clock.is_set()
    start = clock.ticks_ms()
    clock.sleep_ms(20)
    assert 15 <= clock.ticks_diff(clock.ticks_ms(), start) < 5000
