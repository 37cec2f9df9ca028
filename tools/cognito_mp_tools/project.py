"""Where this checkout keeps its things."""

from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "lib"
BUILD = ROOT / "build"


def build_lock() -> FileLock:
    """To be held (`with`) while something is fetched into build/ or built there: tests run in several processes."""
    BUILD.mkdir(parents=True, exist_ok=True)
    return FileLock(BUILD / "lock")
