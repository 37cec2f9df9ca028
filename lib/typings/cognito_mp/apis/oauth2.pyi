from collections.abc import Coroutine
from typing import Any, overload

from ..aio import AsyncClient
from ..client import Client

@overload
def client_token(
    client: Client, scopes: list[str] | None = None, client_metadata: dict[str, str] | None = None
) -> str: ...
@overload
def client_token(
    client: AsyncClient, scopes: list[str] | None = None, client_metadata: dict[str, str] | None = None
) -> Coroutine[Any, Any, str]: ...
@overload
def token(
    client: Client,
    domain_url: str,
    client_id: str | None = None,
    client_secret: str | None = None,
    scopes: list[str] | None = None,
) -> str: ...
@overload
def token(
    client: AsyncClient,
    domain_url: str,
    client_id: str | None = None,
    client_secret: str | None = None,
    scopes: list[str] | None = None,
) -> Coroutine[Any, Any, str]: ...
