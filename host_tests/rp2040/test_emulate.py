"""`make emulate` as a person uses it: what it says to type is typed into its terminal, and there are tokens."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cognito_mp_tools.emulator.emulate import TO_TYPE
from cognito_mp_tools.project import ROOT
from listening_sockets import addresses_of

PROMPT = ">>> "
CTRL_D = "\x04"
LEAVE = "\x1d"
LINES = TO_TYPE.splitlines()


class Terminal:
    """A terminal with a program in it, and all that it has shown."""

    def __init__(self, command: list[str]) -> None:
        self._keyboard, terminal = pty.openpty()
        self.program = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal)
        os.close(terminal)
        self.shown = ""
        self._seen = 0

    def until(self, text: str, timeout: float = 60) -> str:
        """What it has shown since the last until(), up to `text`."""
        end = time.monotonic() + timeout
        while (found := self.shown.find(text, self._seen)) < 0:
            ready, _, _ = select.select([self._keyboard], [], [], max(0, end - time.monotonic()))
            try:
                brought = os.read(self._keyboard, 4096) if ready else b""
            except OSError:  # nobody has its other side open any more
                brought = b""
            if not brought:
                pytest.fail(f"{text!r} did not come within {timeout:g} s; the terminal shows:\n{self.shown}")
            self.shown += brought.decode(errors="replace")
        said, self._seen = self.shown[self._seen : found], found + len(text)
        return said

    def type(self, line: str, prompt: str = PROMPT) -> str:
        """Type `line` and Enter; what it brings, up to the next prompt."""
        os.write(self._keyboard, line.encode() + b"\r")
        self.until(line)
        return self.until(prompt)

    def press(self, key: str) -> None:
        os.write(self._keyboard, key.encode())

    def close(self) -> None:
        if self.program.poll() is None:
            self.program.terminate()
        self.program.wait()
        os.close(self._keyboard)


@pytest.fixture
def terminal(product_firmware: Path) -> Iterator[Terminal]:
    """`make emulate`, its prompt shown."""
    with contextlib.closing(Terminal([sys.executable, "-m", "cognito_mp_tools.emulator.emulate"])) as terminal:
        terminal.until(f"\n{PROMPT}")
        yield terminal


def type_lines(terminal: Terminal, lines: list[str]) -> str:
    """Type `lines`, each when the device asks for it; what the last one shows."""
    said = ""
    for line in lines:
        said = terminal.type(line, "... " if line.endswith(",") else PROMPT)
    return said


def test_a_person_types_what_it_says_and_gets_tokens(terminal: Terminal) -> None:
    for line in LINES:
        assert line in terminal.shown, "what is to be typed is shown"
    tokens = r"True \d{3,}\s"
    assert re.search(tokens, type_lines(terminal, LINES)), terminal.shown
    assert "Challenge(NEW_PASSWORD_REQUIRED)" in terminal.shown

    assert addresses_of(terminal.program.pid) == {"127.0.0.1"}

    terminal.press(CTRL_D)
    terminal.until("soft reboot")
    terminal.until(PROMPT)
    the_client_again = LINES[: 1 + LINES.index(next(line for line in LINES if line.endswith("cadata=demo.cadata)")))]
    assert re.search(tokens, type_lines(terminal, [*the_client_again, LINES[-1]])), terminal.shown

    terminal.press(LEAVE)
    terminal.until("the Cognito has ended")
    assert terminal.program.wait(timeout=10) == 0


def test_the_readme_says_to_type_the_same() -> None:
    readme = (ROOT / "README.md").read_text()
    typed = readme.split("import demo")[0].rpartition("```python\n")[2] + "import demo" + readme.split("import demo")[1]
    block = typed.split("```")[0]
    assert [line.partition("  #")[0].rstrip() for line in block.splitlines()] == [line.rstrip() for line in LINES]
