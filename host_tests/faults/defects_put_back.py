"""Shows that tests find things: defects that were mended are put back, one at a time, and each has to be found.

A defect is a patch in defects/, of the library or the firmware as they are now. The simulator finds it, or, where a
simulated world is the wrong instrument, the test that the patch names: "Found by firmware/portable/test_x.py::test_y".
It is applied to a copy, and one that does not apply any more is a failure: write it anew, or take it out together with
what it stands for.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cognito_mp_tools.packages import unix_port
from cognito_mp_tools.project import ROOT

from faults.table import Plan, Row

DEFECTS = sorted((Path(__file__).parent / "defects").glob("*.diff"))
# By the simulator, in its first few worlds; and by a test.
_QUICK = ("reply_of_the_call_before.diff", "stale_client.diff", "ctrl_c_leaves_the_watchdog.diff")
_COPIED = ("lib", "firmware", "tools", "host_tests")
_FINDER = re.compile(r"^Found by (\S+?)::(.+)$", re.MULTILINE)
_MOST_SEEDS = 1000
_SECONDS = 400


def finder_of(defect: Path) -> tuple[str, str] | None:
    """(file, test) of the test that finds it; None where the simulator does."""
    found = _FINDER.search(defect.read_text())
    return (found[1], found[2]) if found else None


def patched(defect: Path, folder: Path) -> str:
    """Put a copy of what is tested, and of its tests, with `defect` into `folder`; what is wrong with it, or ""."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in _COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    command = ["git", "apply", "--unidiff-zero", "--recount", str(defect)]
    # Else git would take the folder for one of a repository around it.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.stderr


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    tests = folder / "host_tests"
    places = [str(place) for place in (folder / "lib", folder / "firmware", tests, folder / "tools")]
    paths = {"PYTHONPATH": os.pathsep.join(places), "MICROPYPATH": f"{folder}/lib:.frozen"}
    environment = {**os.environ, **paths}
    return subprocess.run(command, cwd=tests, env=environment, capture_output=True, text=True, timeout=_SECONDS)


def _by_worlds(defect: str, what: str, folder: Path) -> Row:
    done = _run(folder, sys.executable, "-m", "faults.simulated_world.hunting", "1", str(_MOST_SEEDS))
    if done.returncode or not done.stdout:
        return Row(what, _MOST_SEEDS, failures=[f"{defect} was not found: {done.stderr[-2000:]}"])
    seed, letter, words = done.stdout.strip().split(" ", 2)
    return Row(what, int(seed), f"found by {seed}", apart=f"({letter}) {words}")


def _by_test(defect: str, what: str, folder: Path, file: str, name: str) -> Row:
    if "portable/" in file:
        runner = str(Path(file).with_name("run_firmware.py" if file.startswith("firmware/") else "run.py"))
        done = _run(folder, sys.executable, runner, f"{file}::{name}")
        if f".{name}: SKIP" in done.stdout:  # CPython lacks what it is about
            done = _run(folder, unix_port.any_micropython(), runner, f"{file}::{name}")
    else:
        done = _run(folder, sys.executable, "-m", "pytest", "-p", "no:xdist", "-q", f"{file}::{name}")
    told = (done.stdout + done.stderr)[-2000:]
    is_red = done.returncode == 1 and name in told  # any other number: it did not run
    return Row(what, 1, apart=f"{file}::{name}", failures=[] if is_red else [f"{defect} was not found: {told}"])


def _hunted(defect: Path) -> Row:
    what = defect.read_text().splitlines()[0]
    finder = finder_of(defect)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        problem = patched(defect, folder)
        if problem:
            return Row(what, 1, failures=[f"{defect.name} does not apply: {problem}"])
        try:
            if finder:
                return _by_test(defect.name, what, folder, *finder)
            return _by_worlds(defect.name, what, folder)
        except subprocess.TimeoutExpired:
            return Row(what, _MOST_SEEDS, failures=[f"{defect.name} was not found in {_SECONDS} s"])


def run(plan: Plan) -> list[Row]:
    """One row for each defect."""
    chosen = DEFECTS if plan.full else [defect for defect in DEFECTS if defect.name in _QUICK]
    with ThreadPoolExecutor(plan.processes) as pool:
        return list(pool.map(_hunted, chosen))
