"""montgomery_xtensa.mpy's code, called as Xtensa calls functions, under Debian's qemu-xtensa.

None of the cores that QEMU's user mode has knows MULUH, so MULL stands in its place: the products are wrong, and the
same ones that our interpreter makes of the same bytes. What is proved here is the frame of the call: ENTRY, the rotated
registers, RETW.N, and that ten callers further up, whose registers were spilled to the stack meanwhile, have theirs.
"""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest
from cognito_mp_tools.library.montgomery_words import machine_code
from native import xtensa_interpreter
from native.products import LARGEST, MODULUS, N, number

_BASE = 0x10000
# Where things are, from _BASE on.
_LEVEL, _PRODUCT, _ARGUMENTS, _OUT, _A, _B, _MODULUS, _END = 0x60, 0x100, 0x800, 0x900, 0xB00, 0xD00, 0xF00, 0x1100
_LEVELS = 10
_SIZE = 400
_EM_XTENSA = 94


def _without_muluh(code: bytes) -> bytes:
    """Each MULUH (op2 10, op1 2) a MULL (op2 8). All instructions have three bytes, but for the last."""
    words = [code[at : at + 3] for at in range(0, len(code) - 2, 3)]
    return b"".join(word[:2] + b"\x82" if word[2] == 0xA2 and not word[0] & 15 else word for word in words) + code[-2:]


class _Program:
    """Instructions by hand, from the pages of the ISA manual; the fields are those of its formats."""

    def __init__(self, at: int) -> None:
        self.start = at
        self.code = b""

    @property
    def at(self) -> int:
        return self.start + len(self.code)

    def word(self, word: int) -> None:
        self.code += word.to_bytes(3, "little")

    def rri8(self, r: int, s: int, t: int, immediate: int) -> None:
        self.word((immediate & 255) << 16 | r << 12 | s << 8 | t << 4 | 2)

    def movi(self, t: int, number: int) -> None:
        self.rri8(10, number >> 8 & 15, t, number)

    def addi(self, t: int, s: int, number: int) -> None:
        self.rri8(12, s, t, number)

    def mov(self, r: int, s: int) -> None:
        self.word(0x20 << 16 | r << 12 | s << 8 | s << 4)  # OR

    def l32r(self, t: int, literal: int) -> None:
        self.word((literal - (self.at + 3 & ~3) >> 2 & 0xFFFF) << 8 | t << 4 | 1)

    def call8(self, to: int) -> None:
        self.word((to - (self.at & ~3) - 4 >> 2 & 0x3FFFF) << 6 | 2 << 4 | 5)

    def beqz(self, s: int, to: int) -> None:
        self.word((to - self.at - 4 & 0xFFF) << 12 | s << 8 | 0x16)

    def beq(self, s: int, t: int, to: int) -> None:
        self.word((to - self.at - 4 & 255) << 16 | 1 << 12 | s << 8 | t << 4 | 7)

    def jump(self, to: int) -> None:
        self.word((to - self.at - 4 & 0x3FFFF) << 6 | 6)


def _start() -> bytes:
    """Two literals, and from 8 on: level(10, arguments); `out` to the standard output; exit with what was returned."""
    program = _Program(8)
    program.movi(10, _LEVELS)
    program.l32r(11, 0)
    program.call8(_LEVEL)
    program.movi(2, 13)  # write(1, out, 400); arch/xtensa/include/uapi/asm/unistd.h, and its ABI: a6, a3, a4
    program.movi(6, 1)
    program.l32r(3, 4)
    program.movi(4, _SIZE)
    program.word(0x005000)  # SYSCALL
    program.movi(2, 118)  # exit
    program.mov(6, 10)
    program.word(0x005000)
    return struct.pack("<II", _BASE + _ARGUMENTS, _BASE + _OUT) + program.code


def _level() -> bytes:
    """level(n, arguments): n levels further down the product; ILL where a register of its own has changed meanwhile."""
    program = _Program(_LEVEL)
    program.word(48 >> 3 << 12 | 1 << 8 | 0x36)  # ENTRY a1, 48
    program.addi(4, 2, 100)
    program.beqz(2, program.at + 15)
    program.addi(10, 2, -1)
    program.mov(11, 3)
    program.call8(_LEVEL)
    program.jump(program.at + 9)
    program.mov(13, 3)  # the product's a5
    program.call8(_PRODUCT)
    program.addi(5, 2, 100)
    program.beq(4, 5, program.at + 6)
    program.word(0)  # ILL
    program.mov(2, 10)
    program.word(0x000090)  # RETW
    return program.code


def _elf(image: bytes) -> bytes:
    """A program that is loaded at _BASE and starts at 8."""
    header = b"\x7fELF\x01\x01\x01" + bytes(9)
    header += struct.pack("<HHIIIIIHHHHHH", 2, _EM_XTENSA, 1, _BASE + 8, 52, 0, 0x300, 52, 32, 1, 0, 0, 0)
    segment = struct.pack("<IIIIIIII", 1, 0x1000, _BASE, _BASE, len(image), len(image), 7, 0x1000)
    return (header + segment).ljust(0x1000, b"\0") + image


@pytest.mark.parametrize("square", [True, False])
def test_ten_callers_have_their_registers_back(qemu_xtensa: str, tmp_path: Path, square: bool) -> None:
    code = _without_muluh(machine_code("montgomery_xtensa"))
    image = bytearray(_END)
    addresses = (_OUT, _A, _A if square else _B, _MODULUS)
    arguments = struct.pack("<4I", *(_BASE + address >> 2 << 1 | 1 for address in addresses))
    parts = {0: _start(), _LEVEL: _level(), _PRODUCT: code, _ARGUMENTS: arguments}
    parts |= {_A: number(LARGEST - N // 3), _B: number(N // 7), _MODULUS: MODULUS}
    ends = 0
    for place in sorted(parts):
        assert place >= ends
        ends = place + len(parts[place])
        image[place:ends] = parts[place]
    program = tmp_path / "program"
    program.write_bytes(_elf(bytes(image)))
    program.chmod(0o755)
    done = subprocess.run([qemu_xtensa, "-cpu", "dc233c", str(program)], capture_output=True, timeout=60)
    assert done.returncode == 1, done.stderr  # the small int 0 is the object 1

    core = xtensa_interpreter.Core(image + bytes(0x100), _BASE)
    core.registers[1], core.registers[5] = _BASE + _END + 0x100, _BASE + _ARGUMENTS
    core.run(code)
    assert done.stdout == bytes(core.memory[_OUT : _OUT + _SIZE])
    assert any(done.stdout)
