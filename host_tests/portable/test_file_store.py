"""The file store: two slots, power cuts, damage."""

import os

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
    assert store.load() is None and read(SLOTS[0]) == read(SLOTS[1]) == b""
    store.erase()


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


def test_the_older_slot_is_erased_first_so_that_a_power_cut_brings_no_older_session_back():
    for saves in (2, 3):
        store = clean()
        for number in range(saves):
            store.save(b"%d" % number)
        newest = store.load()
        older_slot = SLOTS[saves % 2]
        # A folder in the older slot's place can't be removed as a file: erasing stops there, as if the power went.
        os.remove(older_slot)
        os.mkdir(older_slot)
        write(older_slot + "/x", b"")  # an empty folder littlefs does remove
        raises(StoreError, store.erase)
        os.remove(older_slot + "/x")
        os.rmdir(older_slot)
        assert store.load() == newest
    clean()


def test_any_damaged_byte_is_noticed():
    store = clean()
    store.save(b"data")
    whole = read(SLOTS[0])
    for at in range(len(whole)):
        write(SLOTS[0], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert store.load() is None, at
    for damaged in (b"", b"CMP", whole + b"!", b"CMP\x02" + whole[4:], bytes(100)):
        write(SLOTS[0], damaged)
        assert store.load() is None
    store.save(b"again")
    assert store.load() == b"again"
    clean()


def test_a_folder_that_is_not_there():
    store = FileStore("no-such-folder/session")
    assert store.load() is None
    error = raises(StoreError, store.save, b"data")
    assert "no-such-folder/session" in str(error) and isinstance(error, OSError) and error.errno == 2


def test_bad_paths():
    for path in ("", None, 3, b"x"):
        assert "path" in str(raises(ValueError, FileStore, path))
