"""Writes lib/cognito_mp/crypto/montgomery_thumb.py, the Montgomery product of SRP's group in assembler for Thumb.

    python -m cognito_mp_tools.library.montgomery_thumb

The inner loop is unrolled, and some instructions that MicroPython's assembler does not know are written as numbers:
both are better made than typed. In the texts below {steps}, {put_aside} and {store} stand for what is made, add_high,
cmp_high and uxth for those instructions.
"""

from __future__ import annotations

import re

from cognito_mp_tools.project import LIBRARY

SOURCE = LIBRARY / "cognito_mp" / "crypto" / "montgomery_thumb.py"

# A column takes as many products of two limbs before its upper half must be put aside. The texts below know it too.
_UNROLLED = 16
_COLUMNS = (("r2", "r8"), ("r3", "r9"), ("r4", "r10"))

_HEADER = '''"""Products modulo N of SRP's group, for Thumb. Written by cognito_mp_tools.library.montgomery_thumb.

A number is array('H') of 230: 222 limbs of 14 bits, the lowest first, between 4 limbs and 4 limbs that are 0.

    index    0 1 2 3   4 5 6 ...             225   226 227 228 229
             0 0 0 0   x[0] x[1] x[2] ... x[221]     0   0   0   0

Column k of a product is the sum of all x[i] * y[k - i]. Two limbs make 28 bits, so 16 products fit a register. Three
columns are summed at once: each step loads one limb of x and one of y, and multiplies three times, in 11 cycles of a
Cortex-M0+ (for i = 0, 1, 2 ...):

             x[i]   * y[k - i]   y[k+1 - i]   y[k+2 - i]        the y move up by one register with each step;
                        |            |            |             only y[k - i] is loaded
    column              k          k + 1        k + 2

    r0   address of x[i], rises              r2   column k        r8    its upper part, in units of 2**16
    r1   address of y[k - i], falls          r3   column k + 1    r9    likewise
    r5   x[i]                                r4   column k + 2    r10   likewise
    r6, r7   y[k+1 - i] and y[k+2 - i]       r11  2 * k           r12   where r1 stops

    stack    [0] out   [4] a   [8] b   [12] modulus   [16] what the columns so far carry into the next

Montgomery's reduction (Mathematics of Computation 44, 1985) with R = 2**3108 adds multiples q[k] * N that make the
lowest 222 columns 0. N is -1 modulo 2**64, so q[k] is column k's own lowest limb; and because N + 1 is what is
stored, whose four lowest limbs are 0, three columns need no q of each other. `out` holds q until the upper half, which
is the result, overwrites it. No branch depends on a, b or what is in them, but for "a is b": a square takes half of the
products.
"""
# ruff: noqa: F821 (instructions and registers are names of MicroPython's assembler)
# mypy: ignore-errors

import micropython


@micropython.asm_thumb
def product(r0, r1, r2, r3):
    """out, a, b, modulus: out = a * b / 2**3108 modulo N, below 2 * N, for a and b below 2**17 * N.

    All are arrays as above; out is none of the others, modulus holds N + 1.
    """
'''

