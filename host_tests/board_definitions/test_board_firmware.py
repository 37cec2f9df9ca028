"""board_firmware, over upstream's own makefiles."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from board_definitions.host_programs import executable, program, start
from board_definitions.our_boards import ALL, BOARDS
from cognito_mp_tools.firmware import board_firmware, rp2040_firmware

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
        words = ("-m", "cognito_mp_tools.firmware.board_firmware", "--folder", str(self.folder / "out"))
        return start(sys.executable, *words, *arguments, **settings)

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
    # Another MicroPython; or a checkout that was moved, or copied with its build/.
    for line in ("CMAKE_HOME_DIRECTORY:INTERNAL=/another/ports/rp2", "CMAKE_CACHEFILE_DIR:INTERNAL=/another/work"):
        work.mkdir(exist_ok=True)
        (work / "kept.o").touch()
        (work / "CMakeCache.txt").write_text(f"// a comment\n{line}\n")
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
        (("COGNITO_PICO2_W", "--variant", "RISCV"), {}, "riscv32-unknown-elf-gcc: unpack the RISC-V toolchain of"),
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


# Upstream's word for each release is in its ports/esp32/README.md.
@pytest.mark.parametrize(
    "micropython, idf, told",
    [
        ("25", "5.2.2", ""),
        ("25", "5.4.0", ""),
        ("25", "5.5.1", "names: an ESP-IDF from v5.2.2 to v5.4"),
        ("25", "5.2.1", "careful: ESP-IDF 5.2.1"),
        ("26", "5.4.2", ""),
        ("26", "5.4.0", "names: ESP-IDF v5.4.2"),
        ("27", "5.4.2", "names: ESP-IDF v5.5.1"),
        ("28", "5.5.1", ""),
        ("29", "5.5.1", "names: ESP-IDF v5.5.2"),
        ("99", "6.0.0", ""),
    ],
)
def test_an_esp_idf_that_upstream_does_not_name_is_told(maker: Maker, micropython: str, idf: str, told: str) -> None:
    header = maker.source / "py" / "mpconfig.h"
    header.write_text(re.sub(r"(MICROPY_VERSION_MINOR) \d+", rf"\1 {micropython}", header.read_text()))
    major, minor, patch = idf.split(".")
    version = f"set(IDF_VERSION_MAJOR {major})\nset(IDF_VERSION_MINOR {minor})\nset(IDF_VERSION_PATCH {patch})\n"
    (maker.folder / "idf" / "tools" / "cmake" / "version.cmake").write_text(version)
    done = maker.firmware("COGNITO_ESP32_GENERIC")
    assert done.returncode == 0, done.stdout
    assert told in done.stdout and ("careful" in done.stdout) == bool(told)


def test_the_table_of_esp_idf_versions_is_upstreams(upstream: Path) -> None:
    readme = (upstream / "ports" / "esp32" / "README.md").read_text()
    oldest, newest = board_firmware._IDF[board_firmware._version(upstream)]
    assert f"v{oldest}" in readme and f"v{newest}" in readme


def test_the_riscv_variant_takes_its_own_compiler(maker: Maker) -> None:
    (maker.folder / "bin" / "arm-none-eabi-gcc").rename(maker.folder / "bin" / "riscv32-unknown-elf-gcc")
    done = maker.firmware("COGNITO_PICO2_W", "--variant", "RISCV")
    assert done.returncode == 0, done.stdout
    assert "-DMICROPY_BOARD_VARIANT=RISCV" in maker.calls


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
