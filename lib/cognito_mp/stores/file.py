"""The session in two files of any filesystem, written in turn; no rename is relied on."""

import os
from errno import ENOENT

from ..errors import require_text
from .two_slots import TwoSlots


class FileStore(TwoSlots):
    """Keeps a session in the files `path`.0 and `path`.1 of a folder that exists. A power cut leaves the old session or
    the new; docs/power_cuts.md says on what: littlefs and cards do, FAT on bare flash can't.

    Once made, the files stay: what is erased is overwritten. Copies can stay in blocks of the flash that the filesystem
    has not used again: only an encrypted flash keeps them from somebody who can read the chip.

    On a computer only the user who runs the program can read the files.

    CircuitPython: a program can write only after storage.remount("/", readonly=False) in boot.py; else save() raises
    StoreError with errno 30, a read-only filesystem, and so does erase() where there is something.
    """

    def __init__(self, path: str) -> None:
        """`path`: str, such as "/session". Raises ValueError when it is empty or no str."""
        require_text(path=path)
        opened = open
        if hasattr(os, "fsync"):  # a computer; elsewhere closing a file commits it (littlefs, FAT)
            from ..ports.file_cpython import opened  # type: ignore[assignment,no-redef]
        super().__init__(_File(path + ".0", opened), _File(path + ".1", opened))


class _File:
    """A slot, as TwoSlots wants it, that is a file: the length of the record (4 bytes), the record, zeros.

    It is rewritten in place, and neither cut short nor removed: on FAT, a power cut in the middle of either can leave
    an entry of the folder half old and half new, and then the file can't be read, or what was removed is back.
    """

    def __init__(self, name: str, opened) -> None:
        """`opened`: open, or its like; closing what it opens commits it."""
        self.name = name
        self.opened = opened

    def read(self, start: int) -> bytes:
        try:
            with self.opened(self.name, "rb") as file:
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
            file = self.opened(self.name, "r+b")  # _rewrite closes it
        except OSError:  # there is none yet; or nothing helps but a new one
            file = self.opened(self.name, "wb")
        _rewrite(file, head, data)

    def remove(self) -> None:
        try:
            _rewrite(self.opened(self.name, "r+b"), b"", b"")
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
