"""The session in CircuitPython's microcontroller.nvm, for boards whose drive the program may not write.

Records stand one behind the other. Each is "CMP" and the format's version, the SHA-256 of the rest, a 4-byte sequence
number, the 4-byte length of the data, the data. The newest one whose digest is right is the session. Where its number
is not the one after the number before, what was there before must not come back.
"""

from errno import EIO

from ..argument_types import require_bytes
from ..crypto.hmac_sha256 import sha256
from ..errors import StoreError

_MAGIC = b"CMP\x01"
_HEAD = 44  # bytes before the data: 4 + 32 + 4 + 4
_ENOSPC = 28  # not every port's errno has a name for it
_BLANK = b"\xff"  # what an erased byte of flash reads as


class NvmStore:
    """Keeps a session in a part of nvm. Not proof against power cuts, no more than CircuitPython's drive is.

    RP2040    nvm is one sector of flash. A save that fits behind what is there writes to blank bytes alone, and a
              power cut then leaves the old session or the new. When no such bytes are left the whole sector is
              erased and written anew: a power cut in those milliseconds loses the session, and all else in nvm.
    ESP32     nvm is one NVS blob that CircuitPython erases and writes anew whenever anything in it changes: a power
              cut during any save can lose the session, and all else in nvm.
    What a power cut loses is lost whole: load() never gives half a session, and the person signs in again.
    """

    def __init__(self, nvm, start: int = 0, size: "int | None" = None) -> None:
        """Raises ValueError when that part isn't in nvm.

        nvm    microcontroller.nvm, or a bytearray or its like
        start  of the part that is the store's, bytes; nothing else may write there
        size   of it, bytes; None for all that follows
        """
        try:
            total = len(nvm)
        except TypeError:
            raise ValueError("nvm must be microcontroller.nvm, or a bytearray") from None
        if size is None and type(start) is int:
            size = total - start
        if type(start) is not int or type(size) is not int or start < 0 or size < 1 or start + size > total:
            raise ValueError("start and size must be within the %d bytes of nvm" % total)
        self._nvm = nvm
        self._start = start
        self._size = size

    def _look(self) -> tuple:
        """(sequence number, data, end, before): of the newest whole record, -1 and None without one; where blank bytes
        begin; the sequence number of the whole record before, -1 without one.
        """
        try:
            content = bytes(self._nvm[self._start : self._start + self._size])
        except (OSError, RuntimeError):  # the ESP32's says RuntimeError("NVS Error")
            raise StoreError(EIO, "can't read nvm")
        number, data, end, before = -1, None, len(content.rstrip(_BLANK)), -1
        at = content.find(_MAGIC)
        while at >= 0:
            body = at + _HEAD
            length = int.from_bytes(content[body - 4 : body], "big")
            # What a power cut left unfinished can hold any length, and a slice takes none beyond a machine word.
            after = body + min(length, len(content))
            rest = content[at + 36 : after]
            if after <= len(content) and content[at + 4 : at + 36] == sha256(rest).digest():
                found = int.from_bytes(rest[:4], "big")
                if found > number:
                    number, data, before = found, rest[8:], number
                else:
                    before = max(before, found)
                end = max(end, after)  # data may end in bytes that look blank
            else:
                after = at + 1
            at = content.find(_MAGIC, after)
        return number, data, end, before

    def _write(self, at: int, data: bytes) -> None:
        """Raises StoreError. `at` is counted from the store's start."""
        at += self._start
        try:
            self._nvm[at : at + len(data)] = data
        except (OSError, RuntimeError):  # RuntimeError("Unable to write to nvm.")
            raise StoreError(EIO, "can't write nvm")

    def load(self) -> "bytes | None":
        """What was last saved whole; None when there is nothing, or what there is has been damaged.

        Raises StoreError when nvm can't be read.
        """
        number, data, _, before = self._look()
        if number - 1 > before >= 0:  # save_over() was cut off
            try:
                self.save(data)
            except StoreError:
                pass  # the next load() tries again
        return data

    def save(self, data: bytes) -> None:
        """Write `data`. Raises StoreError when it can't; errno is ENOSPC when its part of nvm is too small."""
        self._save(data, (1,))

    def save_over(self, data: bytes) -> None:
        """save(data), and nothing that was there before comes back, be one record damaged. Raises StoreError.

        Two records of `data`, where both fit behind what is there; else what is there is erased. After a power cut in
        between load() does what is left.
        """
        self._save(data, (3, 1))

    def _save(self, data: bytes, steps: tuple) -> None:
        """Write as many records as there are `steps`, each of which is what the sequence number grows by."""
        require_bytes(data=data)
        needed = _HEAD + len(data)
        if needed > self._size:
            raise StoreError(_ENOSPC, "the session needs %d bytes, nvm has %d" % (needed, self._size))
        number, _, end, _ = self._look()
        if needed * len(steps) <= self._size - end and not number + sum(steps) >> 32:
            records = b""
            for step in steps:
                number += step
                records += _record(number, data)
            self._write(end, records)
        else:
            # One assignment, so that the sector is erased once, and no older session stays in it: any number will do.
            self._write(0, _record(0, data) + _BLANK * (self._size - needed))

    def erase(self) -> None:
        """Remove the session, and every older one. Raises StoreError when it can't. Costs nothing when blank."""
        if self._look()[2]:
            self._write(0, _BLANK * self._size)


def _record(number: int, data: bytes) -> bytes:
    rest = number.to_bytes(4, "big") + len(data).to_bytes(4, "big") + data
    return _MAGIC + sha256(rest).digest() + rest
