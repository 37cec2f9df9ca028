"""Unexpected errors, kept on flash for whoever looks later: the last few, however many there were."""

import io
import os
import sys

from .printable import printable

_FULL = 2048  # bytes of one of the two files; a sector of littlefs is 4096
_LONGEST = 1024  # characters of one traceback; its end tells most


def traceback_of(error: BaseException) -> str:
    """The traceback of `error`, as the REPL would show it."""
    if hasattr(sys, "print_exception"):
        text = io.StringIO()
        sys.print_exception(error, text)
        return text.getvalue()
    import traceback  # type: ignore[import-not-found]  # CPython

    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


class FaultLog:
    """A file of tracebacks, and the file before it: `path` and `path`.old."""

    def __init__(self, path: str, clock) -> None:
        """`clock`: the module cognito_mp.clock, or any object with its functions."""
        self._path = path
        self._clock = clock

    def record(self, where: str, error: BaseException) -> None:
        """Print the traceback of `error`, and keep it unless it is the last one kept. Raises nothing.

        `where`: a word that says what failed. A fault that comes back every minute must not wear the flash out.
        """
        try:
            text = traceback_of(error)[-_LONGEST:]
            print("\n".join(printable(line) for line in (where + ": " + text).split("\n")))
            if not self._ends_with(text.encode()):
                self._append(f"{where}, {self._time()}\n{text}")
        except Exception as trouble:  # whatever it is: to tell of a fault must not become another
            print("a fault could not be kept:", trouble)

    def _time(self) -> str:
        return f"{self._clock.now()} s since 1970" if self._clock.is_set() else "the clock was not set"

    def _ends_with(self, text: bytes) -> bool:
        """In bytes: what lies on a flash that was cut off may not be UTF-8."""
        try:
            with open(self._path, "rb") as file:
                file.seek(max(0, file.seek(0, 2) - len(text)))
                return file.read() == text
        except OSError:  # there is none yet
            return False

    def _append(self, text: str) -> None:
        with open(self._path, "ab") as file:
            file.write(text.encode())
            full = file.tell() > _FULL
        if full:
            old = self._path + ".old"
            try:
                os.remove(old)  # FAT's rename replaces nothing
            except OSError:
                pass
            os.rename(self._path, old)
