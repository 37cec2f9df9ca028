"""What the tools say on a computer that lacks something: one sentence, and an end that is no success."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def test_the_chip_tests_say_first_what_to_install(tmp_path: Path) -> None:
    for program in ("apt-get", "dpkg-deb", "cmake"):
        (tmp_path / program).symlink_to(shutil.which("true") or "/bin/true")
    done = subprocess.run(
        [sys.executable, "-m", "cognito_mp_tools.emulator.programs"],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    for package in ("gcc-arm-none-eabi", "libnewlib-arm-none-eabi", "nodejs", "npm", "slirp"):
        assert package in line.split()
    assert "cmake" not in line.split()


# What Python lacks on Windows, for our own modules: those of others have their own ways.
LIKE_WINDOWS = """
import builtins, os, sys
real = builtins.__import__
def imported(name, given=None, *rest):
    ours = ((given or {}).get("__name__") or "").startswith("cognito_mp")
    if ours and name.partition(".")[0] in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
        raise ImportError("no " + name + " on Windows")
    return real(name, given, *rest)
builtins.__import__ = imported
for name in ("fork", "forkpty", "openpty", "fchmod", "fchown", "mkfifo", "setsid"):
    delattr(os, name)
import importlib
from cognito_mp_tools import cli
for module in cli._COMMANDS.values():
    importlib.import_module("cognito_mp_tools." + module)
sys.exit(cli.main())
"""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [(("--help",), 0, "deploy"), (("pool", "--template"), 0, "AWS::"), (("status", "COM9"), 1, "there is no COM9")],
)
def test_the_commands_need_nothing_that_windows_lacks(words: tuple[str, ...], code: int, said: str) -> None:
    done = subprocess.run([sys.executable, "-c", LIKE_WINDOWS, *words], capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert said in done.stdout + done.stderr


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
