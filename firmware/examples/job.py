"""A job.py: sends a reading to your API with the wearer's token. Set URL, and put it on the device.

    mpremote cp firmware/examples/job.py :job.py

With sleep_s in the settings it runs once at each wake: set EVERY_S to 0 then.
"""

import asyncio
import json
import time

from cognito_mp.transports.async_https import AsyncHttpsTransport

URL = "https://abc123.execute-api.eu-west-1.amazonaws.com/readings"
ROOT_FILE = ""  # the root certificate of a server that is not Amazon's, as PEM or DER
EVERY_S = 60


def reading() -> dict:
    """What your sensor says."""
    return {"uptime_s": time.ticks_ms() // 1000}


def root() -> "bytes | None":
    if not ROOT_FILE:
        return None
    with open(ROOT_FILE, "rb") as file:
        return file.read()


async def send(keeper, api, what: dict) -> int:
    """The HTTP status that the API answers."""
    headers = {"Authorization": "Bearer " + await keeper.access_token(), "Content-Type": "application/json"}
    headers["User-Agent"] = "my-watch/1.0"  # AWS's own firewall rules refuse a request without one
    await keeper.connect()  # the token may have been at hand with no network
    status, _, _ = await api.post(URL, headers, json.dumps(what).encode())
    return status


async def send_readings(keeper, api, sleep) -> None:
    """For ever, or once where EVERY_S is 0. `api`: an HTTPS transport; `sleep`: async, takes seconds."""
    while True:
        status = await send(keeper, api, reading())
        if status == 401:  # the API knows better than the clock whether the token is good
            await keeper.refresh()
            status = await send(keeper, api, reading())
        if status >= 300:
            raise OSError(status, f"the API answers {status}")  # the application tries again later
        print("sent")
        if not EVERY_S:
            return
        await sleep(EVERY_S)


async def job(keeper) -> None:
    api = AsyncHttpsTransport(cadata=root())
    try:
        await send_readings(keeper, api, asyncio.sleep)
    finally:
        api.close()
