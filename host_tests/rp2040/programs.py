"""Programs for the chip: put on its flash while it is off, then run there as `micropython NAME.py ARGUMENTS` would."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040

HERE = Path(__file__).parent
HOST_TESTS = HERE.parent

_FOLDER = "/programs"
_RUN = f"""
import sys
sys.path.insert(0, {_FOLDER!r})
sys.argv[:] = {{words!r}}
exit_code = 0
try:
    import {{name}}
except SystemExit as end:
    # Left to itself it would reset the device before the last lines are out.
    exit_code = end.args[0] if end.args else 0
print({{mark!r}}, exit_code)
"""
_MARK = "the program has ended:"


def program_files(sources: Iterable[Path]) -> dict[str, bytes]:
    """`sources` as files for the chip's flash, where run_program() finds them."""
    return {f"{_FOLDER}/{source.name}": source.read_bytes() for source in sources}


def code_for(name: str, *arguments: str) -> str:
    """What to execute on a chip to run the program `name` there."""
    return _RUN.format(name=name, words=[f"{name}.py", *arguments], mark=_MARK)


def run_program(chip: EmulatedRP2040, name: str, *arguments: str, timeout: float = 60) -> str:
    """What the program `name` prints on `chip`, where nothing is imported twice between resets.

    pytest fails when it doesn't exit with 0, and shows the console.
    """
    printed, _, exit_code = chip.run(code_for(name, *arguments), timeout).rpartition(_MARK)
    if exit_code.strip() != "0":
        pytest.fail(f"{name} exited with {exit_code.strip()} on the chip:\n{printed}", pytrace=False)
    return printed


CONNECT = "import ppp_link; ppp_link.connect()"


def go_online(chip: EmulatedRP2040) -> None:
    """Set the clock of a chip that was just switched on, and bring its network up."""
    chip.mpremote("resume", "rtc", "--set")
    chip.run(CONNECT)
