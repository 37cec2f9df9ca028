"""The store over CircuitPython's nvm, on a fake of it that loses its power at every step."""

from checks import raises
from cognito_mp import NvmStore, StoreError
from fake_nvm import FakeNvm, PowerCut

HEAD = 44
CHIPS = ("rp2040", "esp32")


def test_empty_at_first_then_what_was_saved_then_blank_again():
    for chip in CHIPS:
        nvm = FakeNvm(chip, 512)
        store = NvmStore(nvm)
        assert store.load() is None
        for data in (b"one", b"two", b"\xff\xff", b"", b"x" * (512 - HEAD), b"CMP\x01" * 30, b"last"):
            store.save(data)
            assert store.load() == data and NvmStore(nvm).load() == data
        store.erase()
        assert store.load() is None and nvm.content == b"\xff" * 512


def test_saves_go_to_blank_bytes_as_long_as_there_are_some():
    nvm = FakeNvm("rp2040", 4096)
    store = NvmStore(nvm)
    for number in range(8):
        store.save(b"%d" % number + b"x" * (512 - HEAD - 1))
        assert nvm.erases == 0
    store.save(b"one more")
    assert nvm.erases == 1 and store.load() == b"one more"
    assert b"xxx" not in bytes(nvm.content)
    store.erase()
    assert nvm.erases == 2
    store.erase()
    assert nvm.erases == 2


def cut_at_each_step(chip: str, size: int, action) -> list:
    """What load() gives after a power cut at each step of `action` on a store that holds b"old"."""
    found: list = []
    steps = 0
    while True:
        nvm = FakeNvm(chip, size)
        store = NvmStore(nvm)
        store.save(b"older")
        store.save(b"old")
        nvm.steps = steps
        try:
            action(store)
            return found
        except PowerCut:
            nvm.steps = None
        after = NvmStore(nvm)
        found.append(after.load())
        after.save(b"next")  # what the cut left is no hindrance
        assert after.load() == b"next"
        steps += 1


def test_a_power_cut_while_writing_to_blank_bytes_leaves_the_old_or_the_new():
    found = cut_at_each_step("rp2040", 512, lambda store: store.save(b"new"))
    assert len(found) == HEAD + len(b"new") and set(found) == {b"old"}


def test_a_power_cut_while_the_sector_is_rewritten_can_lose_the_session_but_gives_no_wrong_one():
    for chip in CHIPS:
        found = cut_at_each_step(chip, 2 * HEAD + 10, lambda store: store.save(b"new"))
        assert found[0] == b"old" and None in found and set(found) <= {b"old", b"new", None}
        found = cut_at_each_step(chip, 512, lambda store: store.erase())
        assert found[0] == b"old" and set(found) <= {b"old", None}


def test_any_damaged_byte_is_noticed_and_the_older_session_is_not_hurt():
    nvm = FakeNvm("rp2040", 256)
    store = NvmStore(nvm)
    store.save(b"old")
    store.save(b"new")
    for at in range(HEAD + 3, 2 * (HEAD + 3)):
        for flip in (1, 0x80):
            nvm.content[at] ^= flip
            assert store.load() == b"old", at
            nvm.content[at] ^= flip
    assert store.load() == b"new"


def test_a_part_of_nvm_leaves_the_rest_alone():
    for chip in CHIPS:
        nvm = FakeNvm(chip, 300)
        nvm.content[:100] = b"a" * 100
        nvm.content[250:] = b"z" * 50
        store = NvmStore(nvm, 100, 150)
        for number in range(5):
            store.save(b"%d" % number * 30)
        store.erase()
        assert nvm.content == b"a" * 100 + b"\xff" * 150 + b"z" * 50
        for start, size in ((-1, 10), (0, 301), (300, None), (100, 0), (299, 2)):
            assert "300" in str(raises(ValueError, NvmStore, nvm, start, size))


def test_a_session_that_is_too_long_is_refused_and_the_old_one_stays():
    store = NvmStore(FakeNvm("rp2040", 100))
    store.save(b"old")
    error = raises(StoreError, store.save, b"x" * (100 - HEAD + 1))
    assert error.errno == 28 and "101" in str(error) and "100" in str(error)
    assert store.load() == b"old"
    store.save(b"x" * (100 - HEAD))


def test_nvm_that_can_not_be_used_is_a_store_error():
    nvm = FakeNvm("esp32", 100)
    store = NvmStore(nvm)
    store.save(b"old")
    nvm.broken = True
    for action in (store.load, store.erase, lambda: store.save(b"new")):
        raises(StoreError, action)
    nvm.broken, nvm.read_only = False, True
    for action in (store.erase, lambda: store.save(b"new")):
        raises(StoreError, action)
        assert store.load() == b"old"


def test_a_session_whose_end_looks_blank_is_not_written_over():
    nvm = FakeNvm("rp2040", 512)
    store = NvmStore(nvm)
    store.save(b"old\xff\xff")
    nvm.steps = 1
    raises(PowerCut, store.save, b"new")
    nvm.steps = None
    assert store.load() == b"old\xff\xff"


def test_erasing_what_is_blank_wears_nothing():
    nvm = FakeNvm("esp32", 100)
    NvmStore(nvm).erase()
    assert nvm.erases == 0
