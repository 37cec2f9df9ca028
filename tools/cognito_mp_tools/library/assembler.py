"""What the assemblers for Xtensa and RV32 have in common: bytes, labels, and branches to labels that come later."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Assembler(ABC):
    """Machine code as it grows. Registers have numbers, and what each instruction does is said in our own words.

    What is called `number` must fit into 12 bits with a sign; the sum of add_number() into 8.
    """

    # The registers that a function may use as it likes, and the one that points to its frame.
    free_registers: tuple[int, ...]
    stack_pointer: int

    def __init__(self) -> None:
        self._code = bytearray()
        self._labels: dict[str, int] = {}
        self._branches: list[tuple[int, str]] = []

    def label(self, name: str) -> None:
        """Here is what branches to `name` go to."""
        if name in self._labels:
            raise ValueError(f"there is a label {name} already")
        self._labels[name] = len(self._code)

    def code(self) -> bytes:
        """All of it, with the branches' targets filled in. Raises ValueError where one is too far away."""
        code = bytearray(self._code)
        for at, name in self._branches:
            self._aim(code, at, self._labels[name] - at)
        return bytes(code)

    def _branch(self, instruction: bytes, to: str) -> None:
        self._branches.append((len(self._code), to))
        self._code += instruction

    @abstractmethod
    def _aim(self, code: bytearray, at: int, distance: int) -> None:
        """Let the branch at `at` go `distance` bytes further than itself."""

    @abstractmethod
    def enter(self, arguments: tuple[int, ...], frame: int) -> None:
        """Begin as a function that MicroPython calls as native code, fun(self, n_args, n_kw, args), with `frame` bytes
        at the stack pointer of its own; `arguments` get its arguments, each an object (py/objfun.c, fun_viper_call).
        """

    @abstractmethod
    def leave(self, frame: int) -> None:
        """Return the small int 0."""

    @abstractmethod
    def load(self, into: int, base: int, offset: int) -> None: ...

    @abstractmethod
    def store(self, value: int, base: int, offset: int) -> None: ...

    @abstractmethod
    def number(self, into: int, number: int) -> None: ...

    @abstractmethod
    def add_number(self, into: int, a: int, number: int) -> None: ...

    @abstractmethod
    def add(self, into: int, a: int, b: int) -> None: ...

    @abstractmethod
    def subtract(self, into: int, a: int, b: int) -> None: ...

    @abstractmethod
    def multiply(self, into: int, a: int, b: int) -> None:
        """The lower half of the product."""

    @abstractmethod
    def multiply_high(self, into: int, a: int, b: int) -> None:
        """The upper half of the product of two numbers without a sign."""

    @abstractmethod
    def shift_left(self, into: int, a: int, bits: int) -> None: ...

    @abstractmethod
    def shift_right(self, into: int, a: int, bits: int) -> None:
        """Zeros come in from the left."""

    @abstractmethod
    def low_bits(self, into: int, a: int, bits: int) -> None:
        """The lowest `bits` of a, of 1 to 8."""

    @abstractmethod
    def at_most(self, a: int, b: int) -> None:
        """a = b where b is less than a, both with a sign."""

    @abstractmethod
    def at_least(self, a: int, b: int) -> None:
        """a = b where b is more than a, both with a sign."""

    @abstractmethod
    def branch_if_zero(self, a: int, to: str) -> None: ...

    @abstractmethod
    def branch_if_not_zero(self, a: int, to: str) -> None: ...

    @abstractmethod
    def branch_if_negative(self, a: int, to: str) -> None: ...

    @abstractmethod
    def jump(self, to: str) -> None: ...
