"""docs/bench.md and its pictures, made of figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

Bars = list[tuple[str, float]]


def markdown_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def bars(title: str, unit: str, values: Bars) -> str:
    """An SVG of horizontal bars, each with its figure."""
    line = 30
    left = 20 + 9 * max(len(name) for name, _ in values)  # no letter is wider, on average
    width = left + 460
    largest = max(value for _, value in values)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{50 + line * len(values)}" '
        'font-family="sans-serif" font-size="14">',
        f'<text x="10" y="24" font-weight="bold">{escape(title)}</text>',
    ]
    for row, (name, value) in enumerate(values):
        y = 40 + row * line
        length = max(1, round((width - left - 110) * value / largest))
        colour = "#1f6f5c" if name.startswith("cognito_mp") else "#b9b9b9"
        parts += [
            f'<text x="{left - 10}" y="{y + 16}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{left}" y="{y}" width="{length}" height="22" fill="{colour}"/>',
            f'<text x="{left + length + 8}" y="{y + 16}">{value:,.4g} {escape(unit)}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def write(folder: Path, text: str, pictures: dict[str, str]) -> None:
    """bench.md into `folder`, and the pictures into its bench/."""
    (folder / "bench").mkdir(parents=True, exist_ok=True)
    for name, svg in pictures.items():
        (folder / "bench" / f"{name}.svg").write_text(svg)
    (folder / "bench.md").write_text(text)
