"""Files that nobody else on this computer may read: what boards there are, and who their wearers are."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_OWNER_ALONE = 0o600


@contextlib.contextmanager
def rewritten(path: Path) -> Iterator[BinaryIO]:
    """`path`, empty and open for writing, 0600 from the first byte, also where it was there already. Raises OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), _OWNER_ALONE), "wb") as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # /dev/stdout may be anything
            close_to_others(path)
            file.truncate()
        yield file


def make(path: Path) -> None:
    """Make the file `path`, empty, unless it is there. Raises OSError."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, _OWNER_ALONE))


def close_to_others(path: Path) -> None:
    """Take from everybody but the owner what they may do with the file `path`, if it is there and is ours to close."""
    with contextlib.suppress(FileNotFoundError, PermissionError):  # another's: whoever owns it says who reads it
        path.chmod(_OWNER_ALONE)
