"""The session in CircuitPython's microcontroller.nvm, for boards whose drive the program may not write.

Records stand one behind the other. Each is "CMP" and the format's version, the SHA-256 of the rest, a 4-byte sequence
number, the 4-byte length of the data, the data. The newest one whose digest is right is the session.
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
        """(sequence number, data, end): the newest whole record, -1 and None without one; where blank bytes begin."""
        try:
            content = bytes(self._nvm[self._start : self._start + self._size])
        except (OSError, RuntimeError):  # the ESP32's says RuntimeError("NVS Error")
            raise StoreError(EIO, "can't read nvm")
        number, data, end = -1, None, len(content.rstrip(_BLANK))
        at = content.find(_MAGIC)
        while at >= 0:
            body = at + _HEAD
            length = int.from_bytes(content[body - 4 : body], "big")
            # What a power cut left unfinished can hold any length, and a slice takes none beyond a machine word.
            after = body + min(length, len(content))
            rest = content[at + 36 : after]
            if after <= len(content) and content[at + 4 : at + 36] == sha256(rest).digest():
                if int.from_bytes(rest[:4], "big") > number:
                    number, data = int.from_bytes(rest[:4], "big"), rest[8:]
                end = max(end, after)  # data may end in bytes that look blank
            else:
                after = at + 1
            at = content.find(_MAGIC, after)
        return number, data, end

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
        return self._look()[1]

    def save(self, data: bytes) -> None:
        """Write `data`. Raises StoreError when it can't; errno is ENOSPC when its part of nvm is too small."""
        require_bytes(data=data)
        needed = _HEAD + len(data)
        if needed > self._size:
            raise StoreError(_ENOSPC, "the session needs %d bytes, nvm has %d" % (needed, self._size))
        number, _, end = self._look()
        rest = (number + 1).to_bytes(4, "big") + len(data).to_bytes(4, "big") + data
        record = _MAGIC + sha256(rest).digest() + rest
        if needed <= self._size - end:
            self._write(end, record)
        else:
            # One assignment, so that the sector is erased once, and no older session stays in it.
            self._write(0, record + _BLANK * (self._size - needed))

    def erase(self) -> None:
        """Remove the session, and every older one. Raises StoreError when it can't. Costs nothing when blank."""
        if self._look()[2]:
            self._write(0, _BLANK * self._size)
