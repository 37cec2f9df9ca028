from types import TracebackType
from typing import Any, Protocol

from typing_extensions import Self

from .challenges import Challenge
from .client import _Clock, _Credentials, _Store, _Transport
from .https import HttpsTransport
from .protocol import Tokens

class _AsyncTransport(Protocol):
    async def post(self, url: str, headers: dict[str, str], body: bytes, /) -> tuple[int, dict[str, str], Any]: ...

class AsyncHttpsTransport(HttpsTransport):
    async def post(  # type: ignore[override]  # awaited
        self, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytearray]: ...

# At run time a subclass of Client, whose calls it awaits: where a Client is wanted it is of no use.
class AsyncClient:
    client_id: str
    client_secret: str | None
    user_pool_id: str | None
    device_key: str | None
    def __init__(
        self,
        region: str,
        client_id: str,
        client_secret: str | None = None,
        user_pool_id: str | None = None,
        store: _Store | None = None,
        endpoint: str | None = None,
        cadata: bytes | None = None,
        transport: _AsyncTransport | _Transport | None = None,
        timeout: int = 10,
        attempts: int = 3,
        *,
        clock: _Clock = ...,
    ) -> None: ...
    async def sign_in(
        self, username: str, password: str | None, flow: str = "USER_PASSWORD_AUTH", **options: Any
    ) -> Tokens | Challenge: ...
    async def respond(self, challenge: Challenge, answers: dict[str, str] | str) -> Tokens | Challenge: ...
    async def set_new_password(
        self, challenge: Challenge, new_password: str, attributes: dict[str, str] | None = None
    ) -> Tokens | Challenge: ...
    async def access_token(self) -> str: ...
    async def id_token(self) -> str: ...
    async def refresh(self) -> Tokens: ...
    async def sign_out(self, everywhere: bool = False) -> bool: ...
    async def call(
        self, operation: str, parameters: dict[str, Any] | None = None, credentials: _Credentials | None = None
    ) -> dict[str, Any]: ...
    @property
    def signed_in(self) -> bool: ...
    def close(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...
