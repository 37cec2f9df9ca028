"""MicroPython's unix port in the place of a board, for what the tools ask a board by a piece of code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cognito_mp_tools.project import ROOT
from conftest import Interpreter

_FIND_APPLICATION = f"import sys\nsys.path.append({str(ROOT / 'firmware')!r})\n"


class UnixBoard:
    """A DeviceLink: runs what is asked as a program of its own, with the application at hand.

    answers  dict of a piece of code to what it would say, or to an exception
    """

    def __init__(self, interpreter: Interpreter, folder: Path, answers: dict[str, Any] | None = None) -> None:
        self.interpreter, self.folder, self.answers = interpreter, folder, answers or {}

    def ask(self, code: str, timeout: float = 10, **names: Any) -> Any:
        answer = self.answers.get(code)
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            return answer
        program = self.folder / "asked.py"
        program.write_text(_FIND_APPLICATION + "".join(f"{name} = {value!r}\n" for name, value in names.items()) + code)
        return json.loads(self.interpreter.run(program, timeout=timeout).splitlines()[-1])
