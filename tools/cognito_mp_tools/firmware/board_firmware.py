"""Firmware for a board of boards/, built from the maker's own MicroPython checkout.

    MICROPYTHON_SRC=~/micropython python -m cognito_mp_tools.firmware.board_firmware BOARD [--variant NAME]

prints the path of the firmware, which lies where `cognito-mp flash` finds it. Upstream's own make does the work: its
submodules target where the checkout is a git clone, mpy-cross, then the port. EMULATED_RP2040 needs no checkout.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from cognito_mp_tools.board import web_server
from cognito_mp_tools.emulator.programs import MissingPrograms
from cognito_mp_tools.firmware import cmake_cache, rp2040_firmware
from cognito_mp_tools.packages import build_step
from cognito_mp_tools.packages.build_step import BuildFailed
from cognito_mp_tools.packages.debian import NotDebian
from cognito_mp_tools.project import BUILD, ROOT

_BOARDS = ROOT / "boards"
_CHECKED_WITH = (1, 25)
# The ESP-IDF that each MicroPython names in its ports/esp32/README.md, the oldest and the newest.
_IDF = {
    (1, 25): ("5.2.2", "5.4"),
    (1, 26): ("5.4.2", "5.4.2"),
    (1, 27): ("5.5.1", "5.5.1"),
    (1, 28): ("5.5.1", "5.5.1"),
    (1, 29): ("5.5.2", "5.5.2"),
}
_JOBS = "-j2"


class NotReady(RuntimeError):
    """Something that the maker has to name or install first; the message says what, and how."""


@dataclass(frozen=True)
class Port:
    """A port of MicroPython: its folder in ports/, the programs that its build needs, and what it makes."""

    name: str
    programs: tuple[str, ...]
    image: str


_RP2 = Port("rp2", ("make", "cmake", "python3", "cc", "c++", "arm-none-eabi-gcc"), "firmware.uf2")
_RP2_RISCV = Port("rp2", ("make", "cmake", "python3", "cc", "c++", "riscv32-unknown-elf-gcc"), "firmware.uf2")
_ESP32 = Port("esp32", ("make", "cmake", "python3", "cc"), "firmware.bin")
_PACKAGES = {
    "cc": "gcc",
    "c++": "g++",
    "arm-none-eabi-gcc": "gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib",
}
# What Debian does not have, and where it is to be had: its compiler for RISC-V comes without newlib.
_ELSEWHERE = {
    "riscv32-unknown-elf-gcc": "unpack the RISC-V toolchain of https://github.com/raspberrypi/pico-sdk-tools/releases, "
    "and put its bin on PATH",
}


def boards() -> dict[str, str]:
    """The chip of each board that there is."""
    descriptions = sorted(_BOARDS.glob("*/board.json"))
    return {path.parent.name: str(json.loads(path.read_text())["mcu"]) for path in descriptions}


def variants(board: str) -> list[str]:
    """The names that `variant` may have for `board`, besides ""."""
    files = sorted((_BOARDS / board).glob("mpconfigvariant_*.cmake"))
    return [path.stem.partition("_")[2] for path in files]


def build(board: str, variant: str = "", folder: Path = BUILD / "firmware") -> Path:
    """Build the firmware of `board` in a folder of its own under `folder`, and return its path.

    Raises NotReady, MissingPrograms or BuildFailed, and for EMULATED_RP2040 what rp2040_firmware.build raises.
    """
    port = _port(board, variant)
    if board == rp2040_firmware.BOARD.name:
        return rp2040_firmware.build(variant=variant)
    source = _checkout(port)
    _require_programs(port, source)
    if port is _ESP32:
        _require_idf(_version(source))
    return _Build(board, variant, port, source, folder).run()


def _port(board: str, variant: str) -> Port:
    """The port that `board` belongs to. Raises NotReady unless the board and its variant are there."""
    there_are = "\n".join(f"  {name:24}{chip}" for name, chip in boards().items())
    if not board:
        raise NotReady(f"name the board, as in make firmware BOARD=COGNITO_PICO_W; there are\n{there_are}")
    if board not in boards():
        raise NotReady(f"there is no board {board}; there are\n{there_are}")
    if variant and variant not in variants(board):
        raise NotReady(f"{board} has no variant {variant}; it has {', '.join(variants(board)) or 'none'}")
    if boards()[board].startswith("esp32"):
        return _ESP32
    return _RP2_RISCV if variant == "RISCV" else _RP2


def _checkout(port: Port) -> Path:
    """The maker's MicroPython. Raises NotReady when none is named, or what is named is none."""
    named = os.environ.get("MICROPYTHON_SRC", "")
    if not named:
        raise NotReady(
            "MICROPYTHON_SRC names no MicroPython: get its source, a git clone of a release or the release's own "
            "archive, and say MICROPYTHON_SRC=its folder"
        )
    source = Path(named).expanduser().resolve()
    needed = ("py/mpconfig.h", "mpy-cross/Makefile", f"ports/{port.name}/Makefile")
    missing = [path for path in needed if not (source / path).is_file()]
    if missing:
        raise NotReady(
            f"MICROPYTHON_SRC={named} is no MicroPython source: there is no {' and no '.join(missing)} in it"
        )
    if not _is_clone(source) and not (source / "lib" / "micropython-lib" / "README.md").is_file():
        raise NotReady(
            f"MICROPYTHON_SRC={named} has no submodules in it, and can't fetch them: clone it with git, or take the "
            "release's own archive (micropython-….tar.xz) in place of GitHub's \"source code\""
        )
    version = _version(source)
    if version < _CHECKED_WITH:
        wanted = ".".join(map(str, _CHECKED_WITH))
        found = ".".join(map(str, version))
        raise NotReady(f"MICROPYTHON_SRC={named} is MicroPython {found}: the boards are for {wanted} or newer")
    return source


