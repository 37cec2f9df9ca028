"""The steps of one board, in order. Each is written down when it is done, and can be done twice without harm."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from cognito_mp_tools.failures import ToolFailed, in_words

from .ledger import STEPS, BoardRecord, Ledger
from .people import People

# In a name or an address it stands for the board's serial number.
SERIAL = "{serial}"
# machine.unique_id() in hexadecimal: 6 bytes on ESP32, 8 on RP2, 12 on STM32, 16 on some others.
_SERIAL_NUMBER = re.compile(r"[0-9a-f]{1,48}\Z")


class Board(Protocol):
    """One board that is plugged in. Each method raises ToolFailed, and the board keeps what it had."""

    def flash(self) -> None:
        """Write the firmware, if one is to be written and it is not there."""

    def serial_number(self) -> str:
        """machine.unique_id(), hexadecimal."""

    def deploy(self) -> None:
        """Put library and application on it."""

    def give(self, session: bytes, sign_in_flow: str) -> None:
        """Put settings and `session` on it."""

    def check(self) -> None:
        """See that it can do its work, and start it."""


@dataclass(frozen=True)
class Plan:
    """What the boards get.

    most    how many boards; None: without end
    names   of the users that are made, one for each board, with "{serial}" in them; None: the users are listed
    """

    sign_in_flow: str
    most: int | None
    names: str | None


class Work:
    """What is done to each board, by a thread for each."""

    def __init__(self, ledger: Ledger, people: People, plan: Plan) -> None:
        self._ledger = ledger
        self._people = people
        self._plan = plan
        self._lock = threading.Lock()
        self._under_way: set[str] = set()

    def do(self, board: Board, tell: Callable[[BoardRecord, str], None]) -> BoardRecord:
        """All that `board` still lacks. Raises ToolFailed where it stops; what was done is done.

        tell(record, step): called before each step
        """
        board.flash()
        serial = board.serial_number()
        if not _SERIAL_NUMBER.match(serial):
            raise ToolFailed(f"the board said {len(serial)} characters that can't be a serial number: {serial[:20]!a}.")
        record = self._ledger.enter(serial, self._plan.most)
        if record is None:
            raise ToolFailed(f"{self._plan.most} boards are enough: this one, {serial}, was left as it is.")
        with self._alone(serial):
            try:
                return self._finish(board, record, tell)
            except (Exception, SystemExit) as problem:
                self._ledger.stopped(serial, in_words(problem))
                raise

    @contextlib.contextmanager
    def _alone(self, serial: str) -> Iterator[None]:
        """Two boards of one serial number are one that shows two ports, or two of a maker's fault."""
        with self._lock:
            if serial in self._under_way:
                raise ToolFailed(f"the board {serial} is worked on at another port just now.")
            self._under_way.add(serial)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.remove(serial)

    def _finish(self, board: Board, record: BoardRecord, tell: Callable[[BoardRecord, str], None]) -> BoardRecord:
        steps: dict[str, Callable[[BoardRecord, Board], Any]] = {
            "flash": lambda record, board: None,  # it has told its serial number
            "deploy": lambda record, board: board.deploy(),
            "user": lambda record, board: self._make_user(record),
            "session": self._give_session,
            "check": lambda record, board: board.check(),
        }
        for step in STEPS:
            if not record.has_done(step):
                tell(record, step)
                steps[step](record, board)
                self._ledger.step_done(record.serial, step)
                record = self._ledger.board(record.serial) or record
        return record

    def _make_user(self, record: BoardRecord) -> None:
        if self._plan.names is not None and record.username is None:
            self._ledger.give_user(record.serial, self._plan.names.replace(SERIAL, record.serial))
        username = self._ledger.take_user(record.serial)
        if username is None:
            raise ToolFailed("every user of the list has a board: add lines to it, and run this again.")
        self._people.make(self._ledger.user(username), self._ledger)

    def _give_session(self, record: BoardRecord, board: Board) -> None:
        assert record.username is not None  # the step before
        session = self._people.session(self._ledger.user(record.username))
        board.give(session, self._plan.sign_in_flow)
