"""An index that mip installs from: the library as .mpy and as source, served by any static web server.

    mip.install("cognito_mp", index="https://example.com/mip")          # the core
    mip.install("cognito_mp-srp", index="https://example.com/mip")      # an extra, and the core that it needs

The layout is that of micropython.org's own index (micropython-lib, tools/build.py): package/<.mpy version, or py>/
<name>/<version>.json lists the files by the start of their SHA-256, and file/<its first two digits>/<it> holds each.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cognito_mp

from cognito_mp_tools.library.bytecode import MpyFormat, compiled, emitted_version, to_compile_for
from cognito_mp_tools.library.modules import slices

_NAME = "cognito_mp"
_HASH_DIGITS = 8


def write(folder: Path) -> None:
    """Write the index into `folder`, which is empty or not there yet."""
    version = emitted_version()
    for extra, modules in slices().items():
        source = {path: file.read_bytes() for path, file in modules.items()}
        compiled_files = {
            path.removesuffix(".py") + ".mpy": compiled(file, path, MpyFormat(version, to_compile_for(file)))
            for path, file in modules.items()
            if file.suffix == ".py"
        }
        # Machine code in a .mpy of its own is the same in both.
        compiled_files |= {path: content for path, content in source.items() if path.endswith(".mpy")}
        _write_package(folder, "py", extra, source)
        _write_package(folder, str(version), extra, compiled_files)


def _write_package(folder: Path, kind: str, extra: str, files: dict[str, bytes]) -> None:
    listing = {
        "v": 1,
        "version": cognito_mp.__version__,
        "hashes": [[path, _write_file(folder, content)] for path, content in files.items()],
        "deps": [[_NAME, cognito_mp.__version__]] if extra else [],
    }
    name = f"{_NAME}-{extra}" if extra else _NAME
    for version in (cognito_mp.__version__, "latest"):
        path = folder / "package" / kind / name / f"{version}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(listing, indent=1) + "\n")


def _write_file(folder: Path, content: bytes) -> str:
    """Returns the name that the index knows it by."""
    digits = hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]
    path = folder / "file" / digits[:2] / digits
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() != content:
        raise RuntimeError(f"two files of the index begin with the same SHA-256, {digits}: _HASH_DIGITS must grow")
    path.write_bytes(content)
    return digits
