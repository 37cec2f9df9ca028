"""Products modulo N as the machine code of montgomery_xtensa.mpy and montgomery_rv32.mpy makes them, in a memory."""

from __future__ import annotations

import random
from dataclasses import dataclass

from cognito_mp.crypto import srp_group
from cognito_mp_tools.library.montgomery_words import machine_code
from native import rv32_interpreter, xtensa_interpreter

N = int.from_bytes(srp_group.N, "big")
R = 1 << 3136
LARGEST = (1 << 3088) - 1  # what product() takes
FULL = (1 << 32) - 1
MODULES = ("montgomery_xtensa", "montgomery_rv32")

_BASE = 0x3FFB0000  # an ESP32's RAM
_SIZE = 400
_OUT, _A, _B, _MODULUS, _ARGUMENTS, _STACK = (_BASE + place for place in (0, 0x200, 0x400, 0x600, 0x800, 0xC00))


def number(value: int) -> bytes:
    """The 100 words that montgomery_words describes."""
    return bytes(4) + value.to_bytes(388, "little") + bytes(8)


MODULUS = number(N + 1)


@dataclass(frozen=True)
class Result:
    """What a product was, and what it took."""

    value: int
    cycles: int
    instructions: int


def product(module: str, a: int, b: int) -> Result:
    """a * b / R by the code of `module`; where a is b, by one address. Raises ValueError when it wrote elsewhere."""
    memory = bytearray(b"\xaa" * 0x1000)
    addresses = (_OUT, _A, _A if a is b else _B, _MODULUS)
    before_it = bytes(4) + b"\xff" * 388 + bytes(8)  # whatever was there must not matter
    for address, content in zip(addresses, (before_it, number(a), number(b), MODULUS), strict=True):
        memory[address - _BASE : address - _BASE + _SIZE] = content
    for place, address in enumerate(addresses):
        start = _ARGUMENTS - _BASE + 4 * place
        memory[start : start + 4] = (address >> 2 << 1 | 1).to_bytes(4, "little")
    core: xtensa_interpreter.Core | rv32_interpreter.Core
    if module == "montgomery_xtensa":
        core = xtensa_interpreter.Core(memory, _BASE)
        core.registers[1], core.registers[5], returned = _STACK, _ARGUMENTS, 2
    else:
        core = rv32_interpreter.Core(memory, _BASE)
        core.registers[2], core.registers[13], returned = _STACK, _ARGUMENTS, 10
        core.registers[8] = core.registers[9] = 0x5EED  # s0 and s1 are the caller's
    before = list(core.registers)
    core.run(machine_code(module))
    if core.registers[returned] != 1:
        raise ValueError("the small int 0 is not what it returned")
    saved = (2, 3, 4, 8, 9, *range(18, 28))
    if module == "montgomery_rv32" and any(core.registers[register] != before[register] for register in saved):
        raise ValueError("a register of the caller's has changed")
    # Of Xtensa's frame of 64 bytes the upper 32 are where callers' registers go when an interrupt spills them.
    frame = range(_STACK - 64, _STACK - 32) if module == "montgomery_xtensa" else range(_STACK - 32, _STACK)
    numbers = [range(address, address + _SIZE) for address in addresses]
    _require(core.written, [range(_OUT + 4, _OUT + 4 + 392), frame])
    _require(core.read, [*numbers, range(_ARGUMENTS, _ARGUMENTS + 16), frame])
    out = bytes(memory[:_SIZE])
    if any(out[:4]) or any(out[392:]):
        raise ValueError("what is before and behind a number is not 0 any more")
    return Result(int.from_bytes(out[4:392], "little"), core.cycles, core.instructions)


def _require(touched: set[int], places: list[range]) -> None:
    """Raise ValueError when an address is in none of the places."""
    beside = [hex(address) for address in touched if not any(address in place for place in places)]
    if beside:
        raise ValueError(f"the product has no business with these: {beside}")


_random = random.Random(3136)


def below(end: int) -> int:
    return _random.randrange(end)


def of_words(choices: tuple[int, ...]) -> int:
    """A number whose words are drawn from `choices`, no larger than product() takes."""
    return sum(_random.choice(choices) << 32 * at for at in range(96)) | _random.choice((0, 0xFFFF)) << 3072
