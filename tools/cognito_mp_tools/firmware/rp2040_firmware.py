"""MicroPython firmware for an RP2040 board, built from Debian's packages alone.

    python -m cognito_mp_tools.firmware.rp2040_firmware [--board DIR] [--variant NAME] [--output DIR]

prints the path of the UF2. A board is rebuilt, incrementally, only when something that went into its firmware changed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import shutil
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cognito_mp_tools.emulator.programs import MissingPrograms, require_to_build
from cognito_mp_tools.firmware import cmake_cache
from cognito_mp_tools.packages import micropython_source
from cognito_mp_tools.packages.build_step import BuildFailed, run
from cognito_mp_tools.packages.debian import NotDebian
from cognito_mp_tools.project import BUILD, ROOT, build_lock

BOARD = ROOT / "boards" / "EMULATED_RP2040"

_FOLDER = BUILD / "rp2040"

_FLASH = 0x10000000
_UF2_PAYLOAD = 256
_UF2_MAGIC_START = (0x0A324655, 0x9E5D5157)
_UF2_MAGIC_END = 0x0AB16F30
_UF2_FAMILY_ID_PRESENT = 0x2000
_UF2_RP2040 = 0xE48BFF56

_JOBS = "-j2"


def build(board: Path = BOARD, variant: str = "", output: Path | None = None) -> Path:
    """Build the firmware of `board`, unless it is up to date, and return the path of the UF2.

    `variant` names one of the board's mpconfigvariant_<NAME>.cmake files, "" the default. `output` is the
    folder for firmware.uf2, build/rp2040/<board>[-<variant>] by default.
    Raises MissingPrograms, BuildFailed, NotDebian (no apt here) or RuntimeError (apt failed).
    """
    board = board.resolve()
    name = f"{board.name}-{variant}" if variant else board.name
    folder = _FOLDER / name
    target = (output or folder).resolve() / "firmware.uf2"
    folder.mkdir(parents=True, exist_ok=True)
    with build_lock():
        micropython_source.fetch()
        digest = _digest(board, variant)
        stamp = target.with_suffix(".inputs")
        if target.exists() and stamp.exists() and stamp.read_text() == digest:
            return target
        require_to_build()
        image = _compile(board, variant, folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(uf2(image.read_bytes()))
        stamp.write_text(digest)
    _say(f"{target.stat().st_size // 2048} KiB of firmware in {target}")
    return target


def uf2(image: bytes, address: int = _FLASH) -> bytes:
    """A UF2 file that writes `image` to `address`: 512-byte blocks with 256 bytes each, as picotool makes them."""
    offsets = range(0, len(image), _UF2_PAYLOAD)
    return b"".join(
        _uf2_block(image[offset : offset + _UF2_PAYLOAD], address + offset, number, len(offsets))
        for number, offset in enumerate(offsets)
    )


def _uf2_block(payload: bytes, address: int, number: int, total: int) -> bytes:
    fields = (*_UF2_MAGIC_START, _UF2_FAMILY_ID_PRESENT, address, _UF2_PAYLOAD, number, total, _UF2_RP2040)
    body = struct.pack("<8I", *fields) + payload.ljust(_UF2_PAYLOAD, b"\0")
    return body.ljust(508, b"\0") + struct.pack("<I", _UF2_MAGIC_END)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _digest(board: Path, variant: str) -> str:
    """One line that changes whenever the firmware would: board, frozen modules, sources, and this builder."""
    digest = hashlib.sha256(f"{variant} {micropython_source.versions()}".encode())
    inputs: dict[str, bytes] = {path.name: path.read_bytes() for path in board.iterdir() if path.is_file()}
    inputs[Path(__file__).name] = Path(__file__).read_bytes()
    inputs.update(_frozen_modules(_manifest(board, variant)))
    for name, content in sorted(inputs.items()):
        digest.update(f"\n{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _manifest(board: Path, variant: str) -> Path:
    """The manifest that the board's cmake files choose: by our convention, named for the variant."""
    return board / (f"manifest_{variant.lower()}.py" if variant else "manifest.py")


