"""The Montgomery product of SRP's group in machine code, for chips that multiply 32 by 32 bits: Xtensa and RV32.

    python -m cognito_mp_tools.library.montgomery_words      writes lib/cognito_mp/crypto/montgomery_*.mpy

product(out, a, b, modulus): out = a * b / 2**3136 modulo N, below 2**3073, for a and b below 2**3088. Each argument is
the address of 100 words, divided by 4; out must differ from the others, modulus holds N + 1. A number is 97 words of 32
bits, the lowest first, after one word and before two that are 0:

    index    0   1 2 3               97   98 99
             0   x[0] x[1] x[2] ... x[96]  0  0

Column k of a product is the sum of all x[i] * y[k - i]. Two columns are summed at once: each step loads one word of x
and one of y, and multiplies twice (for i = 0, 1, 2 ...):

             x[i]   * y[k - i]   y[k+1 - i]        what was y[k - i] is y[k+1 - i] of the next step, and steps are
                        |            |             written out in pairs: nothing is moved
    column              k          k + 1

No carry is propagated meanwhile, for it would take a branch on Xtensa, which has no flag for it. The lower half of a
product belongs to its column, the upper half to the next one; of all that belongs to a column there are two sums, each
in a register: `low`, of the words modulo 2**32, and `top`, of the upper 16 bits of each. The true sum is

    top * 2**16 + (low - top * 2**16) % 2**32

because what top leaves out is below 2**16 for each of the words, of which there are less than 2**10.

Montgomery's reduction (Mathematics of Computation 44, 1985) with R = 2**3136 adds multiples q[k] * N that make the
lowest 98 columns 0. N is -1 modulo 2**64, so q[k] is column k's own lowest word; and because N + 1 is what is stored,
whose two lowest words are 0, two columns need no q of each other. `out` holds q until the upper half, which is the
result, overwrites it. A square takes each pair of words once, doubled. No branch depends on a, b or what is in them,
but for "a is b".
"""

from __future__ import annotations

from cognito_mp_tools.library import native_module
from cognito_mp_tools.library.assembler import Assembler
from cognito_mp_tools.library.rv32_assembler import RV32
from cognito_mp_tools.library.xtensa_assembler import Xtensa
from cognito_mp_tools.project import LIBRARY

FOLDER = LIBRARY / "cognito_mp" / "crypto"
# By the name of the module; mpy-cross's name of the architecture, and what writes its instructions.
ARCHITECTURES: dict[str, tuple[str, type[Assembler]]] = {
    "montgomery_xtensa": ("xtensawin", Xtensa),
    "montgomery_rv32": ("rv32imc", RV32),
}

# In bytes: where the last word of a number and of N + 1 is, and behind the last of a number and of q.
_LAST_WORD, _LAST_OF_PRIME, _NUMBER, _QUOTIENT = 4 * 96, 4 * 95, 4 * 97, 4 * 98
_PAIR = 8  # two columns
_UNROLLED = 8
_TURN = 4 * _UNROLLED
# What is in the frame: addresses of word 0 of each number, 4 * k, the sums carried from one pair to the next, and
# which of the two passes is under way.
_OUT, _A, _B, _MODULUS, _COLUMN, _CARRIED_LOW, _CARRIED_TOP, _REDUCING = range(0, 32, 4)
_FRAME = 32


