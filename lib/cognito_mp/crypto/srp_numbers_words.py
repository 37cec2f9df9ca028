"""Numbers modulo N of SRP's group in words of 32 bits: how srp_group counts where machine code for the chip is in use.

That is montgomery_rv32.mpy, wherever it is installed on a chip for it; and montgomery_xtensa.mpy once
srp_xtensa.enable() has tried it. What the code wants is said in cognito_mp_tools.library.montgomery_words.
"""

import sys

from uctypes import addressof

if 0:  # for type checkers; unlike TYPE_CHECKING, it is nothing in a .mpy
    from collections.abc import Callable

_R_BITS = 3136
# Of .mpy files: MicroPython, py/persistentcode.h.
_RV32IMC = 11


class _Code:
    product: "Callable[[int, int, int, int], int] | None" = None


def use(product) -> None:
    """Count with the function `product` of one of the two modules from now on; with None, by ints again."""
    _Code.product = product


if getattr(sys.implementation, "_mpy", 0) >> 10 & 15 == _RV32IMC:
    from .montgomery_rv32 import product  # type: ignore[import-not-found]  # machine code

    use(product)


def _words(number: int):
    """(address // 4, memory) of `number`, below 2**3104: 97 words, the lowest first, between 1 and 2 that are 0.

    The address is kept beside its memory because some chips' do not fit a small int, and each would be garbage.
    """
    memory = bytearray(b"\0\0\0\0" + number.to_bytes(396, "little"))
    return addressof(memory) >> 2, memory


class Numbers:
    """Arithmetic modulo `n`, for that one prime. What it gives out is a number times R, and only for its own methods.

    one  1, as from_int(1)
    """

    def __init__(self, n: int, product=None) -> None:
        """`product`: to count with it; by default with what is in use. Raises ImportError where there is none."""
        product = product or _Code.product
        if product is None:
            raise ImportError("no machine code is in use")
        self._product = product
        self._n = n
        self._modulus = _words(n + 1)
        self._spare = _words(0)
        self.one = self.from_int(1)

    def from_int(self, number: int):
        """The int `number`, of at least 0, as a number of this arithmetic."""
        return _words((number << _R_BITS) % self._n)

    def to_int(self, number) -> int:
        """The int below n that `number` is."""
        return int.from_bytes(self.product(number, _words(1))[1], "little") // (1 << 32) % self._n

    def product(self, a, b):
        """a * b."""
        result = _words(0)
        self._product(result[0], a[0], b[0], self._modulus[0])
        return result

    def into(self, a, b):
        """a * b, where a is not used again: its memory is."""
        result = self._spare
        self._product(result[0], a[0], b[0], self._modulus[0])
        self._spare = a
        return result

    def squared(self, a, times: int):
        """a**(2**times), where a is not used again."""
        for _ in range(times):
            a = self.into(a, a)
        return a

    def doubled(self, a, times: int):
        """a * 2**times, of up to 15, where a, which came from a product, is not used again."""
        # 32 bits are to spare, so nothing has to be reduced; what is before and behind stays 0.
        a[1][:] = (int.from_bytes(a[1], "little") << times).to_bytes(400, "little")
        return a
