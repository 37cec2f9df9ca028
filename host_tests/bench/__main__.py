"""Measure everything, and write docs/bench.md with its pictures; or, from the figures of the last run, write them anew.

cd host_tests && python -m bench [--again]
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click
from cognito_mp_tools.project import BUILD, ROOT

from bench import chip, interpreters, page, report

_FIGURES = BUILD / "bench" / "figures.json"


def _unix() -> dict[str, Any]:
    found = interpreters.unix_figures()
    return {variant: {step: asdict(measured) for step, measured in steps.items()} for variant, steps in found.items()}


_PARTS: dict[str, Callable[[], Any]] = {
    "unix": _unix,
    "heap": interpreters.smallest_heaps,
    "cpython": interpreters.cpython_figures,
    "chip": chip.all_figures,
}


@click.command()
@click.option("--again", is_flag=True, help="Measure nothing: write the page from the last run.")
@click.option("--part", type=click.Choice(list(_PARTS)), help="Measure this alone; the rest is of the last run.")
def main(again: bool, part: str | None) -> None:
    """Measure what the library costs beside what a user would pick instead."""
    figures = json.loads(_FIGURES.read_text()) if _FIGURES.exists() else {}
    for name in [part] if part else [] if again else _PARTS:
        start = time.monotonic()
        figures[name] = _PARTS[name]()
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
        _FIGURES.parent.mkdir(parents=True, exist_ok=True)
        _FIGURES.write_text(json.dumps(figures, indent=1))
    missing = _PARTS.keys() - figures.keys()
    if missing:
        sys.exit(f"bench: no figures yet of {', '.join(sorted(missing))}")
    report.write(ROOT / "docs", page.text(figures), page.pictures(figures))
    print(ROOT / "docs" / "bench.md")


if __name__ == "__main__":
    main()