def _frozen_modules(manifest: Path) -> Mapping[str, bytes]:
    """What `manifest` freezes: the content of each module, under its name on the device and its options."""
    reader = _manifest_reader()
    paths = {
        "MPY_DIR": str(micropython_source.TREE),
        "MPY_LIB_DIR": str(micropython_source.LIBRARY_STAND_IN),
        "PORT_DIR": str(micropython_source.TREE / "ports" / "rp2"),
        "BOARD_DIR": str(manifest.parent),
    }
    listing = reader.ManifestFile(reader.MODE_FREEZE, paths)
    try:
        listing.execute(str(manifest))
    except reader.ManifestFileError as problem:
        raise BuildFailed(f"{manifest}: {problem}") from problem
    return {f"{file.target_path} -O{file.opt}": Path(file.full_path).read_bytes() for file in listing.files()}


def _manifest_reader() -> Any:
    """MicroPython's own manifestfile.py, which can't be imported by name."""
    path = micropython_source.TREE / "tools" / "manifestfile.py"
    spec = importlib.util.spec_from_file_location("micropython_manifestfile", path)
    if spec is None or spec.loader is None:
        raise BuildFailed(f"{path} can't be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _compile(board: Path, variant: str, folder: Path) -> Path:
    """Run cmake and the compilers; returns the path of the binary image."""
    log = folder / "build.log"
    log.write_text("")
    cmake = folder / "cmake"
    cmake_cache.forget_another(cmake, micropython_source.TREE / "ports" / "rp2")
    # makemanifest.py compares times only, and so misses a module that left the manifest or changed options.
    (cmake / "frozen_content.c").unlink(missing_ok=True)
    shutil.rmtree(cmake / "frozen_mpy", ignore_errors=True)

    _say("building mpy-cross ...")
    environment = micropython_source.build_environment()
    port = micropython_source.TREE / "ports" / "rp2"
    run(["make", _JOBS, "-C", str(micropython_source.TREE / "mpy-cross")], log, environment)
    _say(f"building MicroPython for {board.name}{f', variant {variant}' if variant else ''} (a minute or so) ...")
    settings = {
        "MICROPY_BOARD": board.name,
        "MICROPY_BOARD_DIR": board,
        "MICROPY_BOARD_VARIANT": variant,
        "MICROPY_LIB_DIR": micropython_source.LIBRARY_STAND_IN,
        "PICO_TOOLCHAIN_PATH": Path(shutil.which("arm-none-eabi-gcc") or "arm-none-eabi-gcc").parent,
        # picotool is not packaged in Debian 12; without it the SDK makes no UF2; uf2() does.
        "PICO_NO_PICOTOOL": 1,
    }
    options = [f"-D{key}={value}" for key, value in settings.items()]
    run(["cmake", "-S", str(port), "-B", str(cmake), *options], log, environment)
    run(["cmake", "--build", str(cmake), _JOBS], log, environment)
    return cmake / "firmware.bin"


def main() -> None:
    parser = argparse.ArgumentParser(prog="rp2040_firmware", description="Build MicroPython for an RP2040 board.")
    parser.add_argument("--board", type=Path, default=BOARD, help="board folder (default: boards/EMULATED_RP2040)")
    parser.add_argument("--variant", default="", help="a variant of the board, such as BARE")
    parser.add_argument("--output", type=Path, help="folder for firmware.uf2 (default: under build/rp2040)")
    options = parser.parse_args()
    try:
        print(build(options.board, options.variant, options.output))
    except (BuildFailed, MissingPrograms, NotDebian, RuntimeError) as problem:
        sys.exit(f"rp2040_firmware: {problem}")


if __name__ == "__main__":
    main()
