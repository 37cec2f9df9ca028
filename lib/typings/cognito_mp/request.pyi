from collections.abc import Generator
from typing import Any

FRESH: str
NOW: str

class Request:
    operation: str
    parameters: dict[str, Any]
    repeatable: bool
    def __init__(self, operation: str, parameters: dict[str, Any], repeatable: bool = True) -> None: ...
    def write(self, url: str, now: int) -> list[Any]: ...
    def read(self, status: int, headers: dict[str, str], body: bytes | bytearray) -> dict[str, Any]: ...

class Once:
    key: Any
    flow: Generator[Any, Any, Any]
    def __init__(self, key: Any, flow: Generator[Any, Any, Any]) -> None: ...
