"""The group in which Cognito's SRP counts: RFC 5054's of 3072 bits, appendix A, with generator 2.

Made for MicroPython on a small chip; CPython has a faster pow() of its own. On an ARM Cortex-M, a RISC-V or an Xtensa
whose modules for it are installed, the products are machine code, some six times as fast; what comes out is the same
everywhere.
"""

import sys

# The prime, big-endian: as an int literal it would be 925 characters in a .mpy.
N = (
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xc9\x0f\xda\xa2\x21\x68\xc2\x34\xc4\xc6\x62\x8b\x80\xdc\x1c\xd1"
    b"\x29\x02\x4e\x08\x8a\x67\xcc\x74\x02\x0b\xbe\xa6\x3b\x13\x9b\x22\x51\x4a\x08\x79\x8e\x34\x04\xdd"
    b"\xef\x95\x19\xb3\xcd\x3a\x43\x1b\x30\x2b\x0a\x6d\xf2\x5f\x14\x37\x4f\xe1\x35\x6d\x6d\x51\xc2\x45"
    b"\xe4\x85\xb5\x76\x62\x5e\x7e\xc6\xf4\x4c\x42\xe9\xa6\x37\xed\x6b\x0b\xff\x5c\xb6\xf4\x06\xb7\xed"
    b"\xee\x38\x6b\xfb\x5a\x89\x9f\xa5\xae\x9f\x24\x11\x7c\x4b\x1f\xe6\x49\x28\x66\x51\xec\xe4\x5b\x3d"
    b"\xc2\x00\x7c\xb8\xa1\x63\xbf\x05\x98\xda\x48\x36\x1c\x55\xd3\x9a\x69\x16\x3f\xa8\xfd\x24\xcf\x5f"
    b"\x83\x65\x5d\x23\xdc\xa3\xad\x96\x1c\x62\xf3\x56\x20\x85\x52\xbb\x9e\xd5\x29\x07\x70\x96\x96\x6d"
    b"\x67\x0c\x35\x4e\x4a\xbc\x98\x04\xf1\x74\x6c\x08\xca\x18\x21\x7c\x32\x90\x5e\x46\x2e\x36\xce\x3b"
    b"\xe3\x9e\x77\x2c\x18\x0e\x86\x03\x9b\x27\x83\xa2\xec\x07\xa2\x8f\xb5\xc5\x5d\xf0\x6f\x4c\x52\xc9"
    b"\xde\x2b\xcb\xf6\x95\x58\x17\x18\x39\x95\x49\x7c\xea\x95\x6a\xe5\x15\xd2\x26\x18\x98\xfa\x05\x10"
    b"\x15\x72\x8e\x5a\x8a\xaa\xc4\x2d\xad\x33\x17\x0d\x04\x50\x7a\x33\xa8\x55\x21\xab\xdf\x1c\xba\x64"
    b"\xec\xfb\x85\x04\x58\xdb\xef\x0a\x8a\xea\x71\x57\x5d\x06\x0c\x7d\xb3\x97\x0f\x85\xa6\xe1\xe4\xc7"
    b"\xab\xf5\xae\x8c\xdb\x09\x33\xd7\x1e\x8c\x94\xe0\x4a\x25\x61\x9d\xce\xe3\xd2\x26\x1a\xd2\xee\x6b"
    b"\xf1\x2f\xfa\x06\xd9\x8a\x08\x64\xd8\x76\x02\x73\x3e\xc8\x6a\x64\x52\x1f\x2b\x18\x17\x7b\x20\x0c"
    b"\xbb\xe1\x17\x57\x7a\x61\x5d\x6c\x77\x09\x88\xc0\xba\xd9\x46\xe2\x08\xe2\x4f\xa0\x74\xe5\xab\x31"
    b"\x43\xdb\x5b\xfc\xe0\xfd\x10\x8e\x4b\x82\xd1\x20\xa9\x3a\xd2\xca\xff\xff\xff\xff\xff\xff\xff\xff"
)
# 2**2**128 % N, so that two_to() has half the squarings to do.
_TWO_TO_2_128 = (
    b"\x8c\x91\xaf\x84\x24\x96\x58\x89\x61\x65\xe3\xe1\x90\x48\x8d\x84\x24\x1d\x64\x2b\x50\x9d\x63\x55"
    b"\x1e\x46\xeb\x58\xc5\xd3\x15\xbc\x3c\x88\x86\xc3\x4f\xcd\xbd\x10\x88\x2d\xd3\xd7\xdf\xda\x5d\x40"
    b"\x7c\xc8\x0c\xf6\xc9\xfc\x8f\xb6\xcb\x36\xc9\xe3\x66\xb3\xc2\xae\x37\x04\xee\x86\x3a\x08\xd0\xd8"
    b"\x2b\x5b\xce\x7d\x2e\x6e\xfe\x16\x67\xdd\x7a\x68\xcb\x53\x28\x85\x5c\x15\x6d\x8e\x35\x98\x4d\xed"
    b"\x8e\xc2\x6c\x97\xcf\x92\xad\xba\x6c\x1c\x57\x18\xcd\x07\xcb\xbb\x7d\x09\x93\x37\xe9\x30\x47\x77"
    b"\xe1\x1f\x37\xa3\x6c\x28\x51\xee\xb6\x6a\x3f\x6b\xd4\x4d\x67\xb9\x3a\x3a\x69\x37\xec\x49\x3e\xa1"
    b"\x73\x1c\x25\xc7\x13\x2c\xbb\x3b\xf8\x22\x17\xc3\x56\xd5\x1e\x09\x20\xc7\x42\x9d\x71\x08\x76\xde"
    b"\x0d\xab\xc1\xbc\xd4\xc0\xb1\x21\x36\x37\x9d\xf5\x92\xb6\xaa\xdd\x34\x88\xdd\x38\x4a\xae\x22\x1e"
    b"\x49\xd4\xdd\xe7\x6d\xb6\xc0\x2a\x24\xf6\xe6\x36\xfe\x6c\x53\xf2\xae\x84\xe2\x52\x73\x1d\xec\x6f"
    b"\x27\x16\xd5\x11\xf1\xfc\x49\xf9\x37\xfd\x3b\x99\x32\x6b\x12\x36\x67\xd6\x1a\x3f\x21\x5b\x70\xc8"
    b"\xa1\xa0\xb4\x61\x28\xe5\x8c\x0b\x0b\xb1\x71\x83\x1f\xa7\x72\x90\x1b\xba\x38\x74\xfa\xf3\x7f\x31"
    b"\xba\x58\x87\xf8\xfa\xcb\x8b\xd3\xce\x99\xc2\x0c\xf5\x21\x60\xc2\x26\xdf\xa8\x67\xb9\x42\x47\x3b"
    b"\x52\xd8\x84\x92\x29\x40\xa4\x9c\xa0\xe2\xed\x2e\x09\xa7\x86\xf7\x3f\x2d\xc7\xd6\x16\x3d\x3e\x2a"
    b"\xe0\xb9\x4e\xbc\x03\x8f\x03\x27\x70\x53\x77\xc4\x8c\xfc\x21\x81\x79\x50\xc9\x84\x75\x26\x70\x7a"
    b"\x7d\x73\x76\x01\xb2\x19\x5e\x10\xdb\x21\x9b\xd9\xc0\xe3\x77\x1f\x2f\xd8\x32\x03\x8c\x8f\x92\x45"
    b"\xe8\x55\xef\xaf\x43\x3c\x48\x7a\x1f\x2e\xea\x10\x38\x73\xd7\x68\x4f\x90\x88\xe0\x78\x06\x73\x4a"
)


