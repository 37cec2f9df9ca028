"""Runs every file of portable/ on CPython and on each MicroPython; the files are found by listing the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Interpreter
from firmware.portable import canaries

PORTABLE = Path(__file__).parent / "portable"
FILES = sorted(PORTABLE.glob("test_*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_on_each_python(file: Path, interpreter: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed = interpreter.run(PORTABLE / "run_firmware.py", str(file), timeout=150)
    print(printed)
    summary = printed.splitlines()[-1]
    assert " 0 failed" in summary and summary != "0 passed, 0 failed, 0 skipped"
    kept = [path.read_text(errors="replace") for path in tmp_path.glob("*fault*")]
    assert not canaries.found(printed + "".join(kept)), "no test of the application prints or logs a secret"
