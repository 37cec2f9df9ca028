"""docs/screens.png, the picture in the README: what a watch shows. From what the tests of the screens draw.

.venv/bin/python -m pytest host_tests/firmware/test_screens.py && .venv/bin/python -m cognito_mp_tools.site.screens
"""

from __future__ import annotations

from PIL import Image

from cognito_mp_tools.project import BUILD, ROOT

PICTURE = ROOT / "docs" / "screens.png"
_SHOWN = ("round_person", "round_signed_in", "round_offline", "round_needs_sign_in")
_GAP = 16


def main() -> None:
    parts = [Image.open(BUILD / "screens" / f"{name}.png").convert("RGB") for name in _SHOWN]
    width = sum(part.width for part in parts) + _GAP * (len(parts) - 1)
    whole = Image.new("RGBA", (width, max(part.height for part in parts)))
    x = 0
    for part in parts:
        whole.paste(part, (x, 0))
        x += part.width + _GAP
    whole.quantize(64).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
