"""Shows that the simulator finds things: defects that were mended are put back, one at a time, and it has to find each.

A defect is a patch in defects/, of the library or the firmware as they are now. It is applied to a copy, and one that
does not apply any more is a failure: write it anew, or take it out together with what it stands for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cognito_mp_tools.project import ROOT

from faults.table import Plan, Row

DEFECTS = sorted((Path(__file__).parent / "defects").glob("*.diff"))
_QUICK = ("reply_of_the_call_before.diff", "stale_client.diff")  # found in the first few worlds
_MOST_SEEDS = 1000
_SECONDS = 400


def _patched(defect: Path, folder: Path) -> str:
    """Put a copy of the library and the firmware with `defect` into `folder`; what is wrong with the patch, or ""."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "lib" / "cognito_mp", folder / "lib" / "cognito_mp", ignore=ignored)
    shutil.copytree(ROOT / "firmware" / "cognito_app", folder / "firmware" / "cognito_app", ignore=ignored)
    command = ["git", "apply", "--unidiff-zero", "--recount", str(defect)]
    # Else git would take the folder for one of a repository around it.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.stderr


def _hunted(defect: Path) -> Row:
    what = defect.read_text().splitlines()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        problem = _patched(defect, folder)
        if problem:
            return Row(what, 1, failures=[f"{defect.name} does not apply: {problem}"])
        path = os.pathsep.join(map(str, (folder / "lib", folder / "firmware", ROOT / "host_tests")))
        command = [sys.executable, "-m", "faults.simulated_world.hunting", "1", str(_MOST_SEEDS)]
        environment = {**os.environ, "PYTHONPATH": path}
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            return Row(what, _MOST_SEEDS, failures=[f"{defect.name} was not found in {_SECONDS} s"])
    if done.returncode or not done.stdout:
        return Row(what, _MOST_SEEDS, failures=[f"{defect.name} was not found: {done.stderr[-2000:]}"])
    seed, letter, words = done.stdout.strip().split(" ", 2)
    return Row(what, int(seed), f"found by {seed}", apart=f"({letter}) {words}")


def run(plan: Plan) -> list[Row]:
    """One row for each defect."""
    chosen = DEFECTS if plan.full else [defect for defect in DEFECTS if defect.name in _QUICK]
    with ThreadPoolExecutor(plan.processes) as pool:
        return list(pool.map(_hunted, chosen))
