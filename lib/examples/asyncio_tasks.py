"""AsyncClient: three tasks that need a token share one refresh, and the loop keeps turning meanwhile."""

import asyncio

from cognito_mp import AsyncClient
from example_client import make, settings


async def worker(name: str, client) -> None:
    print(name, "has a token of", len(await client.access_token()), "characters")


async def main() -> None:
    given = settings()
    client = make(given, AsyncClient)
    if not client.signed_in:
        await client.sign_in(given["username"], given["password"])
    await asyncio.gather(*[worker(name, client) for name in ("display", "telemetry", "alarm")])


asyncio.run(main())
