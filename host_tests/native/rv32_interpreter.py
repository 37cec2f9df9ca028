"""RV32IM machine code, decoded and run: the instructions that montgomery_rv32.mpy has, and no more.

Written from The RISC-V Instruction Set Manual, volume I (chapters "RV32I" and "M"), not from the generator, with which
it shares nothing. What is not known raises ValueError. QEMU runs the same bytes, test_in_micropython.py; here they are
counted.
"""

from __future__ import annotations

from native.interpreted_core import MASK, InterpretedCore, signed

_RETURN_ADDRESS = 0xFFFFF000


class Core(InterpretedCore):
    """Its registers are x0 to x31."""

    register_count = 32

    def run(self, code: bytes, most_instructions: int = 1_000_000) -> None:
        self.registers[1] = _RETURN_ADDRESS
        super().run(code, most_instructions)

    def _step(self, code: bytes, at: int) -> int | None:
        word = int.from_bytes(code[at : at + 4], "little")
        x, following = self.registers, at + 4
        opcode, rd, funct3, a, b = word & 127, word >> 7 & 31, word >> 12 & 7, x[word >> 15 & 31], x[word >> 20 & 31]
        immediate = signed(word >> 20, 12)
        value: int | None = None
        if opcode == 0x33:
            value = self._register(word >> 25, funct3, a, b)
        elif opcode == 0x13:
            value = self._immediate(funct3, a, immediate)
        elif opcode == 0x03 and funct3 == 2:  # LW
            value = int.from_bytes(self._word(a + immediate & MASK, self.read), "little")
        elif opcode == 0x23 and funct3 == 2:  # SW
            offset = signed(word >> 25 << 5 | rd, 12)
            self._word(a + offset & MASK, self.written)[:] = b.to_bytes(4, "little")
        elif opcode == 0x63:
            offset = (word >> 31) << 12 | (word >> 7 & 1) << 11 | (word >> 25 & 63) << 5 | (word >> 8 & 15) << 1
            if self._taken(funct3, a, b):
                self.cycles += 2
                following = at + signed(offset, 13)
        elif opcode == 0x67 and funct3 == 0 and rd == 0:  # JALR that keeps no address
            self.cycles += 2
            following = a + immediate & MASK & ~1
        else:
            raise ValueError(f"{word:08x} at {at} is not known")
        if value is not None and rd:
            x[rd] = value & MASK
        return None if following == _RETURN_ADDRESS else following

    def _register(self, funct7: int, funct3: int, a: int, b: int) -> int:
        if funct7 == 1 and funct3 in (0, 3):  # MUL, MULHU
            self.cycles += 1
            return a * b >> (32 if funct3 else 0)
        if funct3 == 0 and funct7 in (0, 0x20):  # ADD, SUB
            return a - b if funct7 else a + b
        raise ValueError(f"funct7 {funct7}, funct3 {funct3} is not known")

    def _immediate(self, funct3: int, a: int, immediate: int) -> int:
        if funct3 == 0:  # ADDI
            return a + immediate
        if funct3 == 7:  # ANDI
            return a & immediate
        if funct3 in (1, 5) and 0 <= immediate < 32:  # SLLI, SRLI
            return a << immediate if funct3 == 1 else a >> immediate
        raise ValueError(f"funct3 {funct3} with {immediate} is not known")

    def _taken(self, funct3: int, a: int, b: int) -> bool:
        if funct3 == 0:  # BEQ
            return a == b
        if funct3 == 1:  # BNE
            return a != b
        if funct3 == 4:  # BLT
            return signed(a, 32) < signed(b, 32)
        raise ValueError(f"branch {funct3} is not known")
