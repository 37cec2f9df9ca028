"""The partition table of each ESP32 board adds up, has room for the firmware, and marks what is to be encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from board_definitions.conftest import Made
from board_definitions.esp32_cmake import Configured
from board_definitions.our_boards import BOARDS, ESP32, FLASH

# The largest that upstream's own image is known to be: an ESP32-C3 optimised for speed (pull request 17994).
UPSTREAM_APP = 1_833_328

SECTOR = 0x1000


@dataclass
class Partition:
    name: str
    kind: str
    subtype: str
    offset: int
    size: int
    flags: str

    @property
    def end(self) -> int:
        return self.offset + self.size


def partitions(text: str) -> list[Partition]:
    rows = [line.partition("#")[0].strip() for line in text.splitlines()]
    cells = [[cell.strip() for cell in row.split(",")] + [""] for row in rows if row]
    return [Partition(c[0], c[1], c[2], int(c[3], 0), int(c[4], 0), c[5]) for c in cells]


def problems(table: list[Partition], table_offset: int, flash_size: int, makes_vfs: bool = False) -> list[str]:
    """What ESP-IDF, the chip or MicroPython would find wrong with a partition table.

    makes_vfs: whether MicroPython takes what is left of the flash for vfs, as 1.26 does.
    """
    found = []
    end = table_offset + SECTOR
    for part in sorted(table, key=lambda part: part.offset):
        unit = 0x10000 if part.kind == "app" else SECTOR
        if part.offset % unit or part.size % SECTOR:
            found.append(f"{part.name} is not aligned")
        if part.offset < end:
            found.append(f"{part.name} overlaps what is before it")
        end = max(end, part.end)
    if end > flash_size:
        found.append("it is larger than the flash")
    if table[0].name != "nvs":
        found.append("makeimg.py takes the room of the table to end at nvs")
    kinds = {part.name: (part.kind, part.subtype) for part in table}
    for name, kind in {"nvs": ("data", "nvs"), "phy_init": ("data", "phy"), "vfs": ("data", "fat")}.items():
        if name == "vfs" and makes_vfs and name not in kinds:
            continue
        if kinds.get(name) != kind:
            found.append(f"there is no {name}")
    return found


GOOD = """
nvs,      data, nvs,     0x9000,   0x6000,
phy_init, data, phy,     0xf000,   0x1000,
factory,  app,  factory, 0x10000,  0x1F0000,
vfs,      data, fat,     0x200000, 0x200000,
"""


@pytest.mark.parametrize(
    "right, wrong, problem",
    [
        ("0x9000,", "0x8000,", "nvs overlaps what is before it"),
        ("0x6000", "0x7000", "phy_init overlaps what is before it"),
        ("0x1F0000", "0x1F0800", "factory is not aligned"),
        ("0x10000, ", "0x11000, ", "factory is not aligned"),
        ("0x200000,\n", "0x201000,\n", "it is larger than the flash"),
        ("vfs, ", "ffs, ", "there is no vfs"),
        ("nvs,      data, nvs,     0x9000,   0x6000,", "", "there is no nvs"),
    ],
)
def test_a_wrong_table_is_seen(right: str, wrong: str, problem: str) -> None:
    assert not problems(partitions(GOOD), 0x8000, 0x400000)
    assert right in GOOD
    assert problem in problems(partitions(GOOD.replace(right, wrong)), 0x8000, 0x400000)


def test_the_partition_table_adds_up(esp32: tuple[str, str, Configured], upstream: Path) -> None:
    table, found = table_of(esp32[2], upstream), esp32[2].sdkconfig
    table_offset = int(found.get("CONFIG_PARTITION_TABLE_OFFSET", "0x8000"), 0)
    makes_vfs = "esp_partition_register_external" in (upstream / "ports" / "esp32" / "main.c").read_text()
    assert not problems(table, table_offset, flash_size(found), makes_vfs)


def test_where_there_is_room_a_second_application_can_be_written_beside_the_first(
    esp32: tuple[str, str, Configured], upstream: Path
) -> None:
    """In the field a partition table stays as it is: without a second slot there is no update over the air, ever.

    What the slots need: ESP-IDF's API guide, "Partition Tables" and "Over The Air Updates".
    """
    board, _, found = esp32
    table = table_of(found, upstream)
    apps = [part for part in table if part.kind == "app"]
    assert flash_size(found.sdkconfig) == FLASH[board] << 20 or FLASH[board] == 4
    if FLASH[board] < 8:
        assert [part.subtype for part in apps] == ["factory"]
        return
    assert [part.subtype for part in apps] == ["ota_0", "ota_1"] and apps[0].size == apps[1].size
    (otadata,) = (part for part in table if (part.kind, part.subtype) == ("data", "ota"))
    assert otadata.size == 2 * SECTOR
    # A second application that does not start must not be the end of the board.
    assert found.sdkconfig["CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE"] == "y"
    assert table[-1].name == "vfs" and table[-1].end == FLASH[board] << 20, "all of the flash is used"
    # `cognito-mp flash` writes one image from the boot loader to the end of the first application, and fills with 0xFF
    # (upstream's makeimg.py): so the slot that was chosen over the air is forgotten, and what was flashed runs.
    assert otadata.end <= apps[0].offset


@pytest.mark.parametrize("board", ESP32)
def test_a_board_without_a_second_slot_says_so(board: str) -> None:
    text = " ".join((BOARDS / board / "README.md").read_text().split())
    assert f"{FLASH[board]} MiB of flash" in text
    assert ("no second slot" in text) == (FLASH[board] < 8) and ("two application slots" in text) == (FLASH[board] >= 8)


def table_of(found: Configured, upstream: Path) -> list[Partition]:
    assert found.sdkconfig["CONFIG_PARTITION_TABLE_CUSTOM"] == "y"
    name = found.sdkconfig["CONFIG_PARTITION_TABLE_CUSTOM_FILENAME"].strip('"')
    return partitions((upstream / "ports" / "esp32" / name).read_text())


def flash_size(sdkconfig: dict[str, str]) -> int:
    sizes = [
        name for name, value in sdkconfig.items() if name.startswith("CONFIG_ESPTOOLPY_FLASHSIZE_") and value == "y"
    ]
    assert len(sizes) == 1, sizes
    return int(sizes[0].rpartition("_")[2].removesuffix("MB")) << 20


def test_the_firmware_fits(
    esp32: tuple[str, str, Configured], upstream: Path, micropython_lib: Path, made: Made
) -> None:
    folder = made.frozen(esp32[0], upstream, micropython_lib)
    # Frozen, they take less: 0.77 of it in the emulated RP2040's image (the symbols of the library in its firmware.elf,
    # by arm-none-eabi-nm -S, beside the .mpy). A tenth more than that, to be sure.
    ours = sum(path.stat().st_size for path in folder.rglob("*.mpy")) * 85 // 100
    assert all(UPSTREAM_APP + ours <= part.size for part in table_of(esp32[2], upstream) if part.kind == "app")


@pytest.mark.parametrize("esp32", [(board, "ENCRYPTED") for board in ESP32], indirect=True, ids="-".join)
def test_what_has_to_be_encrypted_is_marked(esp32: tuple[str, str, Configured], upstream: Path) -> None:
    board, _, found = esp32
    table = {part.name: part for part in table_of(found, upstream)}
    marked = {"nvs_keys", "vfs"} | ({"otadata", "ota_0", "ota_1"} if FLASH[board] >= 8 else {"factory"})
    assert {name for name, part in table.items() if part.flags == "encrypted"} == marked
    assert table["vfs"].flags == table["nvs_keys"].flags == "encrypted"
    assert table["nvs_keys"].subtype == "nvs_keys"
    assert not table["nvs"].flags  # NVS encrypts by itself
