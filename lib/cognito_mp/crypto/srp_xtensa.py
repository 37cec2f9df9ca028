"""SRP's products in Xtensa machine code (ESP32, S2, S3), for those who ask for it: nobody has seen it on a board yet.

    from cognito_mp.crypto import srp_xtensa

    print(srp_xtensa.enable() or "in use")       # once after each start, before the first sign-in

Machine code that a chip does not take may end in a reset, and a watch that resets at each sign-in is lost. So, before
the code is first loaded on a device, a mark goes to the flash, then products of fixed numbers are compared with what
ints make of them, then "passed" takes the mark's place: nothing more is written. It holds a digest of the code and of
MicroPython's version, and when one of them changes all begins anew. A mark that is found is a try that did not end. The
first may have been a power cut, and is repeated; after the second ints count on this device, until clear().
"""

import sys

from ..errors import StoreError
from ..stores.file import FileStore
from . import srp_numbers_words
from .hmac_sha256 import sha256
from .srp_group import N

MARK = "/srp_xtensa"
# Of .mpy files: MicroPython, py/persistentcode.h.
_XTENSAWIN = 10
# What stands behind the digest: how many tries were begun, or one of these.
_PASSED = 80
_WRONG = 87
_NOT_LOADED = 78
_MOST_TRIES = 2


def enable(mark: str = MARK, code=None, architecture: "int | None" = None) -> str:
    """Use montgomery_xtensa from now on, if this device takes it. "" when it is in use, else why ints count, in words.

    mark          str: FileStore(mark) keeps what was found; it must be on the flash
    code          for tests, in place of montgomery_xtensa: load() -> its product, and digest() -> bytes
    architecture  int, for tests: of the .mpy files that this MicroPython loads
    """
    if architecture is None:
        architecture = getattr(sys.implementation, "_mpy", 0) >> 10 & 15
    if architecture != _XTENSAWIN:
        return "this MicroPython runs no machine code for Xtensa"
    try:
        return _tried(FileStore(mark), code or _Installed())
    except StoreError as error:
        # Without a mark, code that crashes would be tried again after each reset.
        return "the flash takes no mark for the trial of srp_xtensa: " + str(error)
    except MemoryError:
        return "there is too little memory for srp_xtensa"


def clear(mark: str = MARK) -> None:
    """Forget what was found: the next enable() tries anew. Raises StoreError."""
    srp_numbers_words.use(None)
    FileStore(mark).erase()


class _Installed:
    """montgomery_xtensa, from the flash or frozen in."""

    def load(self):
        from .montgomery_xtensa import product  # type: ignore[import-not-found]  # machine code

        return product

    def digest(self) -> bytes:
        try:
            with open(__file__.rsplit("/", 1)[0] + "/montgomery_xtensa.mpy", "rb") as file:
                return sha256(file.read()).digest()
        except OSError:  # frozen in: MicroPython's version changes with it
            return b""


def _tried(store, code) -> str:
    pair = sha256(code.digest() + sys.version.encode()).digest()[:16]
    found = store.load() or b""
    state = found[16] if found[:16] == pair and len(found) == 17 else 0
    if state == _MOST_TRIES:
        return "two trials of srp_xtensa were cut off: it may have crashed; cognito-mp doctor --srp tries it again"
    if state < _MOST_TRIES:
        state = _try(store, pair, state, code)
    if state == _WRONG:
        return "srp_xtensa multiplies wrong on this device: please report it"
    if state == _NOT_LOADED:
        return "montgomery_xtensa.mpy can't be loaded: it is not installed, or of another version than MicroPython's"
    srp_numbers_words.use(code.load())
    return ""


def _try(store, pair: bytes, tries: int, code) -> int:
    """_PASSED, _WRONG or _NOT_LOADED, which is on the flash then."""
    # Before it is loaded: that puts it where the chip runs code, which may crash as well.
    store.save(pair + bytes((tries + 1,)))
    state = tries
    try:
        state = _PASSED if _is_right(code.load()) else _WRONG
    except (ImportError, ValueError):  # ValueError: a .mpy of another version
        state = _NOT_LOADED
    finally:  # no memory, or Ctrl-C: the code did not crash
        store.save(pair + bytes((state,)))
    return state


def _is_right(product) -> bool:
    """Whether products of two fixed numbers, and a square, are what ints say."""
    n = int.from_bytes(N, "big")
    numbers = srp_numbers_words.Numbers(n, product)
    a, b = n // 3, n // 7 * 5
    x, y = numbers.from_int(a), numbers.from_int(b)
    products = numbers.to_int(numbers.product(x, y)), numbers.to_int(numbers.product(x, x))
    return products == (a * b % n, a * a % n)
