"""Which tests `make test` leaves to `make test-long`: what takes long, and what runs on a second version of a Python.

`make test` runs each file on CPython, on the oldest MicroPython that Debian has, as on CircuitPython 10 and in
WebAssembly; the library's on each MicroPython. What is left to `make test-long` besides has the mark `long` where it
stands: sdists, beside wheels, in tools/test_wheels.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

_HERE = Path(__file__).parent
# 256-bit powers of 3072-bit numbers, or thousands of sign-ins, on a device's arithmetic.
_HEAVY = {
    "test_a_stores_age",
    "test_after_sign_in",
    "test_pairs_of_clients",
    "test_sessions_that_survive",
    "test_srp",
    "test_what_must_not_come_back",
}
# Weeks of a device's life; test_random_faults.py does more of it on CPython.
_WEEKS = {"test_week"}

# (test module, parameter, its value): the files whose tests are long, or None for all.
_LONG: dict[tuple[str, str, str], set[str] | None] = {
    ("test_portable", "interpreter", "forky"): _HEAVY,
    ("test_on_circuitpython_stand_in", "version", "9.2.9"): None,
    ("test_on_webassembly_micropython", "version", "1.24.1"): None,
    ("test_on_webassembly_micropython", "version", "1.29.0"): _HEAVY,
    ("test_on_each_python", "interpreter", "trixie"): _WEEKS,
    ("test_on_each_python", "interpreter", "forky"): None,
    # `make faults` has more of them.
    ("test_quick_slices", "part", "broken_replies"): None,
    ("test_quick_slices", "part", "little_memory"): None,
    ("test_quick_slices", "part", "power_cuts"): None,
}


def mark(items: list[pytest.Item]) -> None:
    """Mark as `long` what is. Raises UsageError for a file above that is not there any more."""
    gone = [name for name in _HEAVY if not (_HERE / "portable" / f"{name}.py").exists()]
    gone += [name for name in _WEEKS if not (_HERE / "firmware" / "portable" / f"{name}.py").exists()]
    if gone:
        raise pytest.UsageError(f"{Path(__file__).name} names what is not there: {', '.join(sorted(gone))}")
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec and _is_long(item.path.stem, callspec.params):
            item.add_marker("long")


def _is_long(module: str, parameters: Mapping[str, Any]) -> bool:
    file = parameters.get("file")
    for name, value in parameters.items():
        if isinstance(value, str) and (module, name, value) in _LONG:
            files = _LONG[module, name, value]
            return files is None or isinstance(file, Path) and file.stem in files
    return False
