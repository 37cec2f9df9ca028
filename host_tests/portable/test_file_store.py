"""The file store: two slots, power cuts, damage."""

import os
import sys
from errno import EACCES, EIO, ENOENT

import cognito_mp.stores.file as file_module
from checks import raises
from cognito_mp import FileStore, StoreError

PATH = "file_store_test_%d" % id(os)
SLOTS = (PATH + ".0", PATH + ".1")


def clean() -> FileStore:
    for slot in SLOTS:
        try:
            os.remove(slot)
        except OSError:
            pass
    return FileStore(PATH)


def read(slot: str) -> bytes:
    try:
        with open(slot, "rb") as file:
            return file.read()
    except OSError:
        return b""


def blank(slot: str) -> bool:
    """True when nothing is left there of what was stored."""
    return read(slot).strip(b"\0") == b""


def write(slot: str, data: bytes) -> None:
    with open(slot, "wb") as file:
        file.write(data)


def test_empty_at_first_then_what_was_saved_then_empty_again():
    store = clean()
    assert store.load() is None
    for data in (b"one", b"two", b"x" * 2000, b"four"):
        store.save(data)
        assert store.load() == data and FileStore(PATH).load() == data
    store.erase()
    assert store.load() is None and blank(SLOTS[0]) and blank(SLOTS[1])
    store.erase()
    clean().erase()
    assert PATH not in " ".join(os.listdir("."))


def test_a_power_cut_at_any_byte_of_a_save_leaves_the_old_or_the_new():
    store = clean()
    store.save(b"old")
    whole_old = read(SLOTS[0])
    store.save(b"new")
    whole_new = read(SLOTS[1])
    for count in range(len(whole_new) + 1):
        write(SLOTS[1], whole_new[:count])
        assert FileStore(PATH).load() == (b"new" if count == len(whole_new) else b"old"), count
    write(SLOTS[1], whole_new)
    store.save(b"newer")
    whole_newer = read(SLOTS[0])
    for count in range(len(whole_newer)):
        write(SLOTS[0], whole_newer[:count])
        assert FileStore(PATH).load() == b"new", count
    assert whole_old != whole_newer
    clean()


class Faults:
    """Stands in for `open` and `os` of a store that is made in it: what the three dicts name fails."""

    def __init__(self) -> None:
        self.reading: dict = {}
        self.writing: dict = {}
        self.removing: dict = {}

    def open(self, name: str, mode: str):
        errors = self.reading if mode == "rb" else self.writing
        if name in errors:
            raise OSError(errors[name], "made to fail")
        return open(name, mode)

    def remove(self, name: str) -> None:
        if name in self.removing:
            raise OSError(self.removing[name], "made to fail")
        os.remove(name)

    def __enter__(self):
        file_module.open, file_module.os = self.open, self
        return self

    def __exit__(self, *error) -> None:
        del file_module.open
        file_module.os = os
        for errors in (self.reading, self.writing, self.removing):
            errors.clear()


FAULTS = Faults()


def saved(count: int) -> FileStore:
    """A store in which b"0", b"1" and so on were saved, `count` of them."""
    with FAULTS:
        store = clean()
    for number in range(count):
        store.save(b"%d" % number)
    return store


def test_the_older_slot_is_erased_first_so_that_a_power_cut_brings_no_older_session_back():
    for saves in (2, 3):
        store = saved(saves)
        newest = store.load()
        older_slot = SLOTS[saves % 2]
        with FAULTS as faults:
            # Erasing stops there, as if the power went.
            faults.removing[older_slot] = faults.writing[older_slot] = EIO
            error = raises(StoreError, store.erase)
        assert error.errno == EIO and older_slot in str(error)
        assert store.load() == newest
    clean()


def test_a_slot_that_can_not_be_read_is_not_no_session():
    for saves in (0, 1, 2, 3):
        for slot in SLOTS:
            for number in (EIO, EACCES):
                store = saved(saves)
                with FAULTS as faults:
                    faults.reading[slot] = number
                    error = raises(StoreError, store.load)
                    assert error.errno == number and str(error).find("can't read " + slot) >= 0
                assert store.load() == (b"%d" % (saves - 1) if saves else None)
    clean()


