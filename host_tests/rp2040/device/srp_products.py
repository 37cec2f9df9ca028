"""Products and powers of SRP's group, for the host to compare: srp_products.py KIND CASES, a line of JSON for each.

    products  [a, b]: the bytes of an array of limbs in hex; a is b where b is ""
    powers    [base, exponent, doublings] in hex
    ints      the same, by the arithmetic of a Python without the assembler
Prints results in hex (of products the bytes of the array, then the same 15 bits to the left) and, behind "us", how
long each took in microseconds.
"""

import gc
import json
import sys
from array import array
from time import ticks_diff, ticks_us

kind, cases = sys.argv[1:]
if kind == "ints":
    sys.modules["cognito_mp.crypto.srp_numbers_thumb"] = sys  # which has no Numbers

from cognito_mp.crypto import srp_group  # noqa: E402
from cognito_mp.crypto.montgomery_thumb import product, shift_left  # noqa: E402
from cognito_mp.crypto.srp_group import at_once, power, two_to  # noqa: E402


def limbs(digits):
    return array("H", bytes.fromhex(digits))


def modulus():
    n, x = int.from_bytes(srp_group.N, "big") + 1, array("H", bytes(460))
    for at in range(222):
        x[4 + at] = n & 0x3FFF
        n >>= 14
    return x


def products(lines):
    m, out = modulus(), array("H", bytes(460))
    for line in lines:
        a, b = json.loads(line)
        a = limbs(a)
        b = limbs(b) if b else a
        for at in range(222):
            out[4 + at] = 0x3FFF  # whatever was there before must not matter
        start = ticks_us()
        product(out, a, b, m)
        us = ticks_diff(ticks_us(), start)
        print(bytes(out).hex())
        shift_left(out, 15)
        print(bytes(out).hex())
        assert not any(any(x[:4]) or any(x[226:]) for x in (a, b, m, out)), "written beside the limbs"
        print("us", us)


def powers(lines):
    for line in lines:
        base, exponent, doublings = [int(word, 16) for word in json.loads(line)]
        gc.collect()
        start = ticks_us()
        result = at_once(two_to(exponent) if base == 2 else power(base, exponent, doublings))
        us = ticks_diff(ticks_us(), start)
        print("%x" % result)
        print("us", us)


with open(cases) as lines:
    (products if kind == "products" else powers)(lines)