def _version(source: Path) -> tuple[int, int]:
    header = (source / "py" / "mpconfig.h").read_text()
    numbers = dict(re.findall(r"^#define MICROPY_VERSION_(MAJOR|MINOR) (\d+)", header, re.MULTILINE))
    return int(numbers.get("MAJOR", 0)), int(numbers.get("MINOR", 0))


def _require_programs(port: Port, source: Path) -> None:
    """Raise MissingPrograms unless what builds `port`, and fetches the checkout's submodules, is here."""
    needed = (*port.programs, "git") if _is_clone(source) else port.programs
    missing = [program for program in needed if shutil.which(program) is None]
    if missing:
        packages = [_PACKAGES.get(program, program) for program in missing if program not in _ELSEWHERE]
        ways = [f"On Debian: apt install {' '.join(packages)}"] if packages else []
        ways += [f"For {program}: {_ELSEWHERE[program]}" for program in missing if program in _ELSEWHERE]
        raise MissingPrograms(f"not found: {', '.join(missing)}. {'. '.join(ways)}")


def _require_idf(micropython: tuple[int, int]) -> None:
    """Raise NotReady unless ESP-IDF is installed and its export.sh was sourced; tell of one that is not upstream's."""
    named = os.environ.get("IDF_PATH", "")
    how = f"install {_idf_for(micropython)}, and source its export.sh in this shell"
    if not named:
        raise NotReady(f"IDF_PATH is not set: ESP32 firmware is built with ESP-IDF; {how}")
    if not (Path(named) / "tools" / "cmake" / "project.cmake").is_file():
        raise NotReady(f"IDF_PATH={named} is no ESP-IDF: {how}")
    if shutil.which("idf.py") is None:
        raise NotReady(f"idf.py is not on PATH: . {named}/export.sh")
    found = _idf_version(Path(named))
    pinned = _IDF.get(micropython)
    if found and pinned and not _numbers(pinned[0]) <= found <= _numbers(pinned[1]):
        # Others do build now and then, so it is the maker's to say.
        release, version = (".".join(map(str, numbers)) for numbers in (micropython, found))
        _say(f"careful: ESP-IDF {version} is not what MicroPython {release} names: {_idf_for(micropython)}")


