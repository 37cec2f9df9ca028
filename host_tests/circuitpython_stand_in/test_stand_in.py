"""That the stand-in differs from MicroPython where CircuitPython's boards do: each line of what was seen there."""

import sys
import time

from checks import raises

NEW = sys.implementation.version >= (10,)


def fails_to_import(name: str, attribute: "str | None" = None) -> bool:
    try:
        module = __import__(name)
    except ImportError:
        return True
    return attribute is not None and not hasattr(module, attribute)


def test_the_name_and_what_is_missing():
    assert sys.implementation.name == "circuitpython"
    for name in ("socket", "threading", "nothing_at_all"):
        assert fails_to_import(name), name
    for name, attribute in (
        ("tls", "SSLContext"),
        ("cryptolib", "aes"),
        ("machine", "unique_id"),
        ("_thread", "start_new_thread"),
        ("select", "select"),
        ("os", "fsync"),
        ("os", "ilistdir"),
        ("gc", "threshold"),
        ("hashlib", "sha256"),
        ("hashlib", "sha1"),
        ("sys", "exc_info"),
        ("time", "ticks_ms"),
        ("time", "sleep_ms"),
        ("time", "gmtime"),
        ("traceback", "print_exc"),
    ):
        assert fails_to_import(name, attribute), (name, attribute)
    assert hasattr(sys, "print_exception") is not NEW
    raises(TypeError, next, iter([]), 1)


def test_what_is_there():
    import binascii
    import errno
    import os
    import traceback

    assert issubclass(TimeoutError, OSError) and issubclass(ConnectionError, OSError)
    assert errno.ENOSPC == 28 and errno.EROFS == 30
    os.sync()
    assert pow(3, 5, 7) == 5 and len(os.urandom(4)) == 4
    assert binascii.b2a_base64(b"ab", newline=False) == b"YWI="
    traceback.print_exception(ValueError("said on purpose"))
    assert "ValueError" in traceback.format_exception(ValueError())[0]
    assert id(os) < 0


def test_times():
    for seconds in (0, 946684799, 1 << 31):
        raises(OverflowError, time.localtime, seconds)
    assert time.localtime(946684800)[0] == 2000
    assert time.localtime()[0] > 2024
    assert isinstance(time.time(), int)
    raises(TypeError, time.mktime, (2026, 1, 1, 0, 0, 0, 0, 0))
    assert isinstance(time.mktime((2026, 1, 1, 0, 0, 0, 0, 0, -1)), int)
    assert isinstance(time.monotonic_ns(), int)


def test_floats_have_24_bits_and_words_32():
    assert int(1796050145.0) == 1796050176
    assert sys.maxsize == 0x7FFFFFFF


def test_hashes_by_name():
    import hashlib

    assert hashlib.new("sha1", b"abc").digest()[:4] == b"\xa9\x99\x3e\x36"
    if NEW:
        assert hashlib.new("sha256", b"abc").digest()[:4] == b"\xba\x78\x16\xbf"
    else:
        raises(ValueError, hashlib.new, "sha256", b"")
    raises(ValueError, hashlib.new, "md5", b"")


def test_json():
    import json

    for value in (b"a", {"a": b"b"}, [bytearray(1)]):
        raises(TypeError, json.dumps, value)
    for text in ('{"a": 1}', b'{"a": 1}', bytearray(b'{"a": 1}')):
        assert json.loads(text) == {"a": 1}
    raises(TypeError, json.loads, memoryview(b"{}"))
    raises(ValueError, json.loads, "[" * 5000 + "]" * 5000)
    raises(TypeError, b"".join, [memoryview(b"a")])
    # A surrogate pair becomes six bytes that are not UTF-8.
    assert len(json.loads('"\\ud83d\\ude00"').encode()) == 6


def test_a_folder_can_not_be_opened():
    import os

    assert raises(OSError, open, os.getcwd()).errno == 2


def test_nvm_is_no_bytearray():
    from microcontroller import nvm

    assert len(nvm) == 4096 and nvm and nvm[0] == 0xFF and bytes(nvm[:2]) == b"\xff\xff"
    nvm[0:2] = b"ab"
    assert bytes(nvm[0:2]) == b"ab"
    try:
        nvm[0:2] = b"abc"
    except ValueError:
        pass
    else:
        raise AssertionError("another length")
    nvm[0:2] = b"\xff\xff"
    from cognito_mp import NvmStore

    store = NvmStore(nvm, 1024, 512)
    store.save(b"a session")
    assert NvmStore(nvm, 1024, 512).load() == b"a session"
    store.erase()
    assert store.load() is None
    for name in ("find", "decode", "extend", "append"):
        assert not hasattr(nvm, name), name


def test_a_context_checks_and_says_no():
    import ssl

    context = ssl.create_default_context()
    assert context.check_hostname is False and not hasattr(context, "verify_mode")
    raises(TypeError, context.load_verify_locations, cadata=b"")


def test_sockets_have_no_recv():
    import socketpool
    import wifi

    with socketpool.SocketPool(wifi.radio).socket() as sock:
        assert not hasattr(sock, "recv") and hasattr(sock, "recv_into")


def test_frames_have_a_stack_of_their_own():
    def deeper(*wide):
        deeper(*wide)

    assert "pystack exhausted" in str(raises(RuntimeError, deeper, *range(40)))


def test_asyncio_is_adafruits():
    import asyncio

    assert hasattr(asyncio, "Lock") and hasattr(asyncio, "wait_for_ms")
    assert "Adafruit" in asyncio.__repo__
    assert hasattr(asyncio.core, "_io_queue")


def test_the_librarys_clock():
    from cognito_mp import clock

    assert 1700000000 < clock.now() < 4000000000
    assert clock.is_set()
    start = clock.ticks_ms()
    clock.sleep_ms(20)
    assert 15 <= clock.ticks_diff(clock.ticks_ms(), start) < 5000
