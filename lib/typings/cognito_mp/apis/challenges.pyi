from collections.abc import Coroutine
from typing import Any, overload

from ..aio import AsyncClient
from ..challenge import Challenge
from ..client import Client
from ..protocol import Tokens

@overload
def respond(
    client: Client, challenge: Challenge, answers: dict[str, str] | str, **options: dict[str, Any] | None
) -> Tokens | Challenge: ...
@overload
def respond(
    client: AsyncClient, challenge: Challenge, answers: dict[str, str] | str, **options: dict[str, Any] | None
) -> Coroutine[Any, Any, Tokens | Challenge]: ...
@overload
def set_new_password(
    client: Client,
    challenge: Challenge,
    new_password: str,
    attributes: dict[str, str] | None = None,
    **options: dict[str, Any] | None,
) -> Tokens | Challenge: ...
@overload
def set_new_password(
    client: AsyncClient,
    challenge: Challenge,
    new_password: str,
    attributes: dict[str, str] | None = None,
    **options: dict[str, Any] | None,
) -> Coroutine[Any, Any, Tokens | Challenge]: ...
@overload
def associate_software_token(client: Client, challenge: Challenge) -> str: ...
@overload
def associate_software_token(client: AsyncClient, challenge: Challenge) -> Coroutine[Any, Any, str]: ...
@overload
def verify_software_token(
    client: Client,
    challenge: Challenge,
    code: str,
    device_name: str | None = None,
    **options: dict[str, Any] | None,
) -> Tokens | Challenge: ...
@overload
def verify_software_token(
    client: AsyncClient,
    challenge: Challenge,
    code: str,
    device_name: str | None = None,
    **options: dict[str, Any] | None,
) -> Coroutine[Any, Any, Tokens | Challenge]: ...