class _Product:
    """The code for one architecture. A pass sums x[i] * y[k - i] and x[i] * y[k+1 - i] over a range of i."""

    def __init__(self, assembler: Assembler) -> None:
        self.asm = assembler
        (
            self.x_at,  # address of x[i]
            self.y_at,  # of y[k - i], less the turn
            self.x,
            self.y0,  # y[k - i] and y[k+1 - i], in turn
            self.y1,
            self.low0,  # column k
            self.top0,
            self.low1,  # column k + 1
            self.top1,
            self.low2,  # column k + 2
            self.top2,
            self.left,  # turns of the loop
            self.t,
            self.u,
        ) = assembler.free_registers[:14]

    def code(self) -> bytes:
        asm = self.asm
        self._begin()
        asm.label("columns")
        self._clear()
        self._range_of_factors()
        asm.label("pass")
        self._pass()
        asm.label("passed")
        self._from_frame((self.t, _REDUCING))
        asm.branch_if_not_zero(self.t, "finish")
        self._finish_square()
        asm.label("reduce")
        self._range_of_quotient()
        asm.jump("pass")
        asm.label("finish")
        self._finish()
        asm.branch_if_not_zero(self.t, "columns")
        asm.leave(_FRAME)
        return asm.code()

    def _from_frame(self, *loads: tuple[int, int]) -> None:
        for register, place in loads:
            self.asm.load(register, self.asm.stack_pointer, place)

    def _to_frame(self, register: int, place: int) -> None:
        self.asm.store(register, self.asm.stack_pointer, place)

    def _begin(self) -> None:
        arguments = self.asm.free_registers[:4]
        self.asm.enter(arguments, _FRAME)
        for register, place in zip(arguments, (_OUT, _A, _B, _MODULUS), strict=True):
            # The object of a small int is twice the number and 1; word 0 is behind a word.
            self.asm.add(register, register, register)
            self.asm.add_number(register, register, 4 - 2)
            self._to_frame(register, place)
        self.asm.number(self.t, 0)
        for place in (_COLUMN, _CARRIED_LOW, _CARRIED_TOP):
            self._to_frame(self.t, place)

    def _clear(self) -> None:
        for register in self._sums():
            self.asm.number(register, 0)

    def _sums(self) -> tuple[int, ...]:
        return self.low0, self.top0, self.low1, self.top1, self.low2, self.top2

    def _range_of_factors(self) -> None:
        """a and b; of a square only the pairs left of the diagonal. Bytes, as all ranges: from x to left."""
        asm, start = self.asm, self.x
        self._from_frame((self.x_at, _A), (self.y_at, _B), (self.left, _COLUMN))
        asm.subtract(self.u, self.x_at, self.y_at)
        self._first_of_range(start, _LAST_WORD)
        asm.branch_if_not_zero(self.u, "two factors")
        asm.shift_right(self.left, self.left, 1)
        asm.jump("factors")
        asm.label("two factors")
        asm.add_number(self.left, self.left, _PAIR)
        asm.number(self.u, _NUMBER)
        asm.at_most(self.left, self.u)
        asm.label("factors")
        asm.number(self.t, 0)
        self._to_frame(self.t, _REDUCING)

    def _range_of_quotient(self) -> None:
        """q and N + 1."""
        asm, start = self.asm, self.x
        self._from_frame((self.x_at, _OUT), (self.y_at, _MODULUS), (self.left, _COLUMN))
        self._first_of_range(start, _LAST_OF_PRIME)
        asm.number(self.t, _QUOTIENT)
        asm.at_most(self.left, self.t)
        asm.number(self.t, 1)
        self._to_frame(self.t, _REDUCING)

    def _first_of_range(self, start: int, last: int) -> None:
        """start = max(0, 4 * k - last), and the addresses there: of x[i], and of y[k+1 - i]."""
        asm = self.asm
        asm.add(self.y_at, self.y_at, self.left)
        asm.number(self.t, last)
        asm.subtract(start, self.left, self.t)
        asm.number(self.t, 0)
        asm.at_least(start, self.t)
        asm.add(self.x_at, self.x_at, start)
        asm.subtract(self.y_at, self.y_at, start)
        asm.add_number(self.y_at, self.y_at, 4)

    def _pass(self) -> None:
        """The first turn begins in the middle, so that the rest are whole ones."""
        asm, skipped = self.asm, self.t
        asm.subtract(self.left, self.left, self.x)
        asm.number(self.t, 0)
        asm.at_least(self.left, self.t)
        asm.branch_if_zero(self.left, "passed")
        asm.load(self.y0, self.y_at, 0)
        asm.load(self.y1, self.y_at, 0)
        asm.subtract(skipped, self.t, self.left)
        asm.low_bits(skipped, skipped, 5)
        asm.subtract(self.x_at, self.x_at, skipped)
        asm.add(self.y_at, self.y_at, skipped)
        asm.add_number(self.y_at, self.y_at, -_TURN)
        asm.add(self.left, self.left, skipped)
        asm.shift_right(self.left, self.left, 5)
        for step in range(_UNROLLED - 1):
            asm.branch_if_zero(skipped, f"step {step}")
            asm.add_number(skipped, skipped, -4)
        asm.jump(f"step {_UNROLLED - 1}")
        for step in range(_UNROLLED):
            asm.label(f"step {step}")
            self._step(step)
        asm.add_number(self.x_at, self.x_at, _TURN)
        asm.add_number(self.y_at, self.y_at, -_TURN)
        asm.add_number(self.left, self.left, -1)
        asm.branch_if_not_zero(self.left, "step 0")

    def _step(self, step: int) -> None:
        before, now = (self.y0, self.y1) if step % 2 == 0 else (self.y1, self.y0)
        self.asm.load(self.x, self.x_at, 4 * step)
        self.asm.load(now, self.y_at, _TURN - 4 - 4 * step)
        self._sum(before, (self.low1, self.top1), (self.low2, self.top2))
        self._sum(now, (self.low0, self.top0), (self.low1, self.top1))

    def _sum(self, y: int, column: tuple[int, int], next_column: tuple[int, int]) -> None:
        """x * y to the sums of its column and the next."""
        asm = self.asm
        asm.multiply(self.t, self.x, y)
        asm.multiply_high(self.u, self.x, y)
        for half, (low, top) in ((self.t, column), (self.u, next_column)):
            asm.add(low, low, half)
            asm.shift_right(half, half, 16)
            asm.add(top, top, half)

    def _finish_square(self) -> None:
        """The pairs doubled, and the diagonal; nothing where a and b are two."""
        asm = self.asm
        self._from_frame((self.x_at, _A), (self.t, _B), (self.left, _COLUMN))
        asm.subtract(self.t, self.t, self.x_at)
        asm.branch_if_not_zero(self.t, "reduce")
        asm.shift_right(self.left, self.left, 1)
        asm.add(self.x_at, self.x_at, self.left)
        asm.load(self.x, self.x_at, 0)
        asm.load(self.y1, self.x_at, 4)
        self._sum(self.y1, (self.low1, self.top1), (self.low2, self.top2))
        for register in self._sums():
            asm.add(register, register, register)
        self._sum(self.x, (self.low0, self.top0), (self.low1, self.top1))

    def _finish(self) -> None:
        """Two words of q, later of the result, and what is carried; t = 0 after the last pair."""
        asm, column = self.asm, self.left
        self._from_frame((self.t, _CARRIED_LOW), (self.u, _CARRIED_TOP))
        asm.add(self.low0, self.low0, self.t)
        asm.add(self.top0, self.top0, self.u)
        self._carry(self.low0, self.top0, self.low1)
        self._carry(self.low1, self.top1, self.low2)
        self._to_frame(self.low2, _CARRIED_LOW)
        self._to_frame(self.top2, _CARRIED_TOP)
        self._from_frame((self.u, _OUT), (column, _COLUMN))
        asm.number(self.t, _QUOTIENT)
        asm.subtract(self.t, column, self.t)
        asm.branch_if_negative(self.t, "of the quotient")
        asm.add(self.u, self.u, self.t)
        asm.jump("put")
        asm.label("of the quotient")
        asm.add(self.u, self.u, column)
        asm.label("put")
        asm.store(self.low0, self.u, 0)
        asm.store(self.low1, self.u, 4)
        asm.add_number(column, column, _PAIR)
        self._to_frame(column, _COLUMN)
        asm.number(self.t, 2 * _QUOTIENT)
        asm.subtract(self.t, self.t, column)

    def _carry(self, low: int, top: int, into: int) -> None:
        """What the true sum of a column has above its word."""
        asm = self.asm
        asm.shift_left(self.t, top, 16)
        asm.subtract(self.t, low, self.t)
        asm.shift_right(self.t, self.t, 16)
        asm.add(self.t, self.t, top)
        asm.shift_right(self.t, self.t, 16)
        asm.add(into, into, self.t)


def machine_code(module: str) -> bytes:
    """product() for the architecture of `module`, one of ARCHITECTURES."""
    _, assembler = ARCHITECTURES[module]
    return _Product(assembler()).code()


def modules() -> dict[str, bytes]:
    """The .mpy of each architecture, by the name of its module."""
    # Frozen in, a module has the name of the source that its .mpy names (tools/mpy-tool.py).
    return {
        module: native_module.with_function(
            "product", machine_code(module), architecture, f"cognito_mp/crypto/{module}.py"
        )
        for module, (architecture, _) in ARCHITECTURES.items()
    }


def main() -> None:
    for module, content in modules().items():
        path = FOLDER / f"{module}.mpy"
        path.write_bytes(content)
        print(f"{path} is written, {len(content)} bytes")


if __name__ == "__main__":
    main()
