from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, Protocol

from typing_extensions import Self

from .challenge import Challenge
from .protocol import App, Tokens
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
    left: Any
    transport: Any
    attempts: int
    user_agent: str
    asks_code: bool
    def __init__(
        self,
        region: str,
        client_id: str,
        client_secret: str | tuple[str, str] | list[str] | None = None,
        user_pool_id: str | None = None,
        store: _Store | None = None,
        endpoint: str | None = None,
        cadata: bytes | None = None,
        transport: Any = None,
        timeout: int = 20,
        attempts: int = 3,
        clock: _Clock = ...,
        sleep_memory: Any = None,
        user_agent: str = "",
        fips: bool = False,
    ) -> None: ...
    @property
    def signed_in(self) -> bool: ...
    def close(self) -> None: ...
    def signing_in(self, initiate: Callable[[], Generator[Any, Any, Any]]) -> Generator[Any, Any, Any]: ...

class Client(BaseClient):
    def sign_in(
        self, username: str, password: str | None, flow: str = "USER_PASSWORD_AUTH", **options: Any
    ) -> Tokens | Challenge: ...
    def respond(
        self, challenge: Challenge, answers: dict[str, str] | str, **options: dict[str, Any] | None
    ) -> Tokens | Challenge: ...
    def set_new_password(
        self,
        challenge: Challenge,
        new_password: str,
        attributes: dict[str, str] | None = None,
        **options: dict[str, Any] | None,
    ) -> Tokens | Challenge: ...
    def access_token(self) -> str: ...
    def id_token(self) -> str | None: ...
    def refresh(self, client_metadata: dict[str, str] | None = None) -> Tokens: ...
    def sign_out(self, everywhere: bool = False) -> bool: ...
    def call(
        self, operation: str, parameters: dict[str, Any] | None = None, credentials: _Credentials | None = None
    ) -> dict[str, Any]: ...
    def run(self, flow: Generator[Any, Any, Any], key: Any = None) -> Any: ...
    def settle(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None, /
    ) -> None: ...
