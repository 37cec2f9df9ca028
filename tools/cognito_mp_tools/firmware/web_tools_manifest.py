"""What ESP Web Tools needs to flash a board from a browser: a manifest beside each image of an ESP32.

    python -m cognito_mp_tools.firmware.web_tools_manifest FOLDER

Images in FOLDER are called BOARD.bin; the manifests become BOARD.manifest.json. Variants that burn efuses get none: a
click in a browser is not the place for that. The format: https://esphome.github.io/esp-web-tools/
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import cognito_mp

from cognito_mp_tools.board.flash import offset_of
from cognito_mp_tools.firmware.board_firmware import boards

# MicroPython's name of a chip -> ESP Web Tools' chipFamily.
_FAMILIES = {"esp32": "ESP32", "esp32c3": "ESP32-C3", "esp32s2": "ESP32-S2", "esp32s3": "ESP32-S3"}


def manifest(board: str) -> dict[str, Any]:
    """The manifest of `board`, whose image BOARD.bin is beside it. Raises KeyError if the board is not an ESP32."""
    chip = boards()[board]
    part = {"path": f"{board}.bin", "offset": int(offset_of(chip), 0)}
    return {
        "name": f"cognito_mp for {board}",
        "version": cognito_mp.__version__,
        "new_install_prompt_erase": True,
        "new_install_improv_wait_time": 0,
        "builds": [{"chipFamily": _FAMILIES[chip], "parts": [part]}],
    }


def write(folder: Path) -> list[Path]:
    """Write a manifest for each image in `folder` that is called for a board; returns their paths."""
    written = []
    for image in sorted(folder.glob("*.bin")):
        if image.stem in boards():
            path = image.with_suffix(".manifest.json")
            path.write_text(json.dumps(manifest(image.stem), indent=2) + "\n")
            written.append(path)
    return written


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("web_tools_manifest: name the folder with the images")
    for path in write(Path(sys.argv[1])):
        print(path)


if __name__ == "__main__":
    main()
