from collections.abc import Callable
from hashlib import sha256 as sha256
from typing import Any

def hmac_sha256(key: bytes, message: bytes, hash: Callable[[bytes], Any] = ...) -> bytes: ...