class _Ints:
    """The arithmetic that every Python has: ints modulo N. Others are srp_numbers_thumb.Numbers, which tells more, and
    srp_numbers_words.Numbers.

    Whatever is large is left to the built-in pow(), which makes no garbage: each big int of our own costs a search
    for free heap, and reducing by N's pattern of bits lost more by that than it won.
    """

    one = 1

    def __init__(self, n: int) -> None:
        self._n = n
        # MicroPython's division guesses each digit of a quotient from the divisor's first: with N's, 0xffff, half of
        # the guesses are too high and cost a second pass. This multiple of N begins with 1 0000 0000; hardly any is.
        self._modulus = (n << 32) + n

    def from_int(self, number: int) -> int:
        return number

    def to_int(self, number: int) -> int:
        return number % self._n

    def product(self, a: int, b: int) -> int:
        return a * b % self._modulus

    into = product

    def squared(self, a: int, times: int) -> int:
        return pow(a, 1 << times, self._modulus)

    def doubled(self, a: int, times: int) -> int:
        return a << times


def _arithmetic(n: int):
    # The architecture of .mpy files: 4 to 8 are the Thumb ones, armv6m to armv7emdp; 10 and 11 xtensawin and rv32imc.
    # Asked first, because a file for another raises only after it was read. MicroPython, py/persistentcode.h.
    architecture = getattr(sys.implementation, "_mpy", 0) >> 10 & 15
    try:
        if 4 <= architecture <= 8:
            from .srp_numbers_thumb import Numbers
        elif 10 <= architecture <= 11:
            from .srp_numbers_words import Numbers  # type: ignore[assignment]
        else:
            return _Ints(n)
        return Numbers(n)
    except (ImportError, SyntaxError, ValueError, MemoryError):  # left out, no assembler, another .mpy, no room
        return _Ints(n)


def power(base: int, exponent: int, doublings: int = 0):
    """base**exponent * 2**doublings % N, for ints of at least 0 and doublings below 2**128.

    A generator, which returns that: it yields 0 (not on CPython), as a flow does to let others have their turn, some
    15 ms apart on an RP2040, some 60 where ints count. Windows of up to 4 bits over the odd powers of base (3 to 6 kB
    while it runs); doublings ride on its squarings and cost next to nothing.
    """
    n = int.from_bytes(N, "big")
    if sys.implementation.name == "cpython":  # its own pow() is faster than all this
        return pow(base, exponent, n) * pow(2, doublings, n) % n
    numbers = _arithmetic(n)
    odd_powers = [numbers.from_int(base)]
    square = numbers.product(odd_powers[0], odd_powers[0])
    for _ in range(7):
        odd_powers.append(numbers.product(odd_powers[-1], square))
        yield 0
    bits = bin(exponent)[2:]
    if doublings:
        bits = "0" * (128 - len(bits)) + bits  # no shorter than doublings
    result = numbers.one
    is_one = True  # and its squares need not be made: four products less
    at = 0
    while at < len(bits):
        window = bits[at] == "1" and bits[at : at + 4].rstrip("0")
        width = len(window or "0")
        if not is_one:
            result = numbers.squared(result, width)
        if window:
            result = numbers.into(result, odd_powers[int(window, 2) >> 1])
            is_one = False
        at += width
        doubled = (doublings >> len(bits) - at) % (1 << width)
        if doubled:
            result = numbers.doubled(result, doubled)
            is_one = False
        yield 0
    return numbers.to_int(result)


def two_to(exponent: int):
    """2**exponent % N, for an int of at least 0; fastest when it has 256 bits. A generator, as power() is."""
    upper = exponent >> 128
    return power(int.from_bytes(_TWO_TO_2_128, "big"), upper, exponent - (upper << 128))


def at_once(steps):
    """What `steps`, of power() or its like, returns; nobody else has a turn meanwhile."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value
