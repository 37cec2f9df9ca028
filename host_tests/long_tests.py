"""Which tests `make test` leaves to `make test-long`: files that take long, on a second version of a Python.

`make test` runs them on CPython, on the oldest MicroPython that Debian has and, as on CircuitPython, on the newest; and
all other files on every Python there is. What is left to it besides has the mark `long` where it stands: sdists, beside
wheels, in tools/test_wheels.py.
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
# Much SHA-256, which CircuitPython before 10.1 has in Python alone.
_MUCH_HASHED = {"test_aio", "test_arguments", "test_late_proofs", "test_table_of_refusals", "test_wrong_types"}
# Weeks of a device's life; test_random_faults.py does more of it on CPython.
_WEEKS = {"test_week"}

_LONG = {
    ("test_portable", "interpreter", "forky"): _HEAVY,
    ("test_on_circuitpython_stand_in", "version", "9.2.9"): _HEAVY | _MUCH_HASHED,
    ("test_on_webassembly_micropython", "version", "1.24.1"): _HEAVY,
    ("test_on_webassembly_micropython", "version", "1.29.0"): _HEAVY,
    ("test_on_each_python", "interpreter", "trixie"): _WEEKS,
    ("test_on_each_python", "interpreter", "forky"): _WEEKS,
}


def mark(items: list[pytest.Item]) -> None:
    """Mark as `long` what is. Raises UsageError for a file above that is not there any more."""
    gone = [name for name in _HEAVY | _MUCH_HASHED if not (_HERE / "portable" / f"{name}.py").exists()]
    gone += [name for name in _WEEKS if not (_HERE / "firmware" / "portable" / f"{name}.py").exists()]
    if gone:
        raise pytest.UsageError(f"{Path(__file__).name} names what is not there: {', '.join(sorted(gone))}")
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec and _is_long(item.path.stem, callspec.params):
            item.add_marker("long")


def _is_long(module: str, parameters: Mapping[str, Any]) -> bool:
    file = parameters.get("file")
    return any(
        (module, name, value) in _LONG and file.stem in _LONG[module, name, value]
        for name, value in parameters.items()
        if isinstance(value, str) and isinstance(file, Path)
    )
