"""The filesystem in an RP2040's flash image, with littlefs's own code in place of MicroPython's.

write_files(flash_image, {"/settings.json": b"{}"})      some thousand times faster than over the serial port
read_files(flash_image)["/settings.json"]
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from littlefs import LittleFS, LittleFSError

_FLASH_SIZE = 2 * 1024 * 1024
# As MicroPython's rp2 port formats it: behind the program, as much as mpconfigboard.h leaves to it.
_BLOCK = 4096
_BLOCKS = 212


def write_files(flash_image: Path, files: Mapping[str, bytes]) -> None:
    """Put `files`, by absolute path, on the flash of a chip that is off; it is formatted where it was not."""
    image = bytearray(flash_image.read_bytes()) if flash_image.exists() else bytearray(b"\xff" * _FLASH_SIZE)
    filesystem = _open(image)
    try:
        filesystem.mount()
    except LittleFSError:
        filesystem.format()
        filesystem.mount()
    for path, content in files.items():
        filesystem.makedirs(path.rpartition("/")[0] or "/", exist_ok=True)
        with filesystem.open(path, "wb") as file:
            file.write(content)
    filesystem.unmount()
    image[-_BLOCK * _BLOCKS :] = filesystem.context.buffer
    flash_image.write_bytes(image)


def read_files(flash_image: Path) -> dict[str, bytes]:
    """All files, by absolute path. Raises LittleFSError when there is no filesystem, or it is damaged."""
    filesystem = _open(bytearray(flash_image.read_bytes()))
    filesystem.mount()
    found = {}
    for folder, _, names in filesystem.walk("/"):
        for name in names:
            path = f"{folder.rstrip('/')}/{name}"
            with filesystem.open(path, "rb") as file:
                found[path] = file.read()
    return found


def _open(image: bytearray) -> LittleFS:
    # MicroPython caches four pages, and a file below 512 bytes lies in its folder: a smaller cache could not read it.
    filesystem = LittleFS(
        block_size=_BLOCK, block_count=_BLOCKS, read_size=32, prog_size=256, cache_size=1024, mount=False
    )
    filesystem.context.buffer = image[-_BLOCK * _BLOCKS :]
    return filesystem
