"""Two slots written in turn, so that a power cut at any moment leaves one of them whole. Shared by several stores.

A record is "CMP" and the format's version, the SHA-256 of the rest, a 4-byte sequence number, the data. The newest
record whose digest is right is the session. Even numbers go to the first slot and odd ones to the second. Where the
newest number is not the one after the other slot's, what that slot holds must not come back, and is written over.
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
        numbers = [self.number_of(slot) for slot in self._slots]
        number = max(numbers)
        if number < 0:
            return None
        # Read again, because two records at the same time are four kilobytes.
        data = self._read(self._slots[number % 2], HEAD)
        if number - 1 > min(numbers) >= 0:  # save_over() was cut off
            from .unusual_saves import settle

            settle(self.save, data, self._slots, self.number_of)
        return data

    def save(self, data: bytes, step: int = 1) -> None:
        """Write `data` beside what is there. Raises StoreError, and the newest readable data stays, when it can't.

        A slot that can't be read is the one that is written over.

        step  what the sequence number grows by, an odd number
        """
        number = -1
        doubtful: list = []
        try:
            number = max(map(self.number_of, self._slots)) + step
        except StoreError:
            pass
        if number >> 32:  # a slot can't be read, or four bytes hold no more
            from .unusual_saves import next_number

            number, doubtful = next_number(self._slots, self.number_of, step)
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

    def save_over(self, data: bytes) -> None:
        """save(data), and nothing that was there before comes back, be one slot damaged or lost: both hold `data` then.

        Raises StoreError when it can't be saved. After a power cut in between the next load() does what is left.
        """
        self.save(data, 3)
        from .unusual_saves import settle

        settle(self.save, data, self._slots, self.number_of)

    def erase(self) -> None:
        """Remove the session. Raises StoreError when a slot can't be removed; what can be wiped is wiped even then."""
        from .erasing import erase

        erase(self._slots, self.number_of)
