"""The store over an ESP32's NVS, on a fake of it that loses its power at every step."""

import sys
from errno import EIO

from checks import raises
from cognito_mp import NvsStore, StoreError
from fake_nvs import NOT_ENOUGH_SPACE, FakeNVS, PowerCut

KEYS = ("session.0", "session.1")


def test_empty_at_first_then_what_was_saved_then_empty_again():
    for at_once in (True, False):
        nvs = FakeNVS(at_once)
        store = NvsStore(nvs=nvs)
        assert store.load() is None
        for data in (b"one", b"two", b"x" * 2008, b"y" * 2009, b"z" * 8152, b"", b"last"):
            store.save(data)
            assert store.load() == data and NvsStore(nvs=FakeNVS(at_once, nvs.flash)).load() == data
        assert sorted(nvs.flash) == list(KEYS)
        store.erase()
        assert store.load() is None and nvs.flash == {}
        store.erase()


def cut_at_each_step(at_once: bool, saves: int, action) -> list:
    """What load() gives after a power cut at each step of `action` on a store that holds b"old"."""
    found: list = []
    while True:
        nvs = FakeNVS(at_once)
        store = NvsStore(nvs=nvs)
        for number in range(saves):
            store.save(b"old" if number == saves - 1 else b"older")
        nvs.steps = len(found)
        try:
            action(store)
            return found
        except PowerCut:
            after = NvsStore(nvs=FakeNVS(at_once, nvs.flash))
        found.append(after.load())
        after.save(b"next")
        assert after.load() == b"next"


def test_a_power_cut_at_any_step_leaves_the_old_session_or_the_new():
    for at_once in (True, False):
        for saves in (1, 2, 3, 4):
            assert cut_at_each_step(at_once, saves, lambda store: store.save(b"new")) == [b"old", b"old"]


def test_a_power_cut_in_erase_brings_no_older_session_back():
    for at_once in (True, False):
        for saves in (1, 2, 3, 4):
            found = cut_at_each_step(at_once, saves, lambda store: store.erase())
            assert found and set(found) <= {b"old", None}


def test_a_key_that_can_not_be_read_is_not_no_session():
    for key in KEYS:
        nvs = FakeNVS(True)
        store = NvsStore(nvs=nvs)
        store.save(b"old")
        store.save(b"new")
        nvs.broken[("get_blob", key)] = EIO
        error = raises(StoreError, store.load)
        assert error.errno == EIO and key in str(error)
        store.save(b"newer")
        nvs.broken.clear()
        assert store.load() == b"newer"


def test_what_can_not_be_written_is_a_store_error_and_the_old_session_stays():
    nvs = FakeNVS(True, capacity=100)
    store = NvsStore(nvs=nvs)
    store.save(b"old")
    assert raises(StoreError, store.save, b"x" * 30).errno == NOT_ENOUGH_SPACE
    assert store.load() == b"old"
    for method in ("set_blob", "commit"):
        nvs.broken[method] = EIO
        assert raises(StoreError, store.save, b"new").errno == EIO
        nvs.broken.clear()
    nvs.broken["erase_key"] = EIO
    assert raises(StoreError, store.erase).errno == EIO
    assert b"old" not in b"".join(list(nvs.flash.values()))


def test_the_longest_session():
    nvs = FakeNVS(True, capacity=100000)
    store = NvsStore(nvs=nvs)
    store.save(b"x" * 8152)
    error = raises(StoreError, store.save, b"x" * 8153)
    assert error.errno == 28 and "8193" in str(error) and "8192" in str(error)
    assert store.load() == b"x" * 8152
    nvs.flash[KEYS[1]] = b"x" * 9000  # not of this store's making
    raises(StoreError, store.load)


def test_the_namespace():
    for namespace in ("", None, "x" * 16):
        assert "namespace" in str(raises(ValueError, NvsStore, namespace, FakeNVS(True)))
    NvsStore("x" * 15, FakeNVS(True))

    class Esp32:
        @staticmethod
        def NVS(namespace):
            opened.append(namespace)
            return FakeNVS(True)

    opened: list = []
    sys.modules["esp32"] = Esp32
    try:
        NvsStore().save(b"data")
    finally:
        del sys.modules["esp32"]
    assert opened == ["cognito_mp"]
