"""Xtensa machine code, decoded and run: the instructions that montgomery_xtensa.mpy has, and no more.

Written from the Xtensa Instruction Set Architecture Reference Manual (chapter 7, and the table of opcodes in 7.3), not
from the generator, with which it shares nothing. What is not known raises ValueError. The windowed call is that of a
program without an interrupt: ENTRY lowers a1, RETW.N ends the run; test_windowed_call.py has the rest under QEMU.
"""

from __future__ import annotations

from native.interpreted_core import MASK, InterpretedCore, signed


class Core(InterpretedCore):
    """Its registers are a0 to a15."""

    register_count = 16

    def _step(self, code: bytes, at: int) -> int | None:
        if code[at] & 15 == 0b1101:  # Code Density: ST3
            if code[at : at + 2] != b"\x1d\xf0":
                raise ValueError(f"{code[at : at + 2].hex()} at {at}")
            return None
        word = int.from_bytes(code[at : at + 3], "little")
        op0, t, s, r = word & 15, word >> 4 & 15, word >> 8 & 15, word >> 12 & 15
        decode = {0: self._qrst, 2: self._lsai, 6: self._si}.get(op0)
        if decode is None:
            raise ValueError(f"{word:06x} at {at}: op0 {op0}")
        taken = decode(word, t, s, r)
        if taken is None:
            return at + 3
        self.cycles += 2
        return at + 4 + taken

    def _unknown(self, word: int) -> ValueError:
        return ValueError(f"{word:06x} is not known")

    def _qrst(self, word: int, t: int, s: int, r: int) -> None:
        """Format RRR: op1 and op2 say what."""
        op1, op2 = word >> 16 & 15, word >> 20
        a = self.registers
        value: int
        if op1 == 0 and op2 in (2, 8, 12):  # OR, ADD, SUB
            value = {2: a[s] | a[t], 8: a[s] + a[t], 12: a[s] - a[t]}[op2]
        elif op1 == 1 and op2 in (0, 1):  # SLLI: 32 less the amount is in op2's last bit and t
            value = a[s] << 32 - ((op2 & 1) << 4 | t)
        elif op1 == 1 and op2 == 4:  # SRLI
            value = a[t] >> s
        elif op1 == 2 and op2 in (8, 10):  # MULL, MULUH
            self.cycles += 1
            value = a[s] * a[t] >> (32 if op2 == 10 else 0)
        elif op1 == 3 and op2 in (4, 5):  # MIN, MAX
            pair = sorted((a[s], a[t]), key=lambda number: signed(number, 32))
            value = pair[op2 - 4]
        elif op1 & 0b1110 == 0b0100:  # EXTUI: the amount in op1's last bit and s, one less than the bits in op2
            value = a[t] >> ((op1 & 1) << 4 | s) & (1 << op2 + 1) - 1
        else:
            raise self._unknown(word)
        a[r] = value & MASK

    def _lsai(self, word: int, t: int, s: int, r: int) -> None:
        """Format RRI8: loads, stores and immediates."""
        a, immediate = self.registers, word >> 16
        if r == 2:  # L32I
            a[t] = int.from_bytes(self._word(a[s] + 4 * immediate, self.read), "little")
        elif r == 6:  # S32I
            self._word(a[s] + 4 * immediate, self.written)[:] = a[t].to_bytes(4, "little")
        elif r == 10:  # MOVI
            a[t] = signed(s << 8 | immediate, 12) & MASK
        elif r == 12:  # ADDI
            a[t] = a[s] + signed(immediate, 8) & MASK
        else:
            raise self._unknown(word)

    def _si(self, word: int, t: int, s: int, r: int) -> int | None:
        """Formats CALL and BRI12: n and m, the halves of t, say what."""
        n, m, a = t & 3, t >> 2, self.registers
        if n == 0:  # J
            return signed(word >> 6, 18)
        if n == 3 and m == 0:  # ENTRY
            a[s] = a[s] - 8 * (word >> 12) & MASK
            return None
        if n == 1:  # BEQZ, BNEZ, BLTZ, BGEZ
            value = signed(a[s], 32)
            taken = (value == 0, value != 0, value < 0, value >= 0)[m]
            return signed(word >> 12, 12) if taken else None
        raise self._unknown(word)
