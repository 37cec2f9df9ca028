"""MicroPython's source tree from Debian's packages, its submodules in their places: what ports are built from here.

It is fetched once, and kept under build/rp2040/sources.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from cognito_mp_tools.packages import build_step
from cognito_mp_tools.packages.debian import Release
from cognito_mp_tools.project import BUILD

SUITE = "trixie"
# Source packages, and the folder of the MicroPython tree where each goes: upstream's tarballs, without Debian's
# patches, which are for its own unix port.
_SOURCE_PACKAGES = {"micropython": ".", "mbedtls": "lib/mbedtls", "lwip": "lib/lwip"}
# Binary packages that hold sources under /usr/src, and where those go. Their own source packages are
# larger, and one of the two is not on every mirror.
_BINARY_PACKAGES = {"pico-sdk-source": ("pico-sdk", "lib/pico-sdk"), "tinyusb-source": ("tinyusb", "lib/tinyusb")}

_FOLDER = BUILD / "rp2040" / "sources"
TREE = _FOLDER / "micropython"
# micropython-lib is not packaged; a build only looks whether it is there.
LIBRARY_STAND_IN = _FOLDER / "micropython-lib"


def fetch() -> None:
    """Put TREE together, unless it is there, under the caller's build_lock(). Raises NotDebian, RuntimeError."""
    if _FOLDER.exists():
        return
    print(f"fetching MicroPython's sources from Debian {SUITE} ...", file=sys.stderr, flush=True)
    partial = _FOLDER.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    release = Release(SUITE, BUILD)
    for package, place in _SOURCE_PACKAGES.items():
        release.upstream_source(package, partial / "packages" / package, partial / "micropython" / place)
    for package, (folder, place) in _BINARY_PACKAGES.items():
        unpacked = partial / "packages" / package
        release.unpack([package], unpacked)
        destination = partial / "micropython" / place
        shutil.rmtree(destination, ignore_errors=True)
        (unpacked / "usr" / "src" / folder).rename(destination)
    library = partial / LIBRARY_STAND_IN.name
    library.mkdir()
    (library / "README.md").write_text("Stands in for micropython-lib, of which nothing is used.\n")
    partial.rename(_FOLDER)


def without_submodules(suite: str) -> Path:
    """MicroPython's source of the Debian release `suite`, without submodules, fetched the first time.

    Under the caller's build_lock(). Raises NotDebian, RuntimeError.
    """
    folder = BUILD / "micropython" / f"source-{suite}"
    if not folder.exists():
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        Release(suite, BUILD).upstream_source("micropython", partial / "packages", partial)
        partial.rename(folder)
    return folder


def _descriptions(tree: Path) -> list[Path]:
    """Debian's descriptions (.dsc) of the source packages that `tree` was put together from."""
    return sorted((_FOLDER if tree == TREE else tree).joinpath("packages").rglob("*.dsc"))


def versions(tree: Path = TREE) -> str:
    """The names of the source packages with their versions, in one line. For a tree that was fetched."""
    return " ".join(sorted(path.name for path in _descriptions(tree)))


def build_environment(tree: Path = TREE) -> dict[str, str]:
    """The environment variables for a build of `tree`."""
    # build/ lies inside this project's git tree: left to itself, MicroPython would take our tags and commits
    # for its own version. The date is that of the sources, so that the same inputs give the same firmware.
    (description,) = [path for path in _descriptions(tree) if path.name.startswith("micropython_")]
    version = description.name.split("_")[1].split("+")[0]
    released = int((tree / "py" / "mpconfig.h").stat().st_mtime)
    ours = {"MICROPY_GIT_TAG": f"v{version}", "MICROPY_GIT_HASH": "debian", "SOURCE_DATE_EPOCH": str(released)}
    return {**build_step.environment(), **ours, "LC_ALL": "C"}
