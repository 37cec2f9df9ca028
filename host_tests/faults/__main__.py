"""Run the parts, print their table; exit with 1 when any of them failed.

cd host_tests && python -m faults [--part simulator] [--seed 17] [--seeds 1-14000] [--quick]
"""

from __future__ import annotations

import os
import re
import sys
import time

import click
from rich.console import Console

from faults.listing import named, part_names
from faults.table import Missing, Plan, Row, show

_WORLDS = "simulator"  # whose seeds are meant where no part is named


def _told(part: str, plan: Plan, console: Console) -> list[Row]:
    """What `part` tells; a failure where it breaks, because the others are still worth running."""
    try:
        return named(part).run(plan)
    except Missing as reason:
        console.print(f"SKIP {part}: {reason}", markup=False)
        return [Row(f"skipped: {reason}", 0, failures=[str(reason)] if os.environ.get("CI") else [])]
    except Exception:
        console.print_exception(show_locals=False)
        return [Row("the part itself broke", 0, failures=["see its traceback above"])]


def _range(context: click.Context, option: click.Parameter, value: str | None) -> range | None:
    if value is None:
        return None
    numbers = re.fullmatch(r"(\d+)-(\d+)", value)
    if not numbers or int(numbers[1]) > int(numbers[2]):
        raise click.BadParameter("write the first and the last of them, as in 1-14000")
    return range(int(numbers[1]), int(numbers[2]) + 1)


@click.command()
@click.option("--part", "chosen", multiple=True, help="Run this part alone; may be given again.")
@click.option("--seed", type=int, help="Replay this world of the simulator with its history; or a part's seed.")
@click.option("--seeds", callback=_range, help="Live through these worlds of the simulator, as in 1-14000.")
@click.option("--quick", is_flag=True, help="The slice that make test runs.")
@click.option("--processes", type=int, default=os.cpu_count() or 1, show_default=True)
def main(chosen: tuple[str, ...], seed: int | None, seeds: range | None, quick: bool, processes: int) -> None:
    """Try to lose a session, to crash a device and to fool it, in every way that there is a part for."""
    names = part_names()
    unknown = set(chosen) - set(names)
    if unknown:
        raise click.BadParameter(f"{', '.join(sorted(unknown))} is none of {', '.join(names)}", param_hint="--part")
    # A log has no width of its own.
    console = Console(width=None if sys.stdout.isatty() else 160)
    plan = Plan(not quick, seed, seeds, processes)
    rows, seconds = {}, {}
    for part in chosen or ([_WORLDS] if seed is not None or seeds else names):
        console.print(f"{part} ...", highlight=False)
        start = time.monotonic()
        rows[part] = _told(part, plan, console)
        seconds[part] = time.monotonic() - start
    show(rows, seconds, console)
    sys.exit(any(row.failures for told in rows.values() for row in told))


if __name__ == "__main__":
    main()
