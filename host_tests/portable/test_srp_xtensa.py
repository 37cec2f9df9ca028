"""The trial of Xtensa's machine code on a device: what is written, and what a board that fell over does next."""

import os
import sys

from checks import Skip

try:
    import uctypes
except ImportError:
    raise Skip("no uctypes, and so no machine code")

from cognito_mp import StoreError
from cognito_mp.crypto import srp_numbers_words, srp_xtensa
from cognito_mp.crypto.srp_group import N

MARK = "srp_xtensa_test_%d" % id(os)
SLOTS = (MARK + ".0", MARK + ".1")
XTENSA = 10
PRIME = int.from_bytes(N, "big")
R = 1 << 3136
# -1 / N modulo R, for Montgomery's reduction; by Newton, from what is right modulo 2**64.
FACTOR = 1
for _ in range(6):
    FACTOR = FACTOR * (2 + PRIME * FACTOR) % R


def on_flash() -> list:
    found = []
    for slot in SLOTS:
        try:
            with open(slot, "rb") as file:
                found.append(file.read())
        except OSError:
            found.append(None)
    return found


def put_on_flash(contents: list) -> None:
    for slot, content in zip(SLOTS, contents):  # noqa: B905  # MicroPython has no strict
        if content is None:
            try:
                os.remove(slot)
            except OSError:
                pass
        else:
            with open(slot, "wb") as file:
                file.write(content)


class Code:
    """Machine code, as far as the trial can see it: a product over memory, in Python."""

    def __init__(self, version: bytes = b"1", right: bool = True, error=None, load_error=None) -> None:
        self.version, self.right, self.error, self.load_error = version, right, error, load_error
        self.products = self.loads = 0
        self.flash_meanwhile: list = []
        self.flash_before: list = []

    def load(self):
        self.flash_before = self.flash_before or on_flash()
        self.loads += 1
        if self.load_error:
            raise self.load_error
        return self.product

    def digest(self) -> bytes:
        return self.version

    def product(self, out: int, a: int, b: int, modulus: int) -> int:
        self.products += 1
        self.flash_meanwhile = on_flash()
        if self.error:
            raise self.error
        x, y = [int.from_bytes(memory(place)[4:392], "little") for place in (a, b)]
        value = (x * y + (x * y * FACTOR) % R * PRIME) >> 3136
        memory(out)[4:392] = (value if self.right else value ^ 1).to_bytes(388, "little")
        return 0


def memory(address: int):
    return uctypes.bytearray_at(address << 2, 400)


def enable(code: Code) -> str:
    return srp_xtensa.enable(MARK, code, XTENSA)


def in_use() -> bool:
    try:
        srp_numbers_words.Numbers(PRIME)
    except ImportError:
        return False
    return True


def new_device() -> None:
    """Also what a reset is: nothing is in use."""
    put_on_flash([None, None])
    srp_numbers_words.use(None)


def fell_over(code: Code) -> None:
    """A reset in the middle of code's first product."""
    enable(code)
    put_on_flash(code.flash_meanwhile)
    srp_numbers_words.use(None)


def test_a_device_that_has_passed_writes_nothing_more():
    new_device()
    first, second = Code(), Code()
    assert not in_use()
    assert enable(first) == "" and in_use() and first.products
    written = on_flash()
    srp_numbers_words.use(None)
    assert enable(second) == "" and in_use()
    assert second.products == 0 and on_flash() == written
    new_device()


def test_new_code_is_tried_anew():
    new_device()
    enable(Code(b"1"))
    new = Code(b"2")
    assert enable(new) == "" and new.products
    new_device()


def test_a_power_cut_is_not_a_crash_but_two_are_one():
    new_device()
    code = Code()
    fell_over(code)
    assert any(on_flash()), "the mark is on the flash before the first product"
    again = Code()
    assert enable(again) == "" and again.products and in_use(), "one try that did not end is repeated"
    new_device()
    fell_over(Code())
    fell_over(Code())
    off = Code()
    assert "cut off" in enable(off) and not off.products and not in_use()
    assert "cut off" in enable(off), "and stays off"
    other = Code(b"2")
    assert enable(other) == "" and other.products, "other code has a chance of its own"
    new_device()


def test_loading_it_is_a_try_too():
    new_device()
    for _ in range(2):
        code = Code()
        enable(code)
        put_on_flash(code.flash_before)  # a reset in the middle of the import
        srp_numbers_words.use(None)
    off = Code()
    assert "cut off" in enable(off) and not off.loads and not in_use()
    new_device()


def test_what_can_not_be_loaded_is_asked_for_once():
    for error in (ImportError("no module named 'montgomery_xtensa'"), ValueError("incompatible .mpy file")):
        new_device()
        first, second = Code(load_error=error), Code(load_error=error)
        assert "can't be loaded" in enable(first) and first.loads == 1
        written = on_flash()
        assert "can't be loaded" in enable(second) and not second.loads and not in_use()
        assert on_flash() == written, "nothing more is written"
        assert enable(Code(b"2")) == "" and in_use(), "once it is installed, it is tried"
    new_device()


def test_clear_gives_it_another_chance():
    new_device()
    fell_over(Code())
    fell_over(Code())
    assert "cut off" in enable(Code())
    srp_xtensa.clear(MARK)
    assert enable(Code()) == "" and in_use()
    new_device()


def test_a_wrong_product_is_never_used():
    new_device()
    wrong = Code(right=False)
    assert "wrong" in enable(wrong) and not in_use()
    again = Code()
    assert "wrong" in enable(again) and not again.products
    new_device()


def test_without_a_flash_to_write_to_nothing_is_tried():
    new_device()
    code = Code()
    assert "no mark" in srp_xtensa.enable("no_such_folder/mark", code, XTENSA)
    assert not code.products and not in_use()


def test_a_damaged_mark_is_none():
    new_device()
    fell_over(Code())
    fell_over(Code())
    put_on_flash([content and content[:-1] + b"?" for content in on_flash()])
    code = Code()
    assert enable(code) == "" and code.products
    new_device()


def test_what_ends_a_trial_without_a_crash_does_not_count():
    for error in (MemoryError(), KeyboardInterrupt()):
        new_device()
        for _ in range(3):
            try:
                assert "memory" in enable(Code(error=error))
            except KeyboardInterrupt:
                pass
            assert not in_use()
        assert enable(Code()) == ""
    new_device()


def test_another_architecture_is_never_loaded():
    new_device()
    for architecture in (0, 2, 7, 9, 11):
        code = Code()
        assert "no machine code for Xtensa" in srp_xtensa.enable(MARK, code, architecture)
        assert not code.loads and not in_use()
    if getattr(sys.implementation, "_mpy", 0) >> 10 & 15 != XTENSA:
        assert srp_xtensa.enable(MARK)
        assert on_flash() == [None, None]
        assert "can't be loaded" in srp_xtensa.enable(MARK, None, XTENSA)
    new_device()


def test_a_flash_that_fails_is_not_this_devices_end():
    class Full(Code):
        def digest(self):
            raise StoreError(28, "can't write")

    assert "no mark" in enable(Full())
