"""What the tools say on a computer that lacks something: one sentence, and an end that is no success."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def test_the_chip_tests_say_first_what_to_install(tmp_path: Path) -> None:
    for program in ("apt-get", "dpkg-deb", "cmake"):
        (tmp_path / program).symlink_to(shutil.which("true") or "/bin/true")
    done = subprocess.run(
        [sys.executable, "-m", "cognito_mp_tools.emulator_programs"],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    for package in ("gcc-arm-none-eabi", "libnewlib-arm-none-eabi", "nodejs", "npm", "slirp"):
        assert package in line.split()
    assert "cmake" not in line.split()


def test_a_console_that_knows_no_curly_quotes_still_shows_what_is_wrong() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cognito_mp_tools.cli", "status", "/dev/“none”"],
        env={**os.environ, "PYTHONIOENCODING": "cp437", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: there is no /dev/?none?")
