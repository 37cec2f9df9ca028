"""A look into the flash of an emulated RP2040 with littlefs's own code, not MicroPython's."""

from __future__ import annotations

from cognito_mp_tools.emulated_rp2040 import EmulatedRP2040
from littlefs import LittleFS

# As in MicroPython's rp2 port: what is left of the Pico's 2 MB behind the program.
_BLOCK = 4096
_BLOCKS = 212


def files_on(chip: EmulatedRP2040) -> dict[str, bytes]:
    """The files on `chip`, by path. Raises littlefs.LittleFSError when the filesystem is damaged."""
    image = chip.flash_image.read_bytes()
    filesystem = LittleFS(block_size=_BLOCK, block_count=_BLOCKS, read_size=32, prog_size=256, mount=False)
    filesystem.context.buffer = bytearray(image[-_BLOCK * _BLOCKS :])
    filesystem.mount()
    found = {}
    for folder, _, names in filesystem.walk("/"):
        for name in names:
            path = f"{folder.rstrip('/')}/{name}"
            with filesystem.open(path, "rb") as file:
                found[path] = file.read()
    return found
