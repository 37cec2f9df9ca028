"""What a part of `make faults` is given, and what it tells.

A part is a module in this folder, named for what it does, with one function `run(plan: Plan) -> list[Row]`. It is found
by listing the folder. What it needs besides stands in a folder of its own. In `make test` it is run with a quick plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.table import Table


class Missing(Exception):
    """A tool is not here that the part can't do without: it is skipped out loud, and in CI it fails."""


@dataclass(frozen=True)
class Plan:
    """How much a part should do.

    full       False: a slice of a few seconds, for `make test`
    seed       int, the one to replay, with a history that a person can read, and shortened where that can be done;
               None: the part's own seeds, the same ones each time
    seeds      range, the worlds of the simulator in place of its own; None: its own
    processes  int, how many may work at the same time
    """

    full: bool = True
    seed: int | None = None
    seeds: range | None = None
    processes: int = 2


@dataclass
class Row:
    """One line of the table.

    tried     str, what was tried
    cases     int, how often
    seeds     str, which ones ("1 to 40"); "" where all cases were tried
    failures  list of str, one for each, with what a person needs to see it again; no secret is in it
    apart     str, what was counted apart, as it is no failure; "" for nothing
    """

    tried: str
    cases: int
    seeds: str = ""
    failures: list[str] = field(default_factory=list)
    apart: str = ""


def show(rows: dict[str, list[Row]], seconds: dict[str, float], console: Console) -> None:
    """Print `rows` and `seconds`, both by the part's name, as one table, and below it each failure whole."""
    table = Table("part", "what was tried", title="make faults")
    for heading in ("cases", "failures", "seconds"):
        table.add_column(heading, justify="right")
    table.add_column("seeds")
    table.add_column("counted apart")
    for part, told in rows.items():
        for index, row in enumerate(told):
            first = index == 0
            table.add_row(
                part if first else "",
                escape(row.tried),
                f"{row.cases:,}",
                f"[bold red]{len(row.failures)}[/]" if row.failures else "0",
                f"{seconds[part]:.0f}" if first else "",
                escape(row.seeds),
                escape(row.apart),
            )
        table.add_section()
    console.print(table)
    for part, told in rows.items():
        for row in told:
            for failure in row.failures:
                console.print(f"\n{part}: {row.tried}\n{failure}", markup=False, highlight=False, soft_wrap=True)
