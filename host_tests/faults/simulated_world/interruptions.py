"""Power cuts and Ctrl-C at an exact moment: the n-th flash operation, look at the network, or line of the library."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class PowerCut(BaseException):
    """The power goes in the middle of what the device was doing."""


class Interruptions:
    """One interruption that waits for its moment."""

    def __init__(self, happen: Callable[[str], None]) -> None:
        """`happen`: (what) is called when the moment has come; it raises."""
        self._happen = happen
        self._what = ""
        self._place = ""
        self._left = 0

    def arm(self, what: str, place: str, count: int) -> None:
        """Let `what` happen at the `count`-th "flash", "network" or "line" from now."""
        self.disarm()
        self._what, self._place, self._left = what, place, count
        if place == "line":
            sys.settrace(self._trace)

    def disarm(self) -> None:
        if self._place == "line":
            sys.settrace(None)
        self._place = ""

    def pass_by(self, place: str) -> None:
        """Something at `place` is about to be done."""
        if place != self._place:
            return
        self._left -= 1
        if self._left <= 0:
            self.disarm()
            self._happen(self._what)

    def _trace(self, frame: Any, event: str, argument: Any) -> Any:
        name = frame.f_globals.get("__name__", "")
        return self._line if name.startswith(("cognito_mp.", "cognito_app.")) else None

    def _line(self, frame: Any, event: str, argument: Any) -> Any:
        if event == "line":
            self.pass_by("line")
        return self._line
