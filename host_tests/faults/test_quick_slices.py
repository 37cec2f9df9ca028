"""The frame of `make faults`, and a quick slice of each of its parts."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from faults.listing import named, part_names
from faults.table import Missing, Plan, Row, show

HERE = Path(__file__).parent


@pytest.mark.parametrize("part", part_names())
def test_quick_slice(part: str) -> None:
    try:
        rows = named(part).run(Plan(full=False, processes=1))
    except Missing as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(reason))
    assert [failure for row in rows for failure in row.failures] == []
    assert rows and all(row.cases for row in rows)


def test_the_table_shows_each_failure_whole() -> None:
    text = StringIO()
    rows = {"part": [Row("cuts [at each block]", 1234, "1 to 9", ["seed 7: it was lost"], "2 lost replies")]}
    show(rows, {"part": 3.2}, Console(file=text, width=120))
    for words in ("cuts [at each block]", "1,234", "1 to 9", "seed 7: it was lost", "2 lost replies"):
        assert words in text.getvalue()


def test_a_part_that_is_not_there_is_named() -> None:
    command = [sys.executable, "-m", "faults", "--part", "nonsense"]
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "nonsense is none of" in done.stderr
