"""hashlib.sha256 for CircuitPython: its hashlib has `new` alone, which knows SHA-256 from 10.1 on.

Before that adafruit_hashlib's does, in Python: thousands of times slower, and 31 kB of heap.
"""

from hashlib import new

try:
    new("sha256", b"")

    def sha256(data: bytes = b""):
        """A SHA-256 state that has taken in `data`."""
        return new("sha256", data)

except ValueError:
    try:
        from adafruit_hashlib import sha256  # type: ignore[no-redef]  # noqa: F401  # the same function
    except ImportError:
        raise ImportError("CircuitPython before 10.1 has no SHA-256: circup install adafruit_hashlib") from None
