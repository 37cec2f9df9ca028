"""A session's files on a computer: nobody else can read them, and closing one puts it on the medium."""

import io
import os
from errno import ENOENT


def opened(name: str, mode: str):
    """open(name, mode) for "rb", "r+b" and "wb"; the file is its owner's alone from its first byte on (0600).

    Raises OSError; also when the file is another user's, who could read what is written.
    """
    flags = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)  # the first is Windows', the second POSIX's
    if mode == "rb":
        return _readable(name, flags)
    try:
        descriptor, is_new = os.open(name, flags | os.O_RDWR), False
    except OSError as error:
        if mode != "wb" or error.errno != ENOENT:
            raise
        descriptor, is_new = os.open(name, flags | os.O_RDWR | os.O_CREAT, 0o600), True
    try:
        if hasattr(os, "fchmod"):  # POSIX; on Windows the folder says who may read a file
            os.fchmod(descriptor, 0o600)
            if is_new:
                _sync_folder(name)
        if mode == "wb":
            os.ftruncate(descriptor, 0)
        return _Synced(io.FileIO(descriptor, "r+b"))
    except BaseException:
        os.close(descriptor)
        raise


def _readable(name: str, flags: int):
    descriptor = os.open(name, flags | os.O_RDONLY)
    try:
        # What an older version wrote could be read by others until now.
        if hasattr(os, "fchmod") and os.fstat(descriptor).st_mode & 0o077:
            _try(os.fchmod, descriptor, 0o600)  # it may be another user's, or on a medium that is read-only
        return io.BufferedReader(io.FileIO(descriptor, "rb"))
    except BaseException:
        os.close(descriptor)
        raise


class _Synced(io.BufferedRandom):
    """Is on the medium once it is closed."""

    def close(self) -> None:
        if not self.closed:
            try:
                self.flush()
                os.fsync(self.fileno())
            finally:
                super().close()


def _sync_folder(name: str) -> None:
    """The name of a new file is on the medium when its folder is; fsync(2): the file's own does not see to that."""
    folder = os.open(os.path.dirname(name) or ".", os.O_RDONLY)
    try:
        _try(os.fsync, folder)  # not every filesystem can
    finally:
        os.close(folder)


def _try(action, *arguments) -> None:
    try:
        action(*arguments)
    except OSError:
        pass
