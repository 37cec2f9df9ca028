"""What mip reads in the repository: package.json for the core, lib/mip/EXTRA.json for each extra.

python -m cognito_mp_tools.library.mip_package
"""

from __future__ import annotations

import json
from pathlib import Path

import cognito_mp

from cognito_mp_tools.library.modules import slices
from cognito_mp_tools.project import LIBRARY, ROOT

REPOSITORY = "github:cognito-mp/cognito_mp"


def packages() -> dict[Path, str]:
    """The text that each of the files should hold, by its path."""
    return {
        LIBRARY / "mip" / f"{extra}.json" if extra else ROOT / "package.json": _text(list(modules))
        for extra, modules in slices().items()
    }


def _text(files: list[str]) -> str:
    # The mip on devices (1.26 still) takes no relative addresses; it puts the wanted branch or tag into these.
    lines = ",\n".join(f'        ["{file}", "{REPOSITORY}/lib/{file}"]' for file in files)
    written = f'{{\n    "version": "{cognito_mp.__version__}",\n    "urls": [\n{lines}\n    ]\n}}\n'
    json.loads(written)
    return written


def main() -> None:
    wanted = packages()
    for stale in set((LIBRARY / "mip").glob("*.json")) - set(wanted):
        stale.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
