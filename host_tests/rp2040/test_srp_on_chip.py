"""SRP's arithmetic in assembler, product by product and power by power, against CPython's own."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cognito_mp import srp
from cognito_mp.crypto import srp_group
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040
from cognito_mp_tools.emulator.rp2040_filesystem import write_files
from recorded_figures import hold
from rp2040.programs import HERE, program_files, run_program

N = int.from_bytes(srp_group.N, "big")
R_INVERSE = pow(2, -3108, N)
LIMBS = 222
FULL = (1 << 14) - 1
LARGEST = (N << 17) - 1  # what product() takes

_random = random.Random(3108)


def _below(end: int) -> int:
    return _random.randrange(end)


def _limbs(number: int) -> str:
    """The array that montgomery_thumb describes, its bytes in hex."""
    return struct.pack("<4x4x222H4x4x", *(number >> 14 * at & FULL for at in range(LIMBS))).hex()


def _number(limbs: bytes) -> int:
    values = struct.unpack("<230H", limbs)
    assert not any(values[:4]) and not any(values[-4:]) and max(values) <= FULL
    return sum(limb << 14 * at for at, limb in enumerate(values[4:-4]))


def _of_limbs(choices: tuple[int, ...]) -> int:
    """A number whose limbs are drawn from `choices`, no larger than product() takes."""
    return sum(_random.choice(choices) << 14 * at for at in range(LIMBS - 1)) % (LARGEST + 1)


EDGES = [0, 1, 2, FULL, N - 1, N, N + 1, 2 * N, LARGEST, (1 << 14 * 220) - 1, 1 << 3072, (1 << 3085) - 1]
HEAVY = [_of_limbs((FULL,)), *(_of_limbs((FULL, FULL, FULL, 0)) for _ in range(12))]
LIGHT = [1 << 14 * at for at in (0, 1, 2, 3, 4, 109, 110, 111, 112, 218, 219, 220)]
PRODUCTS = [
    *((a, a) for a in (*EDGES, *HEAVY, *LIGHT)),
    *((a, b) for a in EDGES[:9] for b in (1, N - 1, LARGEST, HEAVY[0])),
    *((a, b) for a, b in zip(LIGHT, reversed(LIGHT), strict=True)),
    *((_of_limbs((FULL, 0)), _below(LARGEST)) for _ in range(30)),
    *((_below(LARGEST), _below(LARGEST)) for _ in range(80)),
    *((a, a) for a in (_below(LARGEST) for _ in range(30))),
]
BASES = (0, 1, 2, N - 1, N - 2)
POWERS = [
    *((base, exponent, 0) for base in BASES for exponent in (0, 1, 2, 65537)),
    (_below(N), (1 << 512) - 1, 0),
    (_below(N), _below(1 << 256), 0),
    *((2, exponent, 0) for exponent in (1 << 128, (1 << 256) - 1, _below(1 << 256))),
    *((_below(N), exponent, doublings) for exponent, doublings in ((5, (1 << 128) - 1), (_below(1 << 128), 1))),
]
INTS = [(2, _below(1 << 140), 0), (N // 7, 65537, 3), (N - 1, 2, 0)]


def _lines(cases: list[tuple[str, ...]]) -> bytes:
    return "".join(json.dumps(case) + "\n" for case in cases).encode()


@pytest.fixture(scope="module")
def chip(product_firmware: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedRP2040]:
    flash_image = tmp_path_factory.mktemp("srp") / "flash.img"
    files = program_files(HERE / "device" / name for name in ("srp_products.py", "srp_in_loop.py"))
    files["/products"] = _lines([(_limbs(a), "" if a is b else _limbs(b)) for a, b in PRODUCTS])
    files["/powers"] = _lines([(f"{base:x}", f"{exponent:x}", f"{more:x}") for base, exponent, more in POWERS])
    files["/ints"] = _lines([(f"{base:x}", f"{exponent:x}", f"{more:x}") for base, exponent, more in INTS])
    write_files(flash_image, files)
    with EmulatedRP2040(product_firmware, flash_image, network=False) as chip:
        yield chip


def _results(chip: EmulatedRP2040, kind: str) -> tuple[list[str], list[int]]:
    """What came out, in hex, and the microseconds that each case took."""
    chip.mpremote("soft-reset")
    words = [line.split() for line in run_program(chip, "srp_products", kind, f"/{kind}", timeout=500).splitlines()]
    return [word[0] for word in words if len(word) == 1], [int(word[1]) for word in words if len(word) == 2]


def test_products(chip: EmulatedRP2040, record_figure: Callable[[str, str], None]) -> None:
    found, us = _results(chip, "products")
    assert len(us) == len(PRODUCTS) > 200
    numbers = [_number(bytes.fromhex(line)) for line in found]
    for (a, b), result, shifted in zip(PRODUCTS, numbers[::2], numbers[1::2], strict=True):
        assert result % N == a * b * R_INVERSE % N, (a, b)
        assert result < 2 * N
        assert shifted == result << 15
    squares = [time for (a, b), time in zip(PRODUCTS, us, strict=True) if a is b]
    others = [time for (a, b), time in zip(PRODUCTS, us, strict=True) if a is not b]
    # No branch and no wait that depends on the numbers; the clock of the chip ticks in microseconds.
    assert max(squares) - min(squares) <= 60 and max(others) - min(others) <= 60
    record_figure("SRP: a square, a product modulo N", f"{min(squares)}, {min(others)} us")
    hold("microseconds on RP2040: a square of SRP", min(squares))
    hold("microseconds on RP2040: a product of SRP", min(others))


def test_powers(chip: EmulatedRP2040) -> None:
    found, _ = _results(chip, "powers")
    for (base, exponent, doublings), result in zip(POWERS, found, strict=True):
        assert int(result, 16) == pow(base, exponent, N) * pow(2, doublings, N) % N, (base, exponent, doublings)


def test_the_same_bits_without_the_assembler(chip: EmulatedRP2040) -> None:
    found, _ = _results(chip, "ints")
    for (base, exponent, doublings), result in zip(INTS, found, strict=True):
        more = 0 if base == 2 else doublings
        assert int(result, 16) == pow(base, exponent, N) * pow(2, more, N) % N


def test_what_srp_takes(chip: EmulatedRP2040, record_figure: Callable[[str, str], None]) -> None:
    chip.mpremote("soft-reset")
    report = json.loads(run_program(chip, "srp_in_loop", timeout=500))
    signature = report.pop("signature")
    a = (1 << 256) - 3 * (1 << 100) - 1
    challenge = ("b" + "5a" * 383, "5a" * 16, "c2VjcmV0", "Mon Jan 5 03:04:05 UTC 2026")
    assert signature == srp.claim("AbCdEf123", "the-sub", "Correct-Horse-9", a, *challenge)
    for what, ms in report.items():
        record_figure(f"SRP: {what}", f"{ms} ms")
    for what in ("before the first request", "proof after the challenge"):
        hold(f"milliseconds on RP2040: SRP, {what}", report[what])
    assert report["before the first request"] <= 700
    assert report["proof after the challenge"] <= 2500
    assert report["worst stop of the loop"] <= 150
    assert report["worst stop of the loop, a whole sign-in"] <= 150
