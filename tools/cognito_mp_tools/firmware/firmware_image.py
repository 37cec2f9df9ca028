"""What a firmware file is for, read from the file itself: UF2 for RP2 chips, Espressif's image for ESP32 ones."""

from __future__ import annotations

import struct
from pathlib import Path

from cognito_mp_tools.failures import ToolFailed

# https://github.com/microsoft/uf2/blob/master/utils/uf2families.json
_UF2_FAMILIES = {0xE48BFF56: "rp2040", 0xE48BFF59: "rp2350", 0xE48BFF5A: "rp2350", 0xE48BFF5B: "rp2350"}
_UF2_ANY = 0xE48BFF57  # picotool marks a block so that goes to an absolute address of any chip
_UF2_MAGICS = (0x0A324655, 0x9E5D5157, 0x0AB16F30)
_UF2_FAMILY_ID_PRESENT = 0x2000
_UF2_BLOCK = 512

# Chip ids of https://docs.espressif.com/projects/esptool/en/latest/esp32/advanced-topics/firmware-image-format.html
_ESP_CHIPS = {
    0: "esp32",
    2: "esp32s2",
    5: "esp32c3",
    9: "esp32s3",
    12: "esp32c2",
    13: "esp32c6",
    16: "esp32h2",
    18: "esp32p4",
    23: "esp32c5",
}
_ESP_MAGIC = 0xE9


def chip_of(image: Path) -> str:
    """The chip that the file is for, such as "rp2040" or "esp32s3". Raises ToolFailed if it is not a firmware."""
    content = image.read_bytes()
    if image.suffix.lower() == ".uf2":
        return _uf2_chip(image, content)
    if len(content) < 24 or content[0] != _ESP_MAGIC:
        raise ToolFailed(f"{image} is not a firmware, which is a UF2 file, or an ESP32 image of MicroPython's build.")
    number = struct.unpack_from("<H", content, 12)[0]
    if number not in _ESP_CHIPS:
        raise ToolFailed(f"{image} is for an Espressif chip of number {number}, which cognito-mp doesn't know.")
    return _ESP_CHIPS[number]


def _uf2_chip(image: Path, content: bytes) -> str:
    if not content or len(content) % _UF2_BLOCK:
        raise ToolFailed(f"{image} is cut short: a UF2 file is a number of whole 512-byte blocks.")
    chips = {_block_chip(image, content[at : at + _UF2_BLOCK]) for at in range(0, len(content), _UF2_BLOCK)} - {""}
    if len(chips) != 1:
        raise ToolFailed(f"{image} is for {' and '.join(sorted(chips)) or 'no chip in particular'}, not for one chip.")
    return chips.pop()


def _block_chip(image: Path, block: bytes) -> str:
    """The chip that a block is for, "" for any."""
    start, second, flags = struct.unpack_from("<3I", block)
    (family,) = struct.unpack_from("<I", block, 28)
    (end,) = struct.unpack_from("<I", block, 508)
    if (start, second, end) != _UF2_MAGICS:
        raise ToolFailed(f"{image} is damaged: a block in it is not UF2.")
    if not flags & _UF2_FAMILY_ID_PRESENT or family == _UF2_ANY:
        return ""
    return _UF2_FAMILIES.get(family, f"another chip (UF2 family {family:#x})")


def holds(image: Path, text: str) -> bool:
    """True when `text` is in the firmware itself, as the version is that a board with this firmware tells."""
    content = image.read_bytes()
    if image.suffix.lower() == ".uf2":
        # A block's 32 bytes of head say where its data goes, and how long that is.
        blocks = [content[at : at + _UF2_BLOCK] for at in range(0, len(content), _UF2_BLOCK)]
        content = b"".join(block[32 : 32 + struct.unpack_from("<I", block, 16)[0]] for block in blocks)
    return text.encode() in content
