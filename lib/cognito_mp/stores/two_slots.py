"""Two slots written in turn, so that a power cut at any moment leaves one of them whole. Shared by several stores.

A record is "CMP" and the format's version, the SHA-256 of the rest, a 4-byte sequence number, the data. The newest
record whose digest is right is the session. Even numbers go to the first slot and odd ones to the second.
"""

from ..crypto.hmac_sha256 import sha256
from ..errors import StoreError

_MAGIC = b"CMP\x01"
HEAD = 40  # bytes before the data: 4 + 32 + 4
_NONE = -1  # stands for the sequence number where there is no record


def _pack(number: int, data: bytes) -> bytes:
    turn = number.to_bytes(4, "big")
    state = sha256(turn)
    state.update(data)
    return b"".join((_MAGIC, state.digest(), turn, data))


def _number(record: "bytes | None") -> int:
    """The sequence number of a record; -1 when there is none, or it is damaged."""
    if record is None or len(record) < HEAD:
        return _NONE
    # No copy of the session: it is two kilobytes in one piece.
    if record[:36] != _MAGIC + sha256(memoryview(record)[36:]).digest():
        return _NONE
    return int.from_bytes(record[36:HEAD], "big")


class TwoSlots:
    """A store over two slots. A slot is an object with

    name            str, for error messages
    read()          bytes, or None when there is nothing; raises OSError when it can't tell
    write(record)   replaces what is there, and is on the medium when it returns; raises OSError
    remove()        leaves no record behind, also when none was there; raises OSError
    """

    def __init__(self, first, second) -> None:
        self._slots = first, second

    def _look(self) -> tuple:
        """(sequence number, record, unreadable): the newest whole record, and the OSError of each slot by its index."""
        newest, whole = _NONE, None
        unreadable = {}
        for index in (0, 1):
            try:
                record = self._slots[index].read()
            except OSError as error:
                unreadable[index] = error
                continue
            number = _number(record)
            if number > newest:
                newest, whole = number, record
            record = None  # its kilobytes may be wanted for the other one
        return newest, whole, unreadable

    def load(self) -> "bytes | None":
        """What was last saved whole; None when there is nothing, or what there is has been damaged.

        Raises StoreError when a slot can't be read just now: the session may be in it, so this is not "no session".
        """
        _, record, unreadable = self._look()
        for index in unreadable:
            raise StoreError(unreadable[index].errno, "can't read " + self._slots[index].name)
        return record and record[HEAD:]

    def save(self, data: bytes) -> None:
        """Write `data` beside what is there. Raises StoreError, and the newest readable data stays, when it can't.

        A slot that can't be read is the one that is written over.
        """
        number, _, unreadable = self._look()
        if number == _NONE and unreadable:
            # Nothing is there to tell whose turn it is.
            number = min(unreadable)
        else:
            # The slot that holds no. `number` was readable, so one that was not is the other, whose turn it is.
            number += 1
        index = number % 2
        try:
            self._slots[index].write(_pack(number, data))
        except OSError as error:
            raise StoreError(error.errno, "can't write " + self._slots[index].name)
        if len(unreadable) == 2:
            # The other one, once it can be read again, may have a higher number than this.
            self._remove(1 - index)

    def _remove(self, index: int) -> None:
        try:
            self._slots[index].remove()
        except OSError as error:
            raise StoreError(error.errno, "can't remove " + self._slots[index].name)

    def erase(self) -> None:
        """Remove the session. Raises StoreError when a slot can't be removed; what can be wiped is wiped even then."""
        number, _, _ = self._look()
        # The older slot goes first: a power cut in between must not bring an older session back. One that can't be
        # read counts as older, as it does for save().
        older = (number + 1) % 2
        problem = None
        try:
            self._remove(older)
        except StoreError as error:
            if self._holds_a_session(older):
                raise  # without the newer slot, this older session would be the one that load() finds
            problem = error
        self._remove(1 - older)
        if problem:
            raise problem

    def _holds_a_session(self, index: int) -> bool:
        try:
            return _number(self._slots[index].read()) != _NONE
        except OSError:
            return False
