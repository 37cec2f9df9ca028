"""The production line: every board that is plugged in is worked on, all at the same time, each a row on the screen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.table import Table

from cognito_mp_tools.failures import ToolFailed, in_words
from cognito_mp_tools.terminal import escape, heard_by

from .board_work import Board, Work
from .ledger import BoardRecord, LedgerFailed

_POLL = 0.25
_WORKING, _DONE, _STOPPED = "working", "done", "stopped"
_STYLES = {_WORKING: "", _DONE: "green", _STOPPED: "bold red"}


@dataclass
class Row:
    """One port: what is on it, and how far that is."""

    port: str
    serial: str = ""
    username: str = ""
    step: str = "look"
    state: str = _WORKING
    words: str = ""
    thread: threading.Thread | None = field(default=None, repr=False)


class Screen:
    """The rows, as a table that changes in place; not at a terminal, a line for each change."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._live: Live | None = None

    def __enter__(self) -> Screen:
        if self._console.is_terminal:
            self._live = Live(console=self._console, auto_refresh=False)
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live:
            self._live.stop()

    def changed(self, row: Row, rows: list[Row]) -> None:
        """Show that `row`, one of `rows`, has changed."""
        if self._live:
            self._live.update(_table(rows), refresh=True)
        else:
            words = " ".join(
                part for part in (row.port, row.serial, row.username, row.step, row.state, row.words) if part
            )
            self._console.print(escape(words), soft_wrap=True)


def _table(rows: list[Row]) -> Table:
    """A row for each board. What it is stands one above another, to leave room for the words on any terminal."""
    table = Table(expand=True)
    table.add_column("board", overflow="fold", ratio=2)
    table.add_column("step", overflow="fold", ratio=3)
    for row in rows:
        about = "\n".join(filter(None, (row.port, row.serial, row.username)))
        told = "\n".join(filter(None, (row.step, row.words or row.state)))
        table.add_row(escape(about), escape(told), style=_STYLES[row.state], end_section=True)
    return table


class Line:
    """ports: those that have a board now; open_board: the Board on one of them."""

    def __init__(
        self,
        work: Work,
        ports: Callable[[], set[str]],
        open_board: Callable[[str], Board],
        screen: Screen,
        is_enough: Callable[[], bool],
        sleep: Callable[[float], None] = time.sleep,
        once: bool = False,
        fill: Callable[[str], bool] = lambda port: False,
    ) -> None:
        """is_enough: True when no more boards are wanted; sleep: waits for seconds.

        once: work on the boards that are there now, each once, and wait for no others
        fill: gives a board without firmware its firmware, after which it has another port; False: it has some
        """
        self._work = work
        self._ports = ports
        self._open_board = open_board
        self._screen = screen
        self._is_enough = is_enough
        self._sleep = sleep
        self._once = once
        self._fill = fill
        self._rows: dict[str, Row] = {}
        self._lock = threading.Lock()
        self._broken: ToolFailed | None = None

    def run(self) -> None:
        """Work until enough boards are done, or Ctrl-C; what is under way is finished then. Raises LedgerFailed."""
        try:
            if not self._is_enough():
                self._look()
            while not self._broken and (self._working() or not (self._once or self._is_enough())):
                self._sleep(_POLL)
                if not self._once:
                    self._look()
        except KeyboardInterrupt:
            for row in self._working():
                self._show(row, words="finishing: no new board is taken up")
        finally:
            for row in self._working():
                if row.thread:
                    row.thread.join()
        if self._broken:
            raise self._broken

    def stopped_ports(self) -> set[str]:
        """The ports of the boards that have stopped, and still lie there."""
        return {port for port, row in self._rows.items() if row.state == _STOPPED and row not in self._working()}

    def _working(self) -> list[Row]:
        return [row for row in self._rows.values() if row.thread and row.thread.is_alive()]

    def _look(self) -> None:
        plugged_in = self._ports()
        for port, row in list(self._rows.items()):
            # One that was pulled out is taken up again when it is back. A board resets while it is worked on.
            if port not in plugged_in and row not in self._working():
                del self._rows[port]
        for port in sorted(plugged_in - set(self._rows)):
            row = Row(port)
            row.thread = threading.Thread(target=self._do, args=(row,), daemon=True)
            self._rows[port] = row
            row.thread.start()

    def _do(self, row: Row) -> None:
        def tell(record: BoardRecord, step: str) -> None:
            self._show(row, serial=record.serial, username=record.username or "", step=step, words="")

        try:
            with heard_by(lambda words: self._show(row, words=words)):
                if self._fill(row.port):
                    return self._show(
                        row, step="flash", state=_DONE, words="the firmware is on it; it goes on at its port"
                    )
                record = self._work.do(self._open_board(row.port), tell)
            self._show(row, serial=record.serial, username=record.username or "", step="", state=_DONE, words="")
        except LedgerFailed as problem:
            self._broken = problem
            self._show(row, state=_STOPPED, words=str(problem))
        except (Exception, SystemExit) as problem:  # no board may look as if it were worked on for ever
            self._show(row, state=_STOPPED, words=in_words(problem))

    def _show(self, row: Row, **changes: str) -> None:
        with self._lock:
            for name, value in changes.items():
                setattr(row, name, value)
            self._screen.changed(row, list(self._rows.values()))
