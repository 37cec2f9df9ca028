from collections.abc import Generator
from typing import Any, Protocol

from .protocol import App
from .session import Session

class _Store(Protocol):
    def load(self) -> bytes | None: ...
    def save(self, data: bytes, /) -> None: ...
    def erase(self) -> None: ...

class _Transport(Protocol):
    # (status, headers with lower-case names, body: bytes-like)
    def post(self, url: str, headers: dict[str, str], body: bytes, /) -> tuple[int, dict[str, str], Any]: ...

class _Clock(Protocol):
    def now(self) -> int: ...
    def is_set(self) -> bool: ...
    def jitter(self) -> int: ...
    def ticks_ms(self) -> int: ...
    def ticks_diff(self, end: int, start: int, /) -> int: ...
    def sleep_ms(self, ms: int, /) -> None: ...

class _Credentials(Protocol):
    access_key: str
    secret_key: str
    session_token: str

class BaseClient:
    app: App
    session: Session
    clock: _Clock
    cache: dict[Any, Any]
    def __init__(
        self,
        region: str,
        client_id: str,
        client_secret: str | None = None,
        user_pool_id: str | None = None,
        store: _Store | None = None,
        endpoint: str | None = None,
        cadata: bytes | None = None,
        transport: Any = None,
        timeout: int = 10,
        attempts: int = 3,
        clock: _Clock = ...,
        sleep_memory: Any = None,
    ) -> None: ...
    @property
    def signed_in(self) -> bool: ...
    def close(self) -> None: ...
    def signing_in(self, flow: Generator[Any, Any, Any]) -> Any: ...
