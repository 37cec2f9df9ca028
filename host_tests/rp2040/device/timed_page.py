"""The application with its sign-in page, which tells its heap and what each request takes; ends once somebody is in.

timed_page.py
"""

import asyncio
import gc
import sys
import time

from cognito_app import app
from cognito_app.sign_in_page import server


class _Job:
    """In place of a maker's job.py, which the application imports by name."""

    @staticmethod
    async def job(keeper) -> None:
        page = "cognito_app.sign_in_page.site"
        while page not in sys.modules:
            await asyncio.sleep_ms(100)
        while page in sys.modules:
            _tell("open")
            await asyncio.sleep(1)
        _tell("closed")
        raise KeyboardInterrupt


def _tell(state: str) -> None:
    gc.collect()
    print("heap", state, gc.mem_free())


def _timed(serve):
    async def timed(self, *words) -> None:
        start = time.ticks_ms()
        await serve(self, *words)
        print("request", time.ticks_diff(time.ticks_ms(), start))

    return timed


_tell("before")
server.Server._serve = _timed(server.Server._serve)
sys.modules["job"] = _Job  # type: ignore[assignment]
app.run()
