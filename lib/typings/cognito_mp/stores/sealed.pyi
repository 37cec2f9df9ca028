from typing import Any

from ..errors import StoreError

class SealError(StoreError):
    reason: str
    def __init__(self, reason: str, words: str) -> None: ...

class SealedStore:
    def __init__(
        self,
        store: Any,
        secret: str | bytes | None = None,
        device_id: bytes = b"",
        iterations: int = 1500,
        counter: Any = None,
    ) -> None: ...
    def load(self) -> bytes | None: ...
    def save(self, data: bytes) -> None: ...
    def erase(self) -> None: ...

def pbkdf2(password: bytes, salt: bytes, iterations: int) -> bytes: ...
