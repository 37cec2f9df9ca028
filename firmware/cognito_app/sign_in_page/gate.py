"""Who may drive the page from the device's own network: whoever knows six digits that only the device tells.

There anybody may stand: a guest, a neighbour, a light bulb. Who came through the access point knows its password.
"""

import json

_MOST_TRIES = 10
_MOST_PHONES = 8


def new_code(urandom) -> str:
    """Six digits. `urandom`: (int) -> bytes, such as os.urandom."""
    return f"{int.from_bytes(urandom(4), 'big') % 1000000:06d}"


class Tries:
    """Wrong codes, counted until the power goes: with it goes the code."""

    def __init__(self) -> None:
        self._wrong = 0

    def are_over(self) -> bool:
        return self._wrong >= _MOST_TRIES

    def count(self) -> None:
        """One more, before it is known whether it is right."""
        self._wrong += 1

    def was_right(self) -> None:
        """The try that was counted last was right."""
        self._wrong -= 1


class KeptTries:
    """Wrong codes of one day, counted on flash: a code from the settings is the same after a power cut."""

    def __init__(self, store, clock) -> None:
        """
        store  a cognito_mp.FileStore, or any object with load() and save()
        clock  the module cognito_mp.clock, or any object with its functions
        """
        self._store = store
        self._clock = clock

    def _kept(self) -> tuple:
        """(day, wrong codes on it); where flash can't say, there were too many."""
        try:
            day, wrong = json.loads(self._store.load() or b"[0, 0]")
        except OSError:
            return 0, _MOST_TRIES
        except (ValueError, TypeError):
            day, wrong = 0, 0
        # A new day begins only by a clock that was set, and never one that has been.
        today = self._clock.now() // 86400 if self._clock.is_set() else 0
        return (today, 0) if today > day else (day, wrong)

    def are_over(self) -> bool:
        return self._kept()[1] >= _MOST_TRIES

    def count(self) -> None:
        """As Tries.count(). Raises OSError when flash does not take it: what can't be counted is not tried."""
        day, wrong = self._kept()
        self._keep(day, wrong + 1)

    def was_right(self) -> None:
        day, wrong = self._kept()
        self._keep(day, wrong - 1)

    def _keep(self, day: int, wrong: int) -> None:
        self._store.save(json.dumps([day, wrong]).encode())


class Gate:
    """`code`: str, six digits. `is_shut`: bool, there were too many wrong ones; the next opening has another."""

    def __init__(self, code: str, tries) -> None:
        """`tries`: Tries, or KeptTries."""
        self.code = code
        self._tries = tries
        self._known: list = []

    @property
    def is_shut(self) -> bool:
        return self._tries.are_over()

    def admits(self, phone: str) -> bool:
        """Whether this browser has shown the code."""
        return phone in self._known

    def open_for(self, phone: str, typed: str) -> bool:
        """Whether `typed` is the code; from then on `phone` is admitted. Raises OSError when it can't be counted."""
        if self.is_shut:
            return False
        self._tries.count()
        if typed != self.code:
            return False
        self._tries.was_right()
        self._known = [phone] + self._known[: _MOST_PHONES - 1]
        return True
