from typing import Any

from .https import HttpsTransport

class AsyncHttpsTransport(HttpsTransport):
    async def post_once(  # type: ignore[override]  # awaited
        self, request: list[Any]
    ) -> tuple[int, dict[str, str], bytearray]: ...
    async def post(  # type: ignore[override]  # awaited
        self, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytearray]: ...
