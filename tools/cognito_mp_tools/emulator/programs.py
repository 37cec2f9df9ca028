"""The programs of this computer that build the RP2040 firmware and emulate the chip.

python -m cognito_mp_tools.emulator.programs      ends with 1, and one line that says what to install
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from cognito_mp_tools.packages.debian import NotDebian, require_apt

# A program or a file of the compiler, and the Debian package that brings it.
_BUILD = {
    "cmake": "cmake",
    "make": "make",
    "gcc": "gcc",
    "g++": "g++",
    "arm-none-eabi-gcc": "gcc-arm-none-eabi",
}
_COMPILER_FILES = {"nosys.specs": "libnewlib-arm-none-eabi", "libstdc++.a": "libstdc++-arm-none-eabi-newlib"}
# Node comes with its npm where it is not Debian's.
_EMULATE = {"node": "nodejs", "npm": "npm", "slirp": "slirp", "cc": "gcc"}


class MissingPrograms(RuntimeError):
    """This host lacks programs that are needed; the message names the packages."""


def _compiler_has(file: str) -> bool:
    # Asked for a file that it does not know, gcc prints the bare name back.
    asked = ["arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb", f"-print-file-name={file}"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return answer != file


def _missing(programs: dict[str, str]) -> set[str]:
    return {package for program, package in programs.items() if shutil.which(program) is None}


def _missing_to_build() -> set[str]:
    if shutil.which("arm-none-eabi-gcc") is None:
        return _missing(_BUILD) | set(_COMPILER_FILES.values())
    return _missing(_BUILD) | {package for file, package in _COMPILER_FILES.items() if not _compiler_has(file)}


def _require(purpose: str, packages: set[str]) -> None:
    if packages:
        own_npm = " (npm as your node's own installer brings it)" if "npm" in packages and shutil.which("node") else ""
        raise MissingPrograms(f"to {purpose}, on Debian: apt install {' '.join(sorted(packages))}{own_npm}")


def require_to_build() -> None:
    """Raise MissingPrograms unless the RP2040 firmware can be built here."""
    _require("build the RP2040 firmware", _missing_to_build())


def require_to_emulate() -> None:
    """Raise MissingPrograms unless an RP2040 can be emulated here."""
    _require_linux()
    _require("emulate an RP2040", _missing(_EMULATE))


def _require_linux() -> None:
    if sys.platform != "linux":
        raise MissingPrograms("the RP2040 emulator runs on Linux alone")


def main() -> None:
    try:
        _require_linux()
        require_apt()
        _require("build and emulate an RP2040", _missing_to_build() | _missing(_EMULATE))
    except (MissingPrograms, NotDebian) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
