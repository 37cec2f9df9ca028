"""The session in two files of any filesystem, written in turn; no rename is relied on."""

import os
from errno import ENOENT

from ..errors import require_text
from .two_slots import TwoSlots


class FileStore(TwoSlots):
    """Keeps a session in the files `path`.0 and `path`.1 of a folder that exists. A power cut leaves the old session or
    the new.

    What is erased or replaced can stay in blocks of the flash that the filesystem has not used again: only an
    encrypted flash keeps it from who can read the chip.

    CircuitPython: a program can write only after storage.remount("/", readonly=False) in boot.py; else save() raises
    StoreError with errno 30, a read-only filesystem.
    """

    def __init__(self, path: str) -> None:
        """`path`: str, such as "/session". Raises ValueError when it is empty or no str."""
        require_text(path=path)
        super().__init__(_File(path + ".0"), _File(path + ".1"))


class _File:
    """A slot, as TwoSlots wants it, that is a file."""

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self) -> "bytes | None":
        try:
            with open(self.name, "rb") as file:
                return file.read()
        except OSError as error:
            if error.errno != ENOENT:
                raise
        return None

    def write(self, record: bytes) -> None:
        with open(self.name, "wb") as file:
            file.write(record)
            if hasattr(os, "fsync"):  # elsewhere closing a file commits it (littlefs, FAT)
                file.flush()
                os.fsync(file.fileno())

    def remove(self) -> None:
        try:
            os.remove(self.name)
        except OSError as error:
            if error.errno != ENOENT:
                raise

    def wipe(self) -> None:
        self.write(b"")
