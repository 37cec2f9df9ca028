"""The figures that tests of the emulated chip measure: a table at the end of the run.

conftest.py of host_tests takes it in, and not the one of rp2040: pytest-xdist's main process, which writes the table,
loads no other.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

_FIGURE = "figure of the chip"


@pytest.fixture
def record_figure(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """record_figure(what, how much): a line of the table at the end."""
    # A test's properties are what pytest-xdist brings back from the process that ran it.
    return lambda what, how_much: request.node.user_properties.append((_FIGURE, (what, how_much)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    properties = [pair for report in reports for pair in getattr(report, "user_properties", ())]
    figures = dict(value for name, value in properties if name == _FIGURE)
    if not figures:
        return
    width = max(map(len, figures))
    terminalreporter.section("an RP2040 at 125 MHz, emulated (its own clock and heap)")
    for what, how_much in figures.items():
        terminalreporter.write_line(f"{what:{width}}  {how_much:>10}")
