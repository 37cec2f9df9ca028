"""Runs the firmware's portable tests on whatever Python this is, by ../../portable/run.py."""

import sys

# MICROPYPATH replaces MicroPython's path; asyncio is frozen into the interpreter.
if sys.implementation.name == "micropython" and ".frozen" not in sys.path:
    sys.path.append(".frozen")
_HERE = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
for _folder in (_HERE + "/../../portable", _HERE + "/../../../firmware", _HERE):
    sys.path.insert(0, _folder)

import run  # noqa: E402, F401 (it runs the tests, and exits)
