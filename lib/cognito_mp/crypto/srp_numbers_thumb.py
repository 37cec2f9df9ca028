"""Numbers modulo N of SRP's group, as montgomery_thumb multiplies them: how srp_group counts on an ARM Cortex-M."""

from array import array

from .montgomery_thumb import product, shift_left

_R_BITS = 3108


def _zero():
    return array("H", bytes(2 * 230))


def _limbs(number: int):
    """`number`, below 2**3108, in the limbs that montgomery_thumb describes."""
    digits = number.to_bytes(392, "little")
    limbs = _zero()
    at = 4
    for group in range(0, 392, 7):  # of 7 bytes, which are 4 limbs; by small ints, of which there is no garbage
        second, fourth, sixth = digits[group + 1], digits[group + 3], digits[group + 5]
        limbs[at] = digits[group] | (second & 63) << 8
        limbs[at + 1] = second >> 6 | digits[group + 2] << 2 | (fourth & 15) << 10
        limbs[at + 2] = fourth >> 4 | digits[group + 4] << 4 | (sixth & 3) << 12
        limbs[at + 3] = sixth >> 2 | digits[group + 6] << 6
        at += 4
    return limbs


class Numbers:
    """Arithmetic modulo `n`, for that one prime. What it gives out is a number times R, and only for its own methods.

    one  1, as from_int(1)
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._modulus = _limbs(n + 1)
        self._spare = _zero()
        self.one = self.from_int(1)

    def from_int(self, number: int):
        """The int `number`, of at least 0, as a number of this arithmetic."""
        return _limbs((number << _R_BITS) % self._n)

    def to_int(self, number) -> int:
        """The int below n that `number` is."""
        one = _zero()
        one[4] = 1
        product(self._spare, number, one, self._modulus)
        limbs = self._spare
        digits = bytearray(385)
        for group in range(55):
            at = 4 * group + 4
            low = limbs[at] | limbs[at + 1] << 14
            high = limbs[at + 2] | limbs[at + 3] << 14
            digits[7 * group : 7 * group + 7] = (low | high << 28).to_bytes(7, "little")
        return int.from_bytes(digits, "little") % self._n

    def product(self, a, b):
        """a * b."""
        result = _zero()
        product(result, a, b, self._modulus)
        return result

    def into(self, a, b):
        """a * b, where a is not used again: its memory is."""
        product(self._spare, a, b, self._modulus)
        self._spare, a = a, self._spare
        return a

    def squared(self, a, times: int):
        """a**(2**times), where a is not used again."""
        for _ in range(times):
            a = self.into(a, a)
        return a

    def doubled(self, a, times: int):
        """a * 2**times, of up to 15, where a, which came from a product, is not used again."""
        shift_left(a, times)
        return a
