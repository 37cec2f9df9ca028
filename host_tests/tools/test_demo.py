"""`make demo` where MicroPython is, and on a computer that has none and no apt to fetch it with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cognito_mp_tools.local.demo import main
from conftest import Interpreter


def _demo(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "MICROPYTHON"}
    command = [sys.executable, "-m", main.__module__]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env={**environment, **variables})


def test_the_watch_is_micropython(oldest_micropython: Interpreter) -> None:
    done = _demo(MICROPYTHON=oldest_micropython.command[0])
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("watch | MicroPython 1.") == 2 and "That is the main job." in done.stdout


def test_where_there_is_none_it_is_this_python_and_it_is_said(tmp_path: Path) -> None:
    done = _demo(PATH=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "own Python" in done.stdout and "install micropython 1.24.1 or newer" in done.stdout
    assert done.stdout.count("watch | CPython 3.") == 2 and "That is the main job." in done.stdout


@pytest.mark.parametrize("named", ["/nowhere/micropython", "/bin/true"])
def test_a_wrong_name_is_no_reason_to_take_another(named: str) -> None:
    done = _demo(MICROPYTHON=named)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith(f"demo: MICROPYTHON={named} is not a MicroPython")
