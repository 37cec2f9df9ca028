"""hashlib.sha256 for CircuitPython, whose hashlib has `new` alone."""

from hashlib import new


def sha256(data: bytes = b""):
    """A SHA-256 state that has taken in `data`."""
    return new("sha256", data)
