# Read by MicroPython's ports/unix/Makefile. Nothing is frozen: CircuitPython has no asyncio of its own.
FROZEN_MANIFEST =
MICROPY_FORCE_32BIT = 1
MICROPY_PY_BTREE = 0
MICROPY_PY_FFI = 0
