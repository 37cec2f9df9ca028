"""What the two interpreters of machine code share: a core's state, its memory, and what of it a program may touch.

Nothing of an instruction is in here: each interpreter decodes its own, from its own manual.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

MASK = 0xFFFFFFFF


def signed(value: int, bits: int) -> int:
    """`value`, of so many bits, as two's complement has it."""
    return value - (1 << bits) if value >> bits - 1 & 1 else value


@dataclass
class InterpretedCore:
    """`memory` begins at address `base`; `registers` are the architecture's, by their numbers.

    cycles: 1 for an instruction, 2 for a multiplication, 3 for a branch that is taken; loads 1, as an ESP32 takes them
    from its internal RAM.
    """

    register_count: ClassVar[int]
    memory: bytearray
    base: int
    cycles: int = 0
    instructions: int = 0
    # Each address that was read or written, so that a test can say what a function may touch.
    read: set[int] = field(default_factory=set)
    written: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.registers = [0] * self.register_count

    def run(self, code: bytes, most_instructions: int = 1_000_000) -> None:
        """Run `code` from its first byte until it returns. Raises ValueError for what is not known."""
        at = 0
        for _ in range(most_instructions):
            self.instructions += 1
            self.cycles += 1
            following = self._step(code, at)
            if following is None:
                return
            at = following
        raise ValueError(f"no end after {most_instructions} instructions")

    def _step(self, code: bytes, at: int) -> int | None:
        """Do the instruction at `at`; where the next one is, None at the end."""
        raise NotImplementedError

    def _word(self, address: int, touched: set[int]) -> memoryview:
        place = address - self.base
        if address % 4 or not 0 <= place <= len(self.memory) - 4:
            raise ValueError(f"no word at {address:#x}")
        touched.add(address)
        return memoryview(self.memory)[place : place + 4]
