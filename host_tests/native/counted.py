"""What SRP takes on ESP32s, counted: no board has run it here.

    cd host_tests && python -m native.counted

QEMU counts the instructions of A and of the proof in MicroPython for RV32, with ints and with machine code; the cycles
of a square and of a product are those of the interpreters (xtensa_interpreter.py has the model). A RISC-V is taken to
need a cycle for each other instruction, and an Xtensa to need as many as the RISC-V for all that is not a product.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cognito_mp_tools.firmware import rv32_firmware
from cognito_mp_tools.library import mpy_size
from cognito_mp_tools.library.bytecode import architectures
from cognito_mp_tools.library.montgomery_words import FOLDER
from native import rv32_chip
from native.products import MODULES, N, product

# The port has no source of randomness, and no clock: os.urandom() gives a different number each time, no more.
SET_UP = """
import sys
sys.path[:] = ['/rom/lib', '/rom/portable']
class Os: pass
Os.made = 0
def urandom(count):
    from hashlib import sha256
    Os.made += 1
    return sha256(str(Os.made).encode()).digest()[:count]
Os.urandom = urandom  # of the class: an instance's would be a bound method, which can't be imported
sys.modules['os'] = Os
"""
SIGN_IN = """
challenge = 'b' + '5a' * 383, '5a' * 16, 'c2VjcmV0', 'Mon Jan 5 03:04:05 UTC 2026'
a = (1 << 256) - 3 * (1 << 100) - 1
def public():
    return srp.public_value(a)
def proof(public):
    return srp.claim('AbCdEf123', 'the-sub', 'Correct-Horse-9', a, *challenge, srp_a=public)
"""
# mtime of the machine "virt" runs at 10 MHz, and QEMU's -icount shift=0 lets an instruction last 1 ns.
_INSTRUCTIONS = """
import json
from machine import mem32
from cognito_mp.crypto import srp, srp_group
def now():
    return 100 * (mem32[0x0200bff8] & 0xffffffff)
public()  # imports
start = now(); A = public(); middle = now(); proof(A); end = now()
counted = [middle - start, end - middle]
calls = [[0, 0], [0, 0]]
try:
    from cognito_mp.crypto import srp_numbers_words
    from cognito_mp.crypto.montgomery_rv32 import product
except ImportError:
    pass
else:
    for at in (0, 1):
        def counting(out, x, y, modulus):
            calls[at][x != y] += 1
            return product(out, x, y, modulus)
        srp_numbers_words.use(counting)
        (lambda: proof(A))() if at else public()
print(json.dumps([counted, calls]))
"""


def library(*natives: str) -> dict[str, bytes]:
    """The library as .mpy for the chip, and of its machine code `natives`, names of modules."""
    folder = mpy_size.compile_library()
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.mpy")}
    kept = {name: path for name, path in paths.items() if not architectures(name) or "rv32imc" in architectures(name)}
    files = {f"lib/{name}": path.read_bytes() for name, path in kept.items()}
    return files | {f"lib/cognito_mp/crypto/{name}.mpy": (FOLDER / f"{name}.mpy").read_bytes() for name in natives}


def instructions(firmware: Path, *natives: str) -> tuple[list[int], list[list[int]]]:
    """Instructions of A and of the proof on RV32; and of each, how many squares and products were machine code."""
    code = SET_UP + SIGN_IN + _INSTRUCTIONS
    printed = rv32_chip.run(firmware, library(*natives), code, options=("-icount", "shift=0"))
    counted, calls = json.loads(printed.splitlines()[-1])
    return counted, calls


def cycles(module: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """(cycles, instructions) of a square, and of a product; they are the same for all numbers."""
    a, b = (random.Random(at).randrange(N) for at in (1, 2))
    square, other = product(module, a, a), product(module, a, b)
    return (square.cycles, square.instructions), (other.cycles, other.instructions)


def figures() -> dict[str, Any]:
    """Cycles of A and of the proof, by what counts: "ints", and the modules of machine code."""
    firmware = rv32_firmware.build()
    ints, _ = instructions(firmware)
    counted, calls = instructions(firmware, "montgomery_rv32")
    by_module = {module: cycles(module) for module in MODULES}
    found: dict[str, Any] = {"ints": ints, "calls": calls}
    for module, (square, other) in by_module.items():
        found[module] = {"square": square[0], "product": other[0], "cycles": []}
        for count, (squares, products) in zip(counted, calls, strict=True):
            of_rv32 = by_module["montgomery_rv32"]
            rest = count - squares * of_rv32[0][1] - products * of_rv32[1][1]
            found[module]["cycles"].append(rest + squares * square[0] + products * other[0])
    return found


def rows(found: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Board, what is installed, seconds of A, seconds of the proof."""
    table = []
    for board, mhz, module, extra in (
        ("ESP32, S2, S3 at 160 MHz", 160, "ints", "`srp`"),
        ("ESP32, S2, S3 at 240 MHz", 240, "ints", "`srp`"),
        ("ESP32, S2, S3 at 160 MHz", 160, "montgomery_xtensa", "`srp_xtensa`"),
        ("ESP32, S2, S3 at 240 MHz", 240, "montgomery_xtensa", "`srp_xtensa`"),
        ("ESP32-C3, C6 at 160 MHz", 160, "ints", "`srp`"),
        ("ESP32-C3, C6 at 160 MHz", 160, "montgomery_rv32", "`srp_rv32`"),
        ("RP2350, its RISC-V cores, at 150 MHz", 150, "montgomery_rv32", "`srp_rv32`"),
    ):
        a, proof = found["ints"] if module == "ints" else found[module]["cycles"]
        table.append((board, extra, f"{a / mhz / 1e6:.2f} s", f"{proof / mhz / 1e6:.2f} s"))
    return table


def main() -> None:
    found = figures()
    print(json.dumps(found))
    for row in rows(found):
        print(" | ".join(row))


if __name__ == "__main__":
    main()
