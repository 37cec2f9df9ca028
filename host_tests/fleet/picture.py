"""The picture of a run, as SVG: for a light page and a dark one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from fleet.scenarios import QUOTA, Told

_WIDTH, _LEFT, _RIGHT, _TOP, _HEIGHT, _GAP = 880, 74, 250, 56, 190, 84
_PLOT = _WIDTH - _LEFT - _RIGHT
_STEP = 3  # minutes that one point is the mean of
_STYLE = """
  text { font: 13px sans-serif; fill: #1f2328 } .title { font-weight: bold; font-size: 15px } .small { font-size: 12px }
  .paper { fill: #ffffff } .grid { stroke: #d0d7de; stroke-width: 1 } .quota { stroke: #cf222e; stroke-dasharray: 6 4 }
  .line { fill: none; stroke-width: 2 } .a { stroke: #0969da } .b { stroke: #9a6700 } .c { stroke: #8250df }
  .words-a { fill: #0969da } .words-b { fill: #9a6700 } .words-c { fill: #8250df } .words-quota { fill: #cf222e }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .paper { fill: #0d1117 } .grid { stroke: #30363d } .quota { stroke: #ff7b72 }
    .a { stroke: #58a6ff } .b { stroke: #e3b341 } .c { stroke: #d2a8ff }
    .words-a { fill: #58a6ff } .words-b { fill: #e3b341 } .words-c { fill: #d2a8ff } .words-quota { fill: #ff7b72 }
  }
"""


class _Panel:
    """Curves over the hours of a day, on a scale of powers of ten."""

    def __init__(self, top: int, title: str, hours: tuple[int, int], powers: tuple[int, int], words: str = "") -> None:
        self._top, self._hours, self._powers = top, hours, powers
        self.parts = [f'<text class="title" x="{_LEFT}" y="{top - 14}">{escape(title)}</text>']
        for power in range(powers[0], powers[1] + 1):
            y = self.y(10**power)
            self._line("grid", _LEFT, y, _LEFT + _PLOT, y)
            self._text(_LEFT - 8, y + 4, f"{10**power:,}{words}", "small", "end")
        for hour in range(hours[0], hours[1] + 1, 1 if hours[1] - hours[0] < 12 else 2):
            x = self.x(hour)
            self._line("grid", x, top, x, top + _HEIGHT)
            self._text(x, top + _HEIGHT + 17, f"{hour}:00", "small", "middle")

    def x(self, hour: float) -> float:
        first, last = self._hours
        return _LEFT + _PLOT * (hour - first) / (last - first)

    def y(self, value: float) -> float:
        low, high = self._powers
        share = (math.log10(max(value, 10**low)) - low) / (high - low)
        return self._top + _HEIGHT * (1 - min(share, 1))

    def _line(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
        self.parts.append(f'<line class="{kind}" x1="{x1:.0f}" y1="{y1:.1f}" x2="{x2:.0f}" y2="{y2:.1f}"/>')

    def _text(self, x: float, y: float, words: str, kind: str, anchor: str = "start") -> None:
        where = f'x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"'
        self.parts.append(f'<text class="{kind}" {where}>{escape(words)}</text>')

    def quota(self) -> None:
        """The line of the quota, and what it is."""
        y = self.y(QUOTA)
        self._line("quota", _LEFT, y, _LEFT + _PLOT, y)
        self._text(_LEFT + _PLOT + 8, y + 4, f"quota: {QUOTA} a second", "words-quota")

    def curve(self, kind: str, minutes: Sequence[float], words: str, row: int) -> None:
        """`minutes` from midnight on, and `words` for them beside the panel."""
        first, last = (hour * 60 for hour in self._hours)
        points = []
        for at in range(first, min(last, len(minutes)), _STEP):
            some = minutes[at : at + _STEP]
            points.append(f"{self.x(at / 60):.1f},{self.y(sum(some) / len(some)):.1f}")
        self.parts.append(f'<polyline class="line {kind}" points="{" ".join(points)}"/>')
        self._text(_LEFT + _PLOT + 8, self._top + 12 + 20 * row, words, f"words-{kind}")


def _each_minute(seconds: Sequence[float]) -> list[float]:
    return [sum(seconds[at : at + 60]) / 60 for at in range(0, len(seconds), 60)]


def drawn(told: Mapping[str, Told]) -> str:
    """The SVG for a run of all of SCENARIOS."""
    outage, on, unsaid, lockstep, *_ = told.values()
    asked, tops = "requests a second, a million devices", [_TOP + number * (_HEIGHT + _GAP) for number in range(3)]
    first = _Panel(tops[0], f"An outage from 12:00 to 13:00: {asked}", (10, 18), (0, 4))
    first.quota()
    first.curve("a", _each_minute(outage.asked), "asked", 0)
    first.curve("b", _each_minute(outage.accepted), "answered", 1)
    second = _Panel(tops[1], f"All switched on at 8:00: {asked}", (7, 14), (0, 5))
    second.quota()
    second.curve("c", _each_minute(lockstep.asked), "asked, without jitter", 2)
    second.curve("b", _each_minute(unsaid.asked), "asked, if throttles were faults", 1)
    second.curve("a", _each_minute(on.asked), "asked", 0)
    third = _Panel(tops[2], "All switched on at 8:00: devices that wait for a token", (7, 14), (2, 6))
    third.curve("c", lockstep.waiting, "without jitter", 2)
    third.curve("b", unsaid.waiting, "if throttles were faults", 1)
    third.curve("a", on.waiting, "waiting", 0)
    height = tops[2] + _HEIGHT + 40
    parts = [part for panel in (first, second, third) for part in panel.parts]
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
    about = "Requests of a million devices against the quota of Cognito, over an outage and after all are switched on"
    paper = f'<rect class="paper" width="{_WIDTH}" height="{height}"/>'
    lines = [f'{opening} aria-label="{about}">', f"<style>{_STYLE}</style>", paper, *parts, "</svg>"]
    return "\n".join(lines) + "\n"
