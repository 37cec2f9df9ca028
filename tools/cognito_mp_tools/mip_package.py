"""package.json, which mip reads: every module of the library that MicroPython can run, from the folders.

python -m cognito_mp_tools.mip_package
"""

from __future__ import annotations

import json

import cognito_mp

from .deploy import library_files
from .project import ROOT

PACKAGE = ROOT / "package.json"
REPOSITORY = "github:cognito-mp/cognito_mp"


def content() -> str:
    """What package.json should hold."""
    # The mip on devices (1.26 still) takes no relative addresses; it puts the wanted branch or tag into these.
    files = [path.removeprefix("/lib/") for path in library_files()]
    lines = ",\n".join(f'        ["{file}", "{REPOSITORY}/lib/{file}"]' for file in files)
    written = f'{{\n    "version": "{cognito_mp.__version__}",\n    "urls": [\n{lines}\n    ]\n}}\n'
    json.loads(written)
    return written


def main() -> None:
    PACKAGE.write_text(content())


if __name__ == "__main__":
    main()
