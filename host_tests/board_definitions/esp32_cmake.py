"""An ESP32 board as the CMakeLists.txt of upstream's port configures it, run up to where it needs ESP-IDF."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from board_definitions.host_programs import program, run
from board_definitions.our_boards import BOARDS

# ESP-IDF's project.cmake replaces project(), as this does. CMakeLists.txt has done our part when it calls it.
PROJECT_CMAKE = """
function(idf_build_set_property)
endfunction()
macro(project name)
    message(STATUS "MANIFEST=${MICROPY_FROZEN_MANIFEST}")
    message(STATUS "TARGET=${IDF_TARGET}")
    message(STATUS "DEFINITIONS=${MICROPY_DEF_BOARD}")
    _project(${name} NONE)
endmacro()
"""


@dataclass
class Configured:
    """An ESP32 board as cmake sees it: the chip, the manifest, and ESP-IDF's configuration, the last word counting.

    definitions  what the compiler is told of the board, besides its header
    """

    target: str
    manifest: str
    sdkconfig: dict[str, str]
    definitions: list[str]


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
    definitions = told(said, "DEFINITIONS").split(";")
    return Configured(told(said, "TARGET") or "esp32", told(said, "MANIFEST"), settings, definitions)


def told(text: str, key: str) -> str:
    found = re.search(rf"^-- {key}=(.*)$", text, re.MULTILINE)
    assert found, text
    return found[1]
