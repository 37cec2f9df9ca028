"""Where the library, the firmware, the boards and the emulator are: in the checkout, or as the wheel carries them."""

from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

_CARRIED = Path(__file__).with_name("carried")
IS_CHECKOUT = not _CARRIED.exists()
# The same folders are in both: lib, firmware, boards, tools/emulator.
ROOT = Path(__file__).resolve().parents[2] if IS_CHECKOUT else _CARRIED
LIBRARY = ROOT / "lib"
# What is fetched or built.
BUILD = ROOT / "build" if IS_CHECKOUT else user_cache_path("cognito-mp")


def build_lock() -> FileLock:
    """To be held (`with`) while something is fetched into build/ or built there: tests run in several processes."""
    BUILD.mkdir(parents=True, exist_ok=True)
    return FileLock(BUILD / "lock")
