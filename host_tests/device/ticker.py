"""Refreshes with AsyncClient from a server that dribbles, and watches the loop: ticker.py ENDPOINT CA.

Prints the longest that a 10 ms ticker was kept waiting while the network was waited for, in milliseconds.
"""

import asyncio
import sys
import time

from cognito_mp import AsyncClient

endpoint, ca = sys.argv[1:]
with open(ca, "rb") as file:
    client = AsyncClient("eu-west-1", "client", endpoint=endpoint, cadata=file.read())


def now_ms() -> int:
    return time.ticks_ms() if hasattr(time, "ticks_ms") else time.monotonic_ns() // 1000000


async def tick(worst: list) -> None:
    last = now_ms()
    while True:
        await asyncio.sleep(0.01)
        now = now_ms()
        worst[0] = max(worst[0], now - last)
        last = now


async def main() -> None:
    async with client:
        await client.sign_in("alice", "pw")  # the TLS handshake's own arithmetic is not waiting
        worst = [0]
        ticker = asyncio.create_task(tick(worst))
        start = now_ms()
        tokens = await asyncio.gather(client.refresh(), client.access_token(), client.id_token())
        took = now_ms() - start
        ticker.cancel()
    print(worst[0], took, tokens[0].access_token[:3])


asyncio.run(main())
