"""A device that serves a site of one page, for test_slow_clients.py: slow_clients_device.py ADDRESS PORT IDLE_S."""

import asyncio
import sys

from cognito_app.sign_in_page.server import Server  # type: ignore[import-not-found]


class Site:
    def __init__(self) -> None:
        self.held = asyncio.Event()

    async def respond(self, method: str, path: str, headers, read_form, code: str, inside: bool) -> tuple:
        if path == "/held":
            print("held")
            await self.held.wait()
        if path == "/slow":
            print("slow")
            await asyncio.sleep(1)
        if path == "/long":
            return 200, {}, ("x" * 1000 for _ in range(20000))
        return 200, {"Content-Type": "text/plain"}, "served " + method


async def main() -> None:
    address, port, idle_s = sys.argv[1:]
    await Server(Site(), float(idle_s), young_ms=200).open(address, int(port), lambda address: True)
    print("open")
    await asyncio.Event().wait()


asyncio.run(main())
