"""Figures that don't vary from run to run, held to a committed table: a change that makes one 3 % worse is seen.

make figures      writes the table anew, from runs
"""

from __future__ import annotations

import json
import os
from pathlib import Path

TABLE = Path(__file__).with_suffix(".json")
_REWRITE = "REWRITE_FIGURES"
_TOLERANCE = 0.03


def hold(what: str, value: float) -> None:
    """Fail when `value` is more than 3 % above the table's, or the table has none; with REWRITE_FIGURES=1 write it."""
    table = json.loads(TABLE.read_text()) if TABLE.exists() else {}
    if os.environ.get(_REWRITE):
        table[what] = value
        TABLE.write_text(json.dumps(dict(sorted(table.items())), indent=4) + "\n")
        return
    assert what in table, f"{what} is not in {TABLE.name}: make figures"
    limit = table[what] * (1 + _TOLERANCE)
    assert value <= limit, f"{what}: {value}, and {TABLE.name} has {table[what]}; make figures, if it is meant to grow"
    if value < table[what] * (1 - _TOLERANCE):
        print(f"{what} is down to {value} from {table[what]}: make figures")
