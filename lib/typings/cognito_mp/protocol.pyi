from collections.abc import Generator
from typing import Any

from .challenge import Challenge

NOW: str

class App:
    client_id: str
    client_secret: str | None
    user_pool_id: str | None
    url: str
    client_secrets: tuple[str, str]
    hashed: str
    def __init__(
        self,
        region: str,
        client_id: str,
        client_secret: str | tuple[str, str] | list[str] | None = None,
        user_pool_id: str | None = None,
        endpoint: str | None = None,
        fips: bool = False,
    ) -> None: ...

class Once:
    key: Any
    flow: Generator[Any, Any, Any]
    parameters: dict[str, Any] | None
    def __init__(self, key: Any, flow: Generator[Any, Any, Any], parameters: dict[str, Any] | None = None) -> None: ...

class Request:
    operation: str
    parameters: dict[str, Any]
    repeatable: bool
    seconds: int
    def __init__(self, operation: str, parameters: dict[str, Any], repeatable: bool = True) -> None: ...
    def write(self, url: str, now: int) -> list[Any]: ...
    def read(self, status: int, headers: dict[str, str], body: bytes | bytearray) -> dict[str, Any]: ...

class Tokens:
    access_token: str
    id_token: str | None
    refresh_token: str | None
    expires_in: int
    token_type: str
    username: str
    sign_in_name: str | None
    device: dict[str, Any] | None
    new_device: dict[str, str] | None
    auth_time: object
    flow: str
    def __init__(
        self, result: dict[str, Any], username: str, refresh_token: str | None, sign_in_name: str | None = None
    ) -> None: ...

def split_url(url: str) -> tuple[bool, str, int, str]: ...
def with_secret_hash(
    app: Any, parameters: dict[str, Any], username: str, device_key: str | None = None
) -> dict[str, Any]: ...
def lifetime(expires_in: object, token: str) -> int: ...
def loads(text: bytes | bytearray) -> dict[str, Any]: ...
def read_reply(
    status: int, headers: dict[str, str], body: bytes | bytearray, parameters: dict[str, Any] | None = None
) -> dict[str, Any]: ...
def read_outcome(
    reply: dict[str, Any], username: str, refresh_token: str | None = None, sign_in_name: str | None = None
) -> Tokens | Challenge: ...
