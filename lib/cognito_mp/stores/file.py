"""The session in two files of any filesystem, written in turn, so that a power cut at any moment leaves one whole.

A slot is "CMP" and the format's version, the SHA-256 of the rest, a 4-byte sequence number, the data.
The newest slot whose digest is right is the session; no rename is relied on.
"""

import os

from ..errors import StoreError, require_text
from ..crypto.hmac_sha256 import sha256


class FileStore:
    """Keeps a session in the files `path`.0 and `path`.1 of a folder that exists."""

    def __init__(self, path: str) -> None:
        """`path`: str, such as "/session". Raises ValueError when it is empty or no str."""
        require_text(path=path)
        self._slots = path + ".0", path + ".1"

    def _newest(self) -> "tuple[int, bytes | None]":
        """(sequence number, data) of the newest whole slot; (-1, None) when there is none."""
        newest: tuple[int, bytes | None] = -1, None
        for slot in self._slots:
            try:
                with open(slot, "rb") as file:
                    head = file.read(36)
                    rest = file.read()
            except OSError:
                continue
            number = int.from_bytes(rest[:4], "big")
            if head == b"CMP\x01" + sha256(rest).digest() and number > newest[0]:
                newest = number, rest[4:]
        return newest

    def load(self) -> bytes | None:
        """What was last saved whole; None when there is nothing, or nothing readable."""
        return self._newest()[1]

    def save(self, data: bytes) -> None:
        """Write `data` beside what is there. Raises StoreError, and the old data stays, when it can't."""
        number = self._newest()[0] + 1
        slot = self._slots[number % 2]
        data = number.to_bytes(4, "big") + data
        try:
            with open(slot, "wb") as file:
                file.write(b"CMP\x01" + sha256(data).digest())
                file.write(data)
                if hasattr(os, "fsync"):  # elsewhere closing a file commits it (littlefs, FAT)
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(error.errno, "can't write " + slot)

    def erase(self) -> None:
        """Remove the session. Raises StoreError when a file can't be removed."""
        number = self._newest()[0]
        # The older slot goes first: a power cut in between must not bring an older session back.
        for turn in (number + 1, number):
            slot = self._slots[turn % 2]
            try:
                os.remove(slot)
            except OSError as error:
                if error.errno != 2:  # ENOENT
                    raise StoreError(error.errno, "can't write " + slot)
