"""Broken bytes: replies, tokens, records of stores, settings, certificates and time answers with anything in them.

A seeded mutator (host_tests/device/broken_bytes.py) runs on every Python, on MicroPython with a heap that a size which
the other end chose would burst; hypothesis makes what is good JSON and wrong all the same. Nothing but the documented
errors may come out, and no session may be lost.
"""

from __future__ import annotations

import importlib
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.project import LIBRARY, ROOT
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st

from faults.on_micropython import OLDEST, PROGRAMS, VERSIONS, Died, side_by_side, told
from faults.table import Plan, Row

_PROGRAM = "broken_bytes.py"
_FOLDERS = (ROOT / "firmware", ROOT / "host_tests" / "portable")
_HEAP = "600K"  # of MicroPython: what the test itself and the longest reply take, and little more
_SEED = 10
_CPYTHON = "CPython"

# Target -> cases in a full run on MicroPython, half of them on each version. A million in all.
_CASES = {
    "http_replies": 60_000,
    "json_replies": 40_000,
    "tokens": 200_000,
    "store_records": 110_000,
    "stored_sessions": 20_000,
    "sleep_records": 100_000,
    "settings": 140_000,
    "settings_files": 150_000,
    "certificates": 30_000,
    "time_answers": 100_000,
    "sealed_records": 50_000,
}
_SHARES = {_CPYTHON: 0.05, **dict.fromkeys(VERSIONS, 0.5)}
_QUICK = 0.002
_EXAMPLES = 300  # of hypothesis, for each of its targets: one takes it some 20 ms
_SLICE = 10_000  # cases of one process


def _on_cpython(words: list[object]) -> list[Any]:
    path = ":".join(map(str, (LIBRARY, *_FOLDERS)))
    command = [sys.executable, str(PROGRAMS / _PROGRAM), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, env={"PYTHONPATH": path})
    if done.returncode:
        raise Died(done.stderr[-1500:])
    return [json.loads(done.stdout)]


def _slice(python: str, target: str, first: int, cases: int, seed: int, root: Path) -> list[str]:
    """What failed in one process."""
    words: list[object] = [target, first, cases, seed, root.with_suffix(".pem"), root.with_suffix(".der")]
    try:
        if python == _CPYTHON:
            said = _on_cpython(words)
        else:
            said = told(python, _PROGRAM, *words, heap=_HEAP, folders=_FOLDERS)
    except Died as end:
        return [str(end)]
    again = f"host_tests/device/{_PROGRAM} {target} %d 1 {seed}"
    return [f"{what} (again: {again % number})" for number, what in said[0]["failures"]]


def _mutated(plan: Plan, seed: int, root: Path) -> list[Row]:
    pythons = [_CPYTHON, *VERSIONS] if plan.full else [OLDEST]
    rows = {}
    work = []
    for python in pythons:
        name = python if python == _CPYTHON else f"MicroPython {VERSIONS[python]}"
        for target, all_cases in _CASES.items():
            cases = int(all_cases * (_SHARES[python] if plan.full else _QUICK))
            first = 0 if python != "forky" else all_cases
            rows[python, target] = Row(f"{target.replace('_', ' ')}, {name}", cases, str(seed))
            for start in range(0, cases, _SLICE):
                work.append((python, target, first + start, min(_SLICE, cases - start)))
    random.Random(0).shuffle(work)  # dear ones and cheap ones mixed
    failed = side_by_side(plan.processes, [partial(_slice, *what, seed, root) for what in work])
    for (python, target, _, _), failures in zip(work, failed, strict=True):
        rows[python, target].failures += failures
    return list(rows.values())


_JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def _with_members(names: list[str]) -> Any:
    """Objects with any of `names`, whatever they hold."""
    return st.dictionaries(st.sampled_from(names) | st.text(max_size=8), _JSON, max_size=6)


def _hypothesis(plan: Plan, seed: int) -> list[Row]:
    for folder in (*_FOLDERS, PROGRAMS):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    program: Any = importlib.import_module("broken_bytes")
    result = _with_members(sorted(program.RESULT["AuthenticationResult"]))
    reply = st.fixed_dictionaries({"AuthenticationResult": result}) | _with_members(
        ["ChallengeName", "Session", "ChallengeParameters", "AvailableChallenges", "__type", "message"]
    )
    status = st.sampled_from(["200 OK", "400 Bad Request", "503 Busy"])
    targets: dict[str, tuple[Callable[..., None], Any]] = {
        "replies": (lambda value: program.asked(program.sized(*value)), st.tuples(status, reply)),
        "replies in bytes": (program.asked, st.binary(max_size=300)),
        "stored sessions": (program.session_read, _with_members(sorted(program.STORED)).map(json.dumps)),
        "settings": (program.settings_read, _with_members(sorted(program.SETTINGS)) | _JSON),
        "tokens": (program.token_read, st.text(max_size=80) | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True)),
    }
    rows = []
    for name, (read, strategy) in targets.items():
        examples = _EXAMPLES if plan.full else 20
        row = Row(f"hypothesis: {name}, CPython", examples, str(seed))
        try:
            _examined(read, strategy, examples, seed)
        except Exception as error:
            row.failures.append("\n".join([repr(error), *getattr(error, "__notes__", [])]))
        rows.append(row)
    return rows


def _examined(read: Callable[..., None], strategy: Any, examples: int, seed: int) -> None:
    @with_seed(seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(strategy)
    def examine(value: Any) -> None:
        read(value)

    examine()


def run(plan: Plan) -> list[Row]:
    """See the module."""
    seed = _SEED if plan.seed is None else plan.seed
    with tempfile.TemporaryDirectory() as folder:
        ca = ThrowawayCa()
        root = Path(folder) / "ca"
        root.with_suffix(".pem").write_bytes(ca.pem)
        root.with_suffix(".der").write_bytes(ca.der)
        return [*_mutated(plan, seed, root), *_hypothesis(plan, seed)]
