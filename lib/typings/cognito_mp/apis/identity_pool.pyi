from collections.abc import Coroutine
from typing import Any, overload

from ..aio import AsyncClient
from ..client import Client

class Credentials:
    access_key: str
    secret_key: str
    session_token: str
    expiration: int
    identity_id: str
    user: str | None
    def __init__(self, reply: dict[str, Any], user: str | None) -> None: ...

@overload
def credentials(client: Client, identity_pool_id: str, endpoint: str | None = None) -> Credentials: ...
@overload
def credentials(
    client: AsyncClient, identity_pool_id: str, endpoint: str | None = None
) -> Coroutine[Any, Any, Credentials]: ...
def whole_expiration(body: bytes) -> bytes: ...