_PRODUCT = """\
    # What the caller has in r8 to r11; MicroPython itself saves r4 to r7.
    mov(r4, r8)
    mov(r5, r9)
    mov(r6, r10)
    mov(r7, r11)
    push({r4, r5, r6, r7})

    # Past the zeros in front; the first three columns, with nothing carried.
    add(r0, 8)
    add(r1, 8)
    add(r2, 8)
    add(r3, 8)
    mov(r4, 0)
    mov(r11, r4)
    push({r0, r1, r2, r3, r4})

    label(columns)  # k, k + 1 and k + 2
    mov(r2, 0)
    mov(r3, r2)
    mov(r4, r2)
    mov(r8, r2)
    mov(r9, r2)
    mov(r10, r2)
    mov(r5, sp)
    ldr(r0, [r5, 4])
    ldr(r1, [r5, 8])
    cmp(r0, r1)
    beq(square)

    # + a * b
    ldr(r2, [r5, 16])  # what is carried in
    bl(put_aside)
    mov(r5, r11)
    mov(r6, 222)
    lsl(r6, r6, 1)
    mov(r7, r5)
    add(r7, 8)  # limbs 0 to k + 2 of a, and one that meets a 0 at the most
    bl(range)
    bl(multiply)
    b(reduce)

    # + a * a: each pair once, doubled, then the diagonal and what is next to it. r7 = 2 * h: the h = (k + 1) // 2
    # limbs before the diagonal.
    label(square)
    mov(r5, r11)
    mov(r6, 222)
    lsl(r6, r6, 1)
    add(r7, r5, 2)
    lsr(r7, r7, 2)
    lsl(r7, r7, 1)
    add(r1, r1, r5)
    cmp(r5, r6)
    bcc(from_the_first)
    # From i = k - 221 on: below it, y[k - i] is past the last limb.
    sub(r5, r5, r6)
    add(r5, 2)
    add(r0, r0, r5)
    sub(r1, r1, r5)
    sub(r7, r7, r5)
    label(from_the_first)
    # An even number of steps: one more at the lower end, where a limb that is 0 is met.
    mov(r5, 2)
    and_(r5, r7)
    sub(r0, r0, r5)
    add(r1, r1, r5)
    add(r7, r7, r5)
    beq(diagonal)
    bl(multiply)
    bl(put_aside)
    label(diagonal)
    mov(r5, sp)
    ldr(r0, [r5, 4])
    mov(r7, r11)
    add(r6, r7, 2)
    lsr(r6, r6, 2)
    lsl(r6, r6, 1)
    add(r0, r0, r6)
    ldrh(r5, [r0, 0])
    ldrh(r6, [r0, 2])
    lsr(r7, r7, 2)
    bcs(odd)
    # k even, h = k / 2: a[h] squared, a[h] a[h+1], a[h] a[h+2] and a[h+1] squared are left.
    ldrh(r7, [r0, 4])
    mul(r7, r5)
    add(r4, r4, r7)
    mov(r7, r6)
    mul(r7, r5)
    add(r3, r3, r7)
    bl(double)
    mul(r5, r5)
    mul(r6, r6)
    add(r2, r2, r5)
    add(r4, r4, r6)
    b(carried)
    # k odd, h = (k + 1) / 2: a[h] squared in column k + 1, and a[h] a[h+1].
    label(odd)
    mul(r6, r5)
    add(r4, r4, r6)
    bl(double)
    mul(r5, r5)
    add(r3, r3, r5)
    label(carried)
    mov(r5, sp)
    ldr(r5, [r5, 16])
    add(r2, r2, r5)

    # + q * (N + 1)
    label(reduce)
    bl(put_aside)
    mov(r5, sp)
    ldr(r0, [r5, 0])
    ldr(r1, [r5, 12])
    mov(r5, r11)
    mov(r6, 222)
    lsl(r6, r6, 1)
    mov(r7, r5)  # q[0] to q[k - 1]
    bl(range)
    cmp(r7, 0)
    beq(store)
    bl(multiply)

    # The limbs of the three columns: q in the lower half, the result in the upper.
    label(store)
    mov(r5, sp)
    ldr(r0, [r5, 0])
    mov(r5, r11)
    mov(r6, 222)
    lsl(r6, r6, 1)
    add(r0, r0, r5)
    cmp(r5, r6)
    bcc(lower)
    sub(r0, r0, r6)
    label(lower)
{store}    mov(r5, sp)
    str(r6, [r5, 16])  # what is carried out
    mov(r5, r11)
    add(r5, 6)
    mov(r11, r5)
    mov(r6, 222)
    lsl(r6, r6, 1)
    add(r6, r6, r6)
    cmp(r5, r6)
    beq(last)
    b(columns)
    label(last)
    b(done)

    # Which limbs meet in column k and the two after it. Before: r0 = x, r1 = y, r5 = 2 * k, r6 = 444,
    # r7 = twice the steps if k < 222. After: r0, r1 where to begin, r7 = twice the steps, made even.
    label(range)
    add(r1, r1, r5)
    cmp(r5, r6)
    bcc(steps)
    add(r7, r6, r6)
    sub(r7, r7, r5)
    lsr(r7, r7, 2)
    lsl(r7, r7, 2)
    sub(r6, r6, r7)
    add(r0, r0, r6)
    sub(r1, r1, r6)
    label(steps)
    lsr(r7, r7, 2)
    lsl(r7, r7, 2)
    bx(lr)

    # All three columns, twice.
    label(double)
    add(r2, r2, r2)
    add(r3, r3, r3)
    add(r4, r4, r4)
    add_high(r8, r8)
    add_high(r9, r9)
    add_high(r10, r10)
    bx(lr)

    # The upper half of each column, to its high register.
    label(put_aside)
{put_aside}    bx(lr)

    # r7 / 2 steps, an even number of at least 2. It jumps into the middle of the unrolled ones, so that the rest
    # are whole rounds of 16. r5 = twice the steps that the first round leaves out, 18 bytes each.
    label(multiply)
    neg(r5, r7)
    mov(r6, 31)
    and_(r5, r6)
    sub(r0, r0, r5)
    add(r7, r7, r5)
    mov(r6, r1)
    add(r1, r1, r5)
    sub(r1, 30)
    sub(r7, r1, r7)
    mov(r12, r7)
    lsl(r7, r5, 3)
    add(r5, r5, r7)
    ldrh(r7, [r6, 2])  # y[k+1 - i]
    ldrh(r6, [r6, 4])  # y[k+2 - i]
    add_high(pc, r5)
    nop()
    label(round)
{steps}    add(r0, 32)
    sub(r1, 32)
    cmp_high(r1, r12)
    beq(multiplied)
{put_aside}    b(round)
    label(multiplied)
    bx(lr)

    label(done)
    pop({r0, r1, r2, r3, r4})
    pop({r4, r5, r6, r7})
    mov(r8, r4)
    mov(r9, r5)
    mov(r10, r6)
    mov(r11, r7)
"""

