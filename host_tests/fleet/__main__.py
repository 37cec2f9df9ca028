"""Simulate the fleet, print how it went as a table, and draw it.

cd host_tests && python -m fleet [--devices 1000000] [--picture ../docs/fleet.svg]
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from fleet.picture import drawn
from fleet.scenarios import PRODUCT, SCENARIOS, Told, run

# What is there to compare with asks for more tokens than anybody wants to wait for: a small fleet shows it.
_FEW = 5_000


def _minutes(told: Told, part: float) -> str:
    if not told.since:  # there is nothing to come back from
        return ""
    found = told.recovered(part)
    return "never" if found is None else f"{found} min"


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _told(name: str, devices: int, seed: int) -> Told:
    return run(SCENARIOS[name], devices if name in PRODUCT else min(devices, _FEW), seed)


@click.command()
@click.option("--devices", default=20_000, show_default=True, help="As many; the quota is scaled with them.")
@click.option("--seed", default=1, show_default=True)
@click.option("--only", type=click.Choice(list(SCENARIOS)), multiple=True, help="This one alone; may be given again.")
@click.option("--processes", default=os.cpu_count() or 1, show_default=True)
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="Write the picture (SVG) there.")
def main(devices: int, seed: int, only: tuple[str, ...], processes: int, picture: Path | None) -> None:
    """A million devices against a quota, or fewer against as much less; all figures are those of a million."""
    if picture and only:
        raise click.UsageError("--picture draws all of them: leave out --only")
    names = only or tuple(SCENARIOS)
    with ProcessPoolExecutor(processes) as pool:
        all_told = dict(zip(names, pool.map(_told, names, [devices] * len(names), [seed] * len(names)), strict=True))
    table = Table("what happens", title=f"{devices:,} devices simulated; figures for a million")
    for heading in (
        "peak, requests/s",
        "over quota",
        "half",
        "99 %",
        "all",
        "requests",
        "had a failure",
        "signed out",
        "a sign-in",
    ):
        table.add_column(heading, justify="right")
    for name, told in all_told.items():
        table.add_row(
            name,
            f"{told.peak:,.0f}",
            f"{told.over_quota()} min",
            *(_minutes(told, part) for part in (0.5, 0.99, 1)),
            f"{sum(told.asked) / 1e6:.1f} M",
            f"{told.failed:,}",
            str(told.signed_out),
            " to ".join(_duration(told.sign_in_took(part)) for part in (0.5, 0.99)),
        )
    Console(width=160).print(table)
    if picture:
        picture.write_text(drawn(all_told))


if __name__ == "__main__":
    main()
