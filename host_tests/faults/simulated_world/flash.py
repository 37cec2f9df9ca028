"""A device's flash and its filesystem: what the library's `open` and `os` are in a simulated world.

Two kinds. "littlefs" commits a file as a whole when it is closed; until then a power cut leaves what was there. "fat"
writes in place, block by block, and a power cut leaves a block half written. What real ones do is tried in power_cuts.
"""

from __future__ import annotations

import builtins
import errno
import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import cognito_mp

_BLOCK = 512


class Flash:
    """What outlives a power cut: the content of each file.

    touched    (operation, name) is called before each operation; it may raise what it likes
    committed  (name, content, or None when it was removed) is called after each change
    """

    def __init__(
        self,
        kind: str,
        randomness: random.Random,
        touched: Callable[[str, str], None],
        committed: Callable[[str, bytes | None], None],
    ) -> None:
        self.kind = kind
        self.files: dict[str, bytes] = {}
        self._randomness = randomness
        self.touched = touched
        self._committed = committed

    def put(self, name: str, content: bytes | None) -> None:
        """What is in the file from now on; None for no file."""
        if content is None:
            self.files.pop(name, None)
        else:
            self.files[name] = content
        self._committed(name, content)

    def torn(self, new: bytes) -> bytes:
        """What a power cut leaves of `new` on FAT; behind it is what was there."""
        return new[: self._randomness.randrange(len(new) + 1)]


class _File:
    """An open file: "r", "w", "a" or "r+", with or without "b"."""

    def __init__(self, flash: Flash, name: str, mode: str) -> None:
        self._flash = flash
        self._name = name
        self._text = "b" not in mode
        self._writes = mode[0] in "wa" or "+" in mode
        flash.touched("open" if self._writes else "read", name)
        if mode[0] == "r" and name not in flash.files:
            raise OSError(errno.ENOENT, "ENOENT")
        self._data = bytearray() if mode[0] == "w" else bytearray(flash.files.get(name, b""))
        self._disk = bytearray(self._data)  # what is programmed so far
        self._at = len(self._data) if mode[0] == "a" else 0
        if mode[0] == "w" and flash.kind == "fat":
            flash.put(name, b"")

    def read(self, size: int = -1) -> Any:
        end = len(self._data) if size < 0 else self._at + size
        data = bytes(self._data[self._at : end])
        self._at += len(data)
        return data.decode() if self._text else data

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (len(self._data) if whence == 2 else 0)
        return self._at

    def write(self, data: Any) -> int:
        content = data.encode() if self._text else bytes(data)
        first = self._at // _BLOCK
        self._data[self._at : self._at + len(content)] = content
        self._at += len(content)
        for block in range(first, self._at // _BLOCK):  # those that are full; the last one waits for close()
            self._program(block)
        return len(data)

    def _program(self, block: int) -> None:
        at = block * _BLOCK
        new = bytes(self._data[at : at + _BLOCK])
        try:
            self._flash.touched("program", self._name)
        except BaseException:
            self._put(at, self._flash.torn(new))
            raise
        self._put(at, new)

    def _put(self, at: int, block: bytes) -> None:
        self._disk[at : at + len(block)] = block
        if self._flash.kind == "fat":
            self._flash.put(self._name, bytes(self._disk))

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        if self._writes:
            self._writes = False
            if self._at % _BLOCK:
                self._program(self._at // _BLOCK)
            self._flash.touched("commit", self._name)
            if self._flash.kind != "fat":
                self._flash.put(self._name, bytes(self._data))

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class FlashSystem:
    """The functions of `open` and `os` that the library and the firmware use, while the power is on."""

    def __init__(self, flash: Flash) -> None:
        self._flash = flash

    def open(self, name: str, mode: str = "r") -> _File:
        return _File(self._flash, name, mode)

    def remove(self, name: str) -> None:
        self._flash.touched("remove", name)
        if name not in self._flash.files:
            raise OSError(errno.ENOENT, "ENOENT")
        self._flash.put(name, None)

    def rename(self, old: str, new: str) -> None:
        self._flash.touched("rename", old)
        self._flash.files[new] = self._flash.files.pop(old)

    def load(self, package: ModuleType, path: str) -> ModuleType:
        """The module `path` of `package`, such as stores/file.py, anew, with this flash as its `open` and its `os`."""
        folder = Path(str(package.__file__)).parent
        name = f"{package.__name__}.{path[:-3].replace('/', '.')}"
        module = ModuleType(name)
        module.__package__ = name.rpartition(".")[0]
        own = {**vars(builtins), "open": self.open}

        def imported(wanted: str, *rest: Any, **named: Any) -> Any:
            return self if wanted == "os" else builtins.__import__(wanted, *rest, **named)

        own["__import__"] = imported
        module.__dict__["__builtins__"] = own
        exec(_compiled(folder / path), module.__dict__)
        return module

    def file_store(self, path: str) -> Any:
        """The library's own FileStore, on this flash."""
        return self.load(cognito_mp, "stores/file.py").FileStore(path)


_CODE: dict[Path, Any] = {}


def _compiled(file: Path) -> Any:
    if file not in _CODE:
        _CODE[file] = compile(file.read_text(), str(file), "exec")
    return _CODE[file]
