"""The instructions of Xtensa that montgomery_words needs, with windowed calls: ESP32, ESP32-S2, ESP32-S3.

Source: Xtensa Instruction Set Architecture Reference Manual, chapter 7 (formats RRR, RRI8, BRI12, CALL) and the page of
each instruction. The options that it takes, Windowed Register, 32-bit Integer Multiply with MULUH, Min/Max and Code
Density, are in all three chips' core-isa.h.
"""

from __future__ import annotations

from cognito_mp_tools.library.assembler import Assembler

# Below the frame of whoever was called lie 16 bytes for the caller's a0 to a3, and 16 more for a4 to a7 above them.
_SAVED_BY_WINDOWS = 32


class Xtensa(Assembler):
    """a1 is the stack pointer, a0 the return address; a2 to a15 are the function's own."""

    free_registers = tuple(range(2, 16))
    stack_pointer = 1

    def _word(self, word: int) -> None:
        self._code += word.to_bytes(3, "little")

    def _rrr(self, op2: int, op1: int, r: int, s: int, t: int) -> None:
        self._word(op2 << 20 | op1 << 16 | r << 12 | s << 8 | t << 4)

    def _rri8(self, r: int, s: int, t: int, immediate: int) -> None:
        if not 0 <= immediate <= 255:
            raise ValueError(f"{immediate} does not fit into 8 bits")
        self._word(immediate << 16 | r << 12 | s << 8 | t << 4 | 2)

    def _bri12(self, s: int, kind: int, to: str) -> None:
        self._branch((s << 8 | kind << 4 | 6).to_bytes(3, "little"), to)

    def _aim(self, code: bytearray, at: int, distance: int) -> None:
        bits = 18 if code[at] & 0x30 == 0 else 12
        offset = distance - 4
        if not -(1 << bits - 1) <= offset < 1 << bits - 1:
            raise ValueError(f"a branch over {distance} bytes is too long")
        word = int.from_bytes(code[at : at + 3], "little") | (offset & (1 << bits) - 1) << 24 - bits
        code[at : at + 3] = word.to_bytes(3, "little")

    def enter(self, arguments: tuple[int, ...], frame: int) -> None:
        size = frame + _SAVED_BY_WINDOWS
        if size % 16:
            raise ValueError("a frame must be a multiple of 16 bytes")
        self._word(size >> 3 << 12 | 1 << 8 | 0x36)  # ENTRY
        # MicroPython's args are in a5; one of the arguments may take its place, as the last.
        for place, register in sorted(enumerate(arguments), key=lambda argument: argument[1] == 5):
            self.load(register, 5, 4 * place)

    def leave(self, frame: int) -> None:
        self.number(2, 1)  # the object that is the small int 0
        self._code += (0xF01D).to_bytes(2, "little")  # RETW.N

    def load(self, into: int, base: int, offset: int) -> None:
        self._rri8(2, base, into, offset >> 2)  # L32I

    def store(self, value: int, base: int, offset: int) -> None:
        self._rri8(6, base, value, offset >> 2)  # S32I

    def number(self, into: int, number: int) -> None:
        self._rri8(10, number >> 8 & 15, into, number & 255)  # MOVI

    def add_number(self, into: int, a: int, number: int) -> None:
        if not -128 <= number < 128:
            raise ValueError(f"{number} is not a number to add")
        self._rri8(12, a, into, number & 255)  # ADDI

    def add(self, into: int, a: int, b: int) -> None:
        self._rrr(8, 0, into, a, b)

    def subtract(self, into: int, a: int, b: int) -> None:
        self._rrr(12, 0, into, a, b)

    def multiply(self, into: int, a: int, b: int) -> None:
        self._rrr(8, 2, into, a, b)  # MULL

    def multiply_high(self, into: int, a: int, b: int) -> None:
        self._rrr(10, 2, into, a, b)  # MULUH

    def shift_left(self, into: int, a: int, bits: int) -> None:
        amount = 32 - bits
        self._rrr(amount >> 4, 1, into, a, amount & 15)  # SLLI

    def shift_right(self, into: int, a: int, bits: int) -> None:
        if bits < 16:
            self._rrr(4, 1, into, bits, a)  # SRLI
        else:
            self._extract(into, a, bits, 32 - bits)

    def _extract(self, into: int, a: int, first: int, bits: int) -> None:
        self._rrr(bits - 1, 4 | first >> 4, into, first & 15, a)  # EXTUI

    def low_bits(self, into: int, a: int, bits: int) -> None:
        self._extract(into, a, 0, bits)

    def at_most(self, a: int, b: int) -> None:
        self._rrr(4, 3, a, a, b)  # MIN

    def at_least(self, a: int, b: int) -> None:
        self._rrr(5, 3, a, a, b)  # MAX

    def branch_if_zero(self, a: int, to: str) -> None:
        self._bri12(a, 1, to)

    def branch_if_not_zero(self, a: int, to: str) -> None:
        self._bri12(a, 5, to)

    def branch_if_negative(self, a: int, to: str) -> None:
        self._bri12(a, 9, to)

    def jump(self, to: str) -> None:
        self._branch((6).to_bytes(3, "little"), to)
