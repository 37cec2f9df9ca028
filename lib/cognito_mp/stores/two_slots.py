"""Two slots written in turn, so that a power cut at any moment leaves one of them whole. Shared by several stores.

A record is "CMP" and the format's version, the SHA-256 of the rest, a 4-byte sequence number, the data. The newest
record whose digest is right is the session. Even numbers go to the first slot and odd ones to the second.
"""

from ..crypto.hmac_sha256 import sha256
from ..errors import StoreError

_MAGIC = b"CMP\x01"
HEAD = 40  # bytes before the data: 4 + 32 + 4


class TwoSlots:
    """A store over two slots. A slot is an object with

    name               str, for error messages
    read(start)        bytes of the record from `start` on, b"" when there is none; raises OSError when it can't tell
    write(head, data)  a record of both replaces what is there, and is on the medium when it returns; raises OSError
    remove()           leaves no record behind, also when none was there; raises OSError
    """

    def __init__(self, *slots) -> None:
        """`slots`: two."""
        self._slots = slots

    def number_of(self, slot) -> int:
        """The sequence number of the record in `slot`; -1 when there is none, or it is damaged. Raises StoreError."""
        record = self._read(slot, 0)
        # No copy of the session: it is two kilobytes in one piece.
        if record[:36] != _MAGIC + sha256(memoryview(record)[36:]).digest():
            return -1
        return int.from_bytes(record[36:HEAD], "big")

    def _read(self, slot, start: int) -> bytes:
        try:
            return slot.read(start)
        except OSError as error:
            raise StoreError(error.errno, "can't read " + slot.name)

    def load(self) -> "bytes | None":
        """What was last saved whole; None when there is nothing, or what there is has been damaged.

        Raises StoreError when a slot can't be read just now: the session may be in it, so this is not "no session".
        """
        number = max(map(self.number_of, self._slots))
        # Read again, because two records at the same time are four kilobytes.
        return None if number < 0 else self._read(self._slots[number % 2], HEAD)

    def save(self, data: bytes) -> None:
        """Write `data` beside what is there. Raises StoreError, and the newest readable data stays, when it can't.

        A slot that can't be read is the one that is written over.
        """
        doubtful: list = []
        try:
            number = max(map(self.number_of, self._slots)) + 1
        except StoreError:
            from .unreadable_slots import next_number

            number, doubtful = next_number(self._slots, self.number_of)
        turn = number.to_bytes(4, "big")
        state = sha256(turn)
        state.update(data)
        slot = self._slots[number % 2]
        try:
            slot.write(_MAGIC + state.digest() + turn, data)
            for slot in doubtful:
                slot.remove()
        except OSError as error:
            raise StoreError(error.errno, "can't write " + slot.name)

    def erase(self) -> None:
        """Remove the session. Raises StoreError when a slot can't be removed; what can be wiped is wiped even then."""
        from .erasing import erase

        erase(self._slots, self.number_of)
