"""Runs portable/ on CPython and on each MicroPython; each test shows by its own name, so that -k selects it.

Files and tests are found by listing. A file is run once for an interpreter, whole, and its tests then say how it went.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import HERE, Interpreter
from fake_cognito.service_model import violations

FILES = sorted((HERE / "portable").glob("test_*.py"))
TESTS = [
    (file, node.name)
    for file in FILES
    for node in ast.parse(file.read_text()).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


@dataclass(frozen=True)
class Run:
    """What one file printed, what became of each of its tests, and the requests that it sent."""

    printed: str
    outcomes: dict[str, str]
    sent: list[str]


class Runs:
    """Runs each file once for each interpreter."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._made: dict[tuple[str, Path], Run] = {}

    def of(self, interpreter: Interpreter, file: Path) -> Run:
        key = interpreter.name, file
        if key not in self._made:
            self._made[key] = self._run(interpreter, file)
        return self._made[key]

    def _run(self, interpreter: Interpreter, file: Path) -> Run:
        folder = self._folders.mktemp(file.stem)
        done = interpreter.start(HERE / "portable" / "run.py", str(file), timeout=150, folder=folder)
        found = [line.partition(": ") for line in done.stdout.splitlines() if line.startswith(file.stem)]
        outcomes = {name.partition(".")[2]: outcome for name, _, outcome in found}
        sent = folder / "sent_requests.jsonl"
        return Run(done.stdout + done.stderr, outcomes, sent.read_text().splitlines() if sent.exists() else [])


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(tmp_path_factory)


@pytest.mark.parametrize(("file", "name"), TESTS, ids=[f"{file.stem}.{name}" for file, name in TESTS])
def test_portable(file: Path, name: str, interpreter: Interpreter, runs: Runs) -> None:
    run = runs.of(interpreter, file)
    outcome = run.outcomes.get(name) or run.outcomes.get("", "FAIL it did not run")
    if outcome.startswith("SKIP"):
        pytest.skip(outcome)
    if outcome != "ok":
        pytest.fail(f"{outcome}\n{run.printed}")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_it_sends_is_valid_by_the_model(file: Path, interpreter: Interpreter, runs: Runs) -> None:
    found = [violation for line in runs.of(interpreter, file).sent for violation in violations(*_request(line))]
    # One test is about challenges that Cognito does not have yet.
    assert [violation for violation in found if "ChallengeName is none of" not in violation] == []


def _request(line: str) -> tuple[str, bytes]:
    target, body = json.loads(line)
    return target, body.encode()
