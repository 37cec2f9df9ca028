"""The CMakeLists.txt of upstream's ports takes our boards."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from board_definitions.esp32_cmake import Configured, told
from board_definitions.host_programs import executable, program, start
from board_definitions.our_boards import BOARDS, RP2, chip_of
from cognito_mp_tools.firmware.board_firmware import variants

# (our board, its variant) -> the SDK's board and chip, the compiler, and the manifest.
PLATFORMS = {
    ("COGNITO_PICO_W", ""): ("pico_w", "rp2040", "arm-none-eabi", "manifest.py"),
    ("COGNITO_PICO2_W", ""): ("pico2_w", "rp2350-arm-s", "arm-none-eabi", "manifest.py"),
    # Debian's compiler for RISC-V serves as far as this test goes; a build takes the triple that the SDK asks for.
    ("COGNITO_PICO2_W", "RISCV"): ("pico2_w", "rp2350-riscv", "riscv64-unknown-elf", "manifest_riscv.py"),
}

BEFORE_PROJECT = """
message(STATUS "MANIFEST=${MICROPY_FROZEN_MANIFEST}")
message(STATUS "BOARD=${PICO_BOARD}")
message(STATUS "PLATFORM=${PICO_PLATFORM}")
message(STATUS "RADIO=${MICROPY_PY_NETWORK_CYW43}")
"""


def test_upstreams_cmake_takes_an_esp32_board(esp32: tuple[str, str, Configured], upstream: Path) -> None:
    board, variant, found = esp32
    assert found.target == chip_of(board)
    assert Path(found.manifest) == BOARDS / board / "manifest.py"
    assert found.sdkconfig["CONFIG_MBEDTLS_HAVE_TIME_DATE"] == "y"  # else an expired certificate passes
    encrypted = {"CONFIG_SECURE_FLASH_ENC_ENABLED", "CONFIG_NVS_ENCRYPTION"} & found.sdkconfig.keys()
    assert len(encrypted) == (2 if variant == "ENCRYPTED" else 0)


def test_every_rp2_board_and_variant_is_tried() -> None:
    assert set(PLATFORMS) == {(board, variant) for board in RP2 for variant in ("", *variants(board))}


@pytest.mark.parametrize("board, variant", PLATFORMS)
def test_upstreams_cmake_takes_an_rp2_board(
    board: str, variant: str, upstream_with_submodules: Path, tmp_path: Path
) -> None:
    """Pico W can't be compiled here: Debian has neither cyw43-driver nor btstack. All up to that point is right."""
    sdk_board, platform, triple, manifest = PLATFORMS[board, variant]
    program(f"{triple}-gcc"), program(f"{triple}-g++")
    (tmp_path / "before.cmake").write_text(BEFORE_PROJECT)
    executable(tmp_path / "bin" / "git", "#!/bin/sh\n")  # CMakeLists.txt would have it fetch the submodules
    done = start(
        *(program("cmake"), "-S", upstream_with_submodules / "ports" / "rp2", "-B", tmp_path / "build"),
        *(f"-DMICROPY_BOARD={board}", f"-DMICROPY_BOARD_DIR={BOARDS / board}", "-DUPDATE_SUBMODULES=1"),
        *([f"-DMICROPY_BOARD_VARIANT={variant}"] if variant else []),
        *(f"-DPICO_GCC_TRIPLE={triple}", "-DPICO_NO_PICOTOOL=1"),
        *(f"-DCMAKE_PROJECT_INCLUDE_BEFORE={tmp_path / 'before.cmake'}",),
        PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}",
    )
    assert "-- Configuring done" in done.stdout, done.stdout
    assert Path(told(done.stdout, "MANIFEST")) == BOARDS / board / manifest
    assert (told(done.stdout, "BOARD"), told(done.stdout, "PLATFORM")) == (sdk_board, platform)
    assert told(done.stdout, "RADIO") == "ON"
    absent = re.findall(r"^ {4}(/\S+)$", done.stdout, re.MULTILINE)
    assert all("/lib/btstack/" in path or "/lib/cyw43-driver/" in path for path in absent), done.stdout