_SHIFT = '''

@micropython.asm_thumb
def shift_left(r0, r1):
    """x, bits: x <<= bits, of 0 to 15, for an x whose result fits."""
    add(r0, 8)
    mov(r2, 0)
    mov(r3, 222)
    label(limb)
    ldrh(r4, [r0, 0])
    lsl(r4, r1)
    add(r4, r4, r2)
    lsr(r2, r4, 14)
    lsl(r4, r4, 18)
    lsr(r4, r4, 18)
    strh(r4, [r0, 0])
    add(r0, 2)
    sub(r3, 1)
    bne(limb)
'''


def _numbered(line: str) -> str:
    """`line`, with an instruction that the assembler does not know as a number.

    Source: ARMv6-M Architecture Reference Manual, ADD (register) T2, CMP (register) T2, UXTH T1.
    """
    found = re.fullmatch(r"( *)(add_high|cmp_high|uxth)\((\w+)(?:, (\w+))?\)", line)
    if not found:
        return line
    space, name, first, second = found.groups()
    target = 15 if first == "pc" else int(first[1:])
    source = int((second or first)[1:])
    code = 0xB280 | source << 3 | target
    if name != "uxth":
        code = (0x4400 if name == "add_high" else 0x4500) | (target & 8) << 4 | source << 3 | target & 7
    return f"{space}data(2, 0x{code:04X})  # {name.removesuffix('_high')}({first}, {second or first})"


def _put_aside() -> list[str]:
    lines = []
    for low, high in _COLUMNS:
        lines += [f"lsr(r5, {low}, 16)", f"add_high({high}, r5)", f"uxth({low})"]
    return lines


def _steps() -> list[str]:
    lines = []
    for step in range(_UNROLLED):
        # y[k+1 - i] of this step is y[k+2 - i] of the next one.
        later, earlier = ("r6", "r7") if step % 2 == 0 else ("r7", "r6")
        lines += [
            f"ldrh(r5, [r0, {2 * step}])",
            f"mul({later}, r5)",
            f"add(r4, r4, {later})",
            f"mov({later}, {earlier})",
            f"mul({later}, r5)",
            f"add(r3, r3, {later})",
            f"ldrh({later}, [r1, {2 * (_UNROLLED - 1 - step)}])",
            f"mul(r5, {later})",
            "add(r2, r2, r5)",
        ]
    return lines


def _store() -> list[str]:
    """Three limbs to r0, lowest first; r6 carries from each to the next."""
    lines = []
    for place, (low, high) in enumerate(_COLUMNS):
        lines += [f"mov(r5, {high})", "lsl(r5, r5, 2)", f"lsr(r7, {low}, 14)", "add(r5, r5, r7)"]
        lines += [f"lsl({low}, {low}, 18)", f"lsr({low}, {low}, 18)"]
        if place:
            lines += [f"add({low}, {low}, r6)", f"lsr(r7, {low}, 14)", "add(r5, r5, r7)"]
            lines += [f"lsl({low}, {low}, 18)", f"lsr({low}, {low}, 18)"]
        lines += [f"strh({low}, [r0, {2 * place}])", "mov(r6, r5)"]
    return lines


def _block(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)


def source() -> str:
    """The module's text."""
    product = _PRODUCT
    for name, lines in (("steps", _steps()), ("put_aside", _put_aside()), ("store", _store())):
        product = product.replace("{%s}" % name, _block(lines))
    return "\n".join(map(_numbered, (_HEADER + product + _SHIFT).split("\n")))


def main() -> None:
    SOURCE.write_text(source())
    print(f"{SOURCE} is written")


if __name__ == "__main__":
    main()
