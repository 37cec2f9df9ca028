"""The instructions of RV32IM that montgomery_words needs: ESP32-C3, ESP32-C6, and RP2350 where its RISC-V cores run.

Source: The RISC-V Instruction Set Manual, volume I, chapter "RV32/64G Instruction Set Listings"; the calling convention
is that of the RISC-V ELF psABI, where a and t registers are the function's own.
"""

from __future__ import annotations

from cognito_mp_tools.library.assembler import Assembler

_ZERO, _RA, _SP = 0, 1, 2
_T = (5, 6, 7, 28, 29, 30, 31)
_A = (10, 11, 12, 13, 14, 15, 16, 17)
_ARGS = 13  # MicroPython's args are in a3


class RV32(Assembler):
    """t0 to t6 and a0 to a7 are the function's own, 15 registers."""

    free_registers = _A + _T
    stack_pointer = _SP

    def _word(self, word: int) -> None:
        self._code += word.to_bytes(4, "little")

    def _r(self, funct7: int, funct3: int, rd: int, rs1: int, rs2: int) -> None:
        self._word(funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x33)

    def _i(self, funct3: int, opcode: int, rd: int, rs1: int, immediate: int) -> None:
        if not -2048 <= immediate < 2048:
            raise ValueError(f"{immediate} does not fit into 12 bits")
        self._word((immediate & 0xFFF) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode)

    def _b(self, funct3: int, rs1: int, rs2: int, to: str) -> None:
        self._branch((rs2 << 20 | rs1 << 15 | funct3 << 12 | 0x63).to_bytes(4, "little"), to)

    def _aim(self, code: bytearray, at: int, distance: int) -> None:
        if not -4096 <= distance < 4096:
            raise ValueError(f"a branch over {distance} bytes is too long")
        word = int.from_bytes(code[at : at + 4], "little")
        word |= (distance >> 12 & 1) << 31 | (distance >> 5 & 63) << 25 | (distance >> 1 & 15) << 8
        word |= (distance >> 11 & 1) << 7
        code[at : at + 4] = word.to_bytes(4, "little")

    def enter(self, arguments: tuple[int, ...], frame: int) -> None:
        if frame % 16:
            raise ValueError("a frame must be a multiple of 16 bytes")
        self._i(0, 0x13, _SP, _SP, -frame)
        for place, register in sorted(enumerate(arguments), key=lambda argument: argument[1] == _ARGS):
            self.load(register, _ARGS, 4 * place)

    def leave(self, frame: int) -> None:
        self._i(0, 0x13, _SP, _SP, frame)
        self.number(_A[0], 1)  # the object that is the small int 0
        self._i(0, 0x67, _ZERO, _RA, 0)  # RET

    def load(self, into: int, base: int, offset: int) -> None:
        self._i(2, 0x03, into, base, offset)  # LW

    def store(self, value: int, base: int, offset: int) -> None:
        if not 0 <= offset < 2048:
            raise ValueError(f"{offset} is not an offset to store at")
        self._word((offset >> 5) << 25 | value << 20 | base << 15 | 2 << 12 | (offset & 31) << 7 | 0x23)  # SW

    def number(self, into: int, number: int) -> None:
        self._i(0, 0x13, into, _ZERO, number)

    def add_number(self, into: int, a: int, number: int) -> None:
        self._i(0, 0x13, into, a, number)  # ADDI

    def add(self, into: int, a: int, b: int) -> None:
        self._r(0, 0, into, a, b)

    def subtract(self, into: int, a: int, b: int) -> None:
        self._r(0x20, 0, into, a, b)

    def multiply(self, into: int, a: int, b: int) -> None:
        self._r(1, 0, into, a, b)  # MUL

    def multiply_high(self, into: int, a: int, b: int) -> None:
        self._r(1, 3, into, a, b)  # MULHU

    def shift_left(self, into: int, a: int, bits: int) -> None:
        self._i(1, 0x13, into, a, bits)  # SLLI

    def shift_right(self, into: int, a: int, bits: int) -> None:
        self._i(5, 0x13, into, a, bits)  # SRLI

    def low_bits(self, into: int, a: int, bits: int) -> None:
        self._i(7, 0x13, into, a, (1 << bits) - 1)  # ANDI

    def at_most(self, a: int, b: int) -> None:
        self._skip_one(4, a, b)  # BLT a, b
        self.add(a, b, _ZERO)

    def at_least(self, a: int, b: int) -> None:
        self._skip_one(4, b, a)  # BLT b, a
        self.add(a, b, _ZERO)

    def _skip_one(self, funct3: int, rs1: int, rs2: int) -> None:
        self._word(rs2 << 20 | rs1 << 15 | funct3 << 12 | 8 >> 1 << 8 | 0x63)

    def branch_if_zero(self, a: int, to: str) -> None:
        self._b(0, a, _ZERO, to)  # BEQ

    def branch_if_not_zero(self, a: int, to: str) -> None:
        self._b(1, a, _ZERO, to)  # BNE

    def branch_if_negative(self, a: int, to: str) -> None:
        self._b(4, a, _ZERO, to)  # BLT

    def jump(self, to: str) -> None:
        self._b(0, _ZERO, _ZERO, to)
