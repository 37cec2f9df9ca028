"""The defects themselves: each still applies, and whoever is to find it is there. `make faults` has them found."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from cognito_mp_tools.project import ROOT

from faults.defects_put_back import DEFECTS, finder_of


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.stem)
def test_it_applies_and_its_finder_is_there(defect: Path) -> None:
    command = ["git", "apply", "--check", "--unidiff-zero", "--recount", str(defect)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    finder = finder_of(defect)
    if finder:
        file, name = finder
        assert f"\ndef {name.partition('[')[0]}(" in (ROOT / "host_tests" / file).read_text()


def test_each_point_about_the_ports_as_they_are_has_one() -> None:
    """Points 1 to 13 of issue 20: what the fakes of then said yes to, where the ports say no."""
    points = [re.search(r"^Issue 20, point (\d+)\.$", defect.read_text(), re.MULTILINE) for defect in DEFECTS]
    assert {int(point[1]) for point in points if point} == set(range(1, 14))