def test_saving_writes_over_the_slot_that_can_not_be_read():
    for saves in (0, 1, 2, 3, 4, 5):
        for unreadable in (SLOTS[:1], SLOTS[1:], SLOTS):
            store = saved(saves)
            kept = [read(slot) for slot in SLOTS if slot not in unreadable]
            with FAULTS as faults:
                for slot in unreadable:
                    faults.reading[slot] = EIO
                store.save(b"new")
                assert [read(slot) for slot in SLOTS if slot not in unreadable] == kept
            assert FileStore(PATH).load() == b"new", (saves, unreadable)
            store.save(b"newer")
            assert FileStore(PATH).load() == b"newer"
    clean()


def test_a_save_that_fails_leaves_the_newest_readable_session():
    for saves in (1, 2, 3):
        store = saved(saves)
        slot = SLOTS[saves % 2]
        with FAULTS as faults:
            faults.writing[slot] = EIO
            error = raises(StoreError, store.save, b"new")
        assert error.errno == EIO and slot in str(error)
        assert store.load() == b"%d" % (saves - 1)
    clean()


def test_erasing_leaves_nothing_even_when_a_slot_can_not_be_read():
    for saves in (1, 2, 3):
        for unreadable in (SLOTS[:1], SLOTS[1:], SLOTS):
            store = saved(saves)
            with FAULTS as faults:
                for slot in unreadable:
                    faults.reading[slot] = EIO
                store.erase()
            assert blank(SLOTS[0]) and blank(SLOTS[1]) and store.load() is None


def test_a_file_that_can_not_be_overwritten_is_removed_and_one_that_can_neither_is_said():
    for slot in SLOTS:
        store = saved(2)
        with FAULTS as faults:
            faults.writing[slot] = 28  # a full littlefs
            store.erase()
        assert slot not in os.listdir(".") and blank(SLOTS[0]) and blank(SLOTS[1]) and store.load() is None
        store = saved(2)
        with FAULTS as faults:
            faults.writing[slot] = faults.removing[slot] = EACCES
            error = raises(StoreError, store.erase)
        assert error.errno == EACCES and "can't remove " + slot in str(error)
        assert read(slot)
    clean()


def test_a_file_is_neither_cut_short_nor_removed_and_keeps_nothing_of_what_was_longer():
    store = clean()
    for size in (2000, 2000, 100, 100):
        store.save(b"%d" % size * (size // 4))
    assert store.load() == b"100" * 25
    for slot in SLOTS:
        assert len(read(slot)) > 2000 and b"2000" not in read(slot)
    clean()


def test_a_folder_in_the_place_of_a_slot():
    store = saved(1)
    os.mkdir(SLOTS[1])
    write(SLOTS[1] + "/x", b"")  # an empty folder littlefs does remove
    raises(StoreError, store.save, b"new")
    if sys.implementation.name == "circuitpython":  # says ENOENT of a folder
        assert store.load() == b"0"
        store.erase()
    else:
        raises(StoreError, store.load)
        raises(StoreError, store.erase)
    os.remove(SLOTS[1] + "/x")
    os.rmdir(SLOTS[1])
    assert store.load() is None and blank(SLOTS[0])


def test_any_damaged_byte_is_noticed():
    store = clean()
    store.save(b"data")
    whole = read(SLOTS[0])
    for at in range(len(whole)):
        write(SLOTS[0], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert store.load() is None or at < 4 and store.load() == b"data", at  # the length, in a file that ends there
    for damaged in (b"", b"CMP", whole[:-1], whole[:4] + b"CMP\x02" + whole[8:], bytes(100), b"\xff" * 100):
        write(SLOTS[0], damaged)
        assert store.load() is None
    write(SLOTS[0], whole + b"!")
    assert store.load() == b"data"
    store.save(b"again")
    assert store.load() == b"again"
    clean()


def test_a_folder_that_is_not_there():
    store = FileStore("no-such-folder/session")
    assert store.load() is None
    error = raises(StoreError, store.save, b"data")
    assert "no-such-folder/session" in str(error) and isinstance(error, OSError) and error.errno == ENOENT


def test_bad_paths():
    for path in ("", None, 3, b"x"):
        assert "path" in str(raises(ValueError, FileStore, path))
