"""MicroPython for RV32 in QEMU (its own ports/qemu, BOARD=VIRT_RV32), built from Debian's packages alone.

    python -m cognito_mp_tools.firmware.rv32_firmware              prints the path of the ELF file
    python -m cognito_mp_tools.firmware.rv32_firmware --require    ends with 1, and says what to install, or is silent

The source is the one that the RP2040 firmware is built from, or that of a later Debian. It is not one of our boards:
host_tests/native runs the machine code for ESP32-C3 and C6 in it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from cognito_mp_tools.emulator.programs import MissingPrograms
from cognito_mp_tools.packages import micropython_source
from cognito_mp_tools.packages.build_step import BuildFailed, run
from cognito_mp_tools.packages.debian import NotDebian, require_apt
from cognito_mp_tools.project import BUILD, build_lock

_FOLDER = BUILD / "rv32"

# A program, and the Debian package that brings it.
_PROGRAMS = {
    "make": "make",
    "gcc": "gcc",
    "riscv64-unknown-elf-gcc": "gcc-riscv64-unknown-elf",
    "qemu-system-riscv32": "qemu-system-misc",  # from Debian 13 on it depends on qemu-system-riscv
    "qemu-xtensa": "qemu-user",
}
_C_LIBRARY = "picolibc-riscv64-unknown-elf"

_JOBS = "-j2"
# The worked sign-ins of host_tests/vectors are read whole.
_HEAP = 1 << 20
# Debian's gcc 14 takes CSR instructions to be part of I only in the ISA of before 2019.
_ARCHITECTURE = "rv32imac -misa-spec=2.2"


def require() -> None:
    """Raise MissingPrograms or NotDebian unless `make test-native` can run here."""
    if sys.platform != "linux":
        raise MissingPrograms("the tests of machine code need qemu-xtensa, which runs on Linux alone")
    require_apt()
    missing = {package for program, package in _PROGRAMS.items() if shutil.which(program) is None}
    if missing & {_PROGRAMS["riscv64-unknown-elf-gcc"]} or not _has_c_library():
        missing.add(_C_LIBRARY)
    if missing:
        raise MissingPrograms(f"to test machine code, on Debian: apt install {' '.join(sorted(missing))}")


def _has_c_library() -> bool:
    if shutil.which("riscv64-unknown-elf-gcc") is None:
        return False
    # Asked for a file that it does not know, gcc prints the bare name back.
    asked = ["riscv64-unknown-elf-gcc", "-print-file-name=picolibc.specs"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip() != "picolibc.specs"


def build(manifest: Path | None = None, suite: str = micropython_source.SUITE) -> Path:
    """The path of the ELF file for qemu-system-riscv32, built unless it is there.

    manifest  with what that freezes
    suite     the Debian release whose MicroPython it is
    Raises MissingPrograms, BuildFailed, NotDebian (no apt here) or RuntimeError (apt failed).
    """
    require()
    name = "frozen" if manifest else "plain"
    target = _FOLDER / suite / name / "firmware.elf"
    with build_lock():
        micropython_source.fetch()
        tree = micropython_source.TREE
        if suite != micropython_source.SUITE:
            tree = micropython_source.without_submodules(suite)  # the port needs none
        digest = hashlib.sha256(Path(__file__).read_bytes() + micropython_source.versions(tree).encode()).hexdigest()
        stamp = target.with_suffix(".inputs")
        if not manifest and target.exists() and stamp.exists() and stamp.read_text() == digest:
            return target
        _compile(tree, target.parent, manifest)
        stamp.write_text(digest)
    return target


def _compile(tree: Path, folder: Path, manifest: Path | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "build.log"
    log.write_text("")
    # What was frozen before may have left the manifest.
    shutil.rmtree(folder / "frozen_mpy", ignore_errors=True)
    (folder / "frozen_content.c").unlink(missing_ok=True)
    settings = {
        "BOARD": "VIRT_RV32",
        "BUILD": str(folder),
        "FROZEN_MANIFEST": str(manifest or ""),
        "RV32_ARCH": _ARCHITECTURE,
        "MICROPY_HEAP_SIZE": str(_HEAP),
        "MPY_LIB_DIR": str(micropython_source.LIBRARY_STAND_IN),
    }
    environment = micropython_source.build_environment(tree)
    run(["make", _JOBS, "-C", str(tree / "mpy-cross")], log, environment)
    words = [f"{name}={value}" for name, value in settings.items()]
    run(["make", _JOBS, "-C", str(tree / "ports" / "qemu"), *words], log, environment)


def main() -> None:
    try:
        require()
        if sys.argv[1:] != ["--require"]:
            print(build())
    except (BuildFailed, MissingPrograms, NotDebian, RuntimeError) as problem:
        sys.exit(f"rv32_firmware: {problem}")


if __name__ == "__main__":
    main()