def _idf_for(micropython: tuple[int, int]) -> str:
    if micropython not in _IDF:
        return "an ESP-IDF in a version that MicroPython's ports/esp32/README.md names"
    oldest, newest = _IDF[micropython]
    return f"ESP-IDF v{oldest}" if oldest == newest else f"an ESP-IDF from v{oldest} to v{newest}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _idf_version(folder: Path) -> tuple[int, ...]:
    """The version of the ESP-IDF in `folder`, by its own tools/cmake/version.cmake; () where that does not tell."""
    try:
        text = (folder / "tools" / "cmake" / "version.cmake").read_text()
    except OSError:
        return ()
    parts = dict(re.findall(r"IDF_VERSION_(MAJOR|MINOR|PATCH) (\d+)", text))
    found = tuple(int(parts[name]) for name in ("MAJOR", "MINOR", "PATCH") if name in parts)
    # 5.4.0 is the release that is called 5.4.
    return found[:2] if found[2:] == (0,) else found


def _is_clone(source: Path) -> bool:
    return (source / ".git").exists()


class _Build:
    """One board's build, in a folder of ours: nothing but mpy-cross is written to the maker's checkout."""

    def __init__(self, board: str, variant: str, port: Port, source: Path, folder: Path) -> None:
        self._port = port
        self._source = source
        self._title = f"{board}{f', variant {variant}' if variant else ''}"
        self._folder = folder.resolve() / (f"{board}-{variant}" if variant else board)
        self._work = self._folder / "work"
        self._log = self._folder / "build.log"
        self._settings = [f"BOARD={board}", f"BOARD_DIR={_BOARDS / board}", f"BUILD={self._work}"]
        if variant:
            self._settings.append(f"BOARD_VARIANT={variant}")

    def run(self) -> Path:
        """Build; returns the path of the image."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._log.write_text("")
        self._forget_what_is_stale()
        if _is_clone(self._source):
            _say("fetching the submodules that the board needs ...")
            self._make(f"ports/{self._port.name}", *self._settings, "submodules")
        _say("building mpy-cross ...")
        self._make("mpy-cross", _JOBS)
        _say(f"building MicroPython for {self._title} (some minutes; its output goes to {self._log}) ...")
        self._make(f"ports/{self._port.name}", _JOBS, *self._settings)
        return self._deliver()

    def _forget_what_is_stale(self) -> None:
        """Let every change be seen: of frozen modules (makemanifest.py compares times only), of ESP-IDF's
        configuration (defaults count only while there is no sdkconfig), of the checkout."""
        cmake_cache.forget_another(self._work, self._source / "ports" / self._port.name)
        for name in ("frozen_content.c", "sdkconfig"):
            (self._work / name).unlink(missing_ok=True)
        shutil.rmtree(self._work / "frozen_mpy", ignore_errors=True)

    def _make(self, folder: str, *words: str) -> None:
        build_step.run(["make", "-C", str(self._source / folder), *words], self._log, _environment())

    def _deliver(self) -> Path:
        made = self._work / self._port.image
        if not made.is_file():
            raise BuildFailed(f"make succeeded without {made}; its output is in {self._log}")
        return Path(shutil.copy2(made, self._folder / self._port.image))


def _environment() -> dict[str, str]:
    # firmware/manifest.py freezes it from here.
    return {**build_step.environment(), "MICRODOT": str(web_server.folder())}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="board_firmware", description="Build the firmware of a board of boards/.")
    parser.add_argument("board", nargs="?", default="", metavar="BOARD")
    parser.add_argument(
        "--variant",
        default=os.environ.get("BOARD_VARIANT", ""),
        help="a variant of the board, such as ENCRYPTED (default: BOARD_VARIANT of the environment)",
    )
    parser.add_argument(
        "--folder", type=Path, default=BUILD / "firmware", help="where to build it (default: %(default)s)"
    )
    options = parser.parse_args()
    try:
        print(build(options.board, options.variant, options.folder))
    except (NotReady, BuildFailed, MissingPrograms, NotDebian, RuntimeError) as problem:
        sys.exit(f"board_firmware: {problem}")


if __name__ == "__main__":
    main()
