"""Where this checkout keeps its things."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "lib"
BUILD = ROOT / "build"
