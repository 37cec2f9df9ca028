"""MicroPython firmware for an RP2040 board, built from Debian's packages alone.

    python -m cognito_mp_tools.firmware.rp2040_firmware [--board DIR] [--variant NAME] [--output DIR]

prints the path of the UF2. The sources are fetched once and kept under build/rp2040/sources; a board is
rebuilt, incrementally, only when something that went into its firmware changed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import struct
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cognito_mp_tools.emulator.programs import MissingPrograms, require_to_build
from cognito_mp_tools.firmware import cmake_cache
from cognito_mp_tools.packages.debian import NotDebian, Release
from cognito_mp_tools.project import BUILD, ROOT, build_lock

BOARD = ROOT / "boards" / "EMULATED_RP2040"

_FOLDER = BUILD / "rp2040"
_SOURCES = _FOLDER / "sources"
_MICROPYTHON = _SOURCES / "micropython"

_SUITE = "trixie"
# Source packages, and the folder of the MicroPython tree where each goes.
_SOURCE_PACKAGES = {"micropython": ".", "mbedtls": "lib/mbedtls", "lwip": "lib/lwip"}
# Binary packages that hold sources under /usr/src, and where those go. Their own source packages are
# larger, and one of the two is not on every mirror.
_BINARY_PACKAGES = {"pico-sdk-source": ("pico-sdk", "lib/pico-sdk"), "tinyusb-source": ("tinyusb", "lib/tinyusb")}

_FLASH = 0x10000000
_UF2_PAYLOAD = 256
_UF2_MAGIC_START = (0x0A324655, 0x9E5D5157)
_UF2_MAGIC_END = 0x0AB16F30
_UF2_FAMILY_ID_PRESENT = 0x2000
_UF2_RP2040 = 0xE48BFF56

_JOBS = "-j2"
_TAIL = 40


class BuildFailed(RuntimeError):
    """A build step failed; the message holds the end of its log and the log's path."""


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
        _fetch_sources()
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


def _fetch_sources() -> None:
    """Put together, once, a MicroPython tree whose submodules come from Debian."""
    if _SOURCES.exists():
        return
    _say(f"fetching MicroPython's sources from Debian {_SUITE} ...")
    partial = _SOURCES.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    release = Release(_SUITE, BUILD)
    for package, place in _SOURCE_PACKAGES.items():
        downloads = partial / "packages" / package
        files = release.source(package, downloads)
        # Only upstream's tarball: Debian's patches are for the unix port.
        original = next(path for path in files if ".orig.tar." in path.name)
        _unpack_tarball(original, partial / "micropython" / place)
    for package, (folder, place) in _BINARY_PACKAGES.items():
        unpacked = partial / "packages" / package
        release.unpack([package], unpacked)
        destination = partial / "micropython" / place
        shutil.rmtree(destination, ignore_errors=True)
        (unpacked / "usr" / "src" / folder).rename(destination)
    # micropython-lib is not packaged; MicroPython's cmake only looks whether it is there.
    (partial / "micropython-lib").mkdir()
    (partial / "micropython-lib" / "README.md").write_text("Stands in for micropython-lib, of which nothing is used.\n")
    partial.rename(_SOURCES)


def _unpack_tarball(tarball: Path, folder: Path) -> None:
    """Unpack `tarball` into `folder`, without the single directory that everything in it is in."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(tarball) as archive:
        # Debian 12's Python 3.11.2 has no filters; what is unpacked is signed by Debian.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        for member in archive:
            _, _, inside = member.name.partition("/")
            if inside:
                member.name = inside
                archive.extract(member, folder)


def _source_versions() -> str:
    names = (path.name for path in (_SOURCES / "packages").glob("*/*.dsc"))
    return " ".join(sorted(names))


def _digest(board: Path, variant: str) -> str:
    """One line that changes whenever the firmware would: board, frozen modules, sources, and this builder."""
    digest = hashlib.sha256(f"{variant} {_source_versions()}".encode())
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
        "MPY_DIR": str(_MICROPYTHON),
        "MPY_LIB_DIR": str(_SOURCES / "micropython-lib"),
        "PORT_DIR": str(_MICROPYTHON / "ports" / "rp2"),
        "BOARD_DIR": str(manifest.parent),
    }
    listing = reader.ManifestFile(reader.MODE_FREEZE, paths)
    try:
        listing.execute(str(manifest))
    except reader.ManifestFileError as problem:
        raise BuildFailed(f"{manifest}: {problem}") from problem
    return {f"{file.target_path} -O{file.opt}": Path(file.full_path).read_bytes() for file in listing.files()}


def _manifest_reader() -> Any:
    """MicroPython's own manifestfile.py, which is no package that could be imported by name."""
    path = _MICROPYTHON / "tools" / "manifestfile.py"
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
    cmake_cache.forget_another(cmake, _MICROPYTHON / "ports" / "rp2")
    # makemanifest.py compares times only, and so misses a module that left the manifest or changed options.
    (cmake / "frozen_content.c").unlink(missing_ok=True)
    shutil.rmtree(cmake / "frozen_mpy", ignore_errors=True)

    _say("building mpy-cross ...")
    _run(["make", _JOBS, "-C", str(_MICROPYTHON / "mpy-cross")], log)
    _say(f"building MicroPython for {board.name}{f', variant {variant}' if variant else ''} (a minute or so) ...")
    settings = {
        "MICROPY_BOARD": board.name,
        "MICROPY_BOARD_DIR": board,
        "MICROPY_BOARD_VARIANT": variant,
        "MICROPY_LIB_DIR": _SOURCES / "micropython-lib",
        "PICO_TOOLCHAIN_PATH": Path(shutil.which("arm-none-eabi-gcc") or "arm-none-eabi-gcc").parent,
        # picotool is not packaged in Debian 12; without it the SDK makes no UF2; uf2() does.
        "PICO_NO_PICOTOOL": 1,
    }
    options = [f"-D{key}={value}" for key, value in settings.items()]
    _run(["cmake", "-S", str(_MICROPYTHON / "ports" / "rp2"), "-B", str(cmake), *options], log)
    _run(["cmake", "--build", str(cmake), _JOBS], log)
    return cmake / "firmware.bin"


def _run(command: list[str], log: Path) -> None:
    with log.open("a") as output:
        output.write(f"\n$ {' '.join(command)}\n")
        output.flush()
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, env=_environment())
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-_TAIL:])
        raise BuildFailed(f"{tail}\n{command[0]} failed; all of it is in {log}")


def _environment() -> dict[str, str]:
    # build/ lies inside this project's git tree: left to itself, MicroPython would take our tags and commits
    # for its own version. The date is that of the sources, so that the same inputs give the same firmware.
    (description,) = (_SOURCES / "packages" / "micropython").glob("*.dsc")
    version = description.name.split("_")[1].split("+")[0]
    released = int((_MICROPYTHON / "py" / "mpconfig.h").stat().st_mtime)
    ours = {"MICROPY_GIT_TAG": f"v{version}", "MICROPY_GIT_HASH": "debian", "SOURCE_DATE_EPOCH": str(released)}
    return {**os.environ, **ours, "LC_ALL": "C"}


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
