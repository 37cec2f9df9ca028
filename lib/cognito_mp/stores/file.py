"""The session in two files of any filesystem, written in turn; no rename is relied on."""

import os
from errno import ENOENT

from ..errors import require_text
from .two_slots import TwoSlots


class FileStore(TwoSlots):
    """Keeps a session in the files `path`.0 and `path`.1 of a folder that exists. A power cut leaves the old session or
    the new; docs/power_cuts.md says on what: littlefs and cards do, FAT on bare flash can't.

    Once made, the files stay: what is erased is overwritten. Copies can stay in blocks of the flash that the filesystem
    has not used again: only an encrypted flash keeps them from who can read the chip.

    CircuitPython: a program can write only after storage.remount("/", readonly=False) in boot.py; else save() raises
    StoreError with errno 30, a read-only filesystem, and so does erase() where there is something.
    """

    def __init__(self, path: str) -> None:
        """`path`: str, such as "/session". Raises ValueError when it is empty or no str."""
        require_text(path=path)
        super().__init__(_File(path + ".0"), _File(path + ".1"))


class _File:
    """A slot, as TwoSlots wants it, that is a file: the length of the record (4 bytes), the record, zeros.

    It is rewritten in place, and neither cut short nor removed: on FAT, a power cut in the middle of either can leave
    an entry of the folder half old and half new, and then the file can't be read, or what was removed is back.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, start: int) -> bytes:
        try:
            with open(self.name, "rb") as file:
                size = file.seek(0, 2)
                file.seek(0)
                # No more than there is: a power cut can leave any length.
                end = min(size, 4 + int.from_bytes(file.read(4), "big"))
                file.seek(4 + start)
                return file.read(max(0, end - 4 - start))
        except OSError as error:
            if error.errno != ENOENT:
                raise
        return b""

    def write(self, head: bytes, data: bytes) -> None:
        try:
            file = open(self.name, "r+b")  # noqa: SIM115  # _rewrite closes it
        except OSError:  # there is none yet; or nothing helps but a new one
            file = open(self.name, "wb")  # noqa: SIM115
        _rewrite(file, head, data)

    def remove(self) -> None:
        try:
            _rewrite(open(self.name, "r+b"), b"", b"")  # noqa: SIM115
        except OSError as error:
            if error.errno != ENOENT:
                os.remove(self.name)  # a full littlefs can do that all the same


def _rewrite(file, head: bytes, data: bytes) -> None:
    with file:
        length = len(head) + len(data)
        rest = bytes(max(0, file.seek(0, 2) - length - 4))
        file.seek(0)
        for part in (length.to_bytes(4, "big"), head, data, rest):  # all made before any is written
            file.write(part)
        if hasattr(os, "fsync"):  # elsewhere closing a file commits it (littlefs, FAT)
            file.flush()
            os.fsync(file.fileno())
