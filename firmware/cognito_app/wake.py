"""What a device that sleeps most of the time does while it is awake (sleep_s in the settings)."""

import asyncio

from . import makers_job
from .stopwatch import Stopwatch

WAY_IN = 20  # seconds that it stays awake after power-up or its reset button, for Ctrl-C and cognito-mp
LAST_WORDS = 5  # seconds that a cancelled job has for its `finally`
_UNSAVED = 60  # seconds between tries to save what must not be slept away
_LOOK = 0.25  # seconds between looks at a task


async def once(keeper, supervisor, settings, watchdog, page, board, woke: bool, load) -> None:
    """One wake of this board, and its sleep.

    board     the hardware.Board
    woke      False after power-up, the reset button, or a restart that is not a wake
    The rest as run() has it.
    """
    await run(keeper, supervisor, settings.awake_s, woke, board.clock, board.sleep, load, page)
    watchdog.stop()  # a light sleep with it on locks RP2040 up
    board.deep_sleep(settings.sleep_s)


async def run(keeper, supervisor, awake_s: int, by_itself: bool, clock, sleep, load=makers_job.load, page=None) -> None:
    """Run the job, or without one get a token that is good; return when the device may sleep.

    Someone who has to sign in gets `awake_s` seconds for it, and then the job gets as many.

    by_itself  whether this start is a wake; at any other somebody may want to get in
    load       () -> the job, or None; as makers_job.load
    clock      the module cognito_mp.clock, or any object with its functions
    sleep      async, takes seconds, such as asyncio.sleep
    page       a PageWatch: while the sign-in page is open, somebody may be at it
    """
    awake = Stopwatch(clock)
    while makers_job.needs_a_person(keeper) and (awake.seconds() < awake_s or _is_open(page)):
        await sleep(1)

    if not makers_job.needs_a_person(keeper):
        job = supervisor.run("job.py", lambda: makers_job.run(load() or _fresh_token, keeper, sleep))
        if not await _run_for(awake_s, job, supervisor.end, clock, sleep):
            print("job.py: not done, and asleep all the same")
    while not by_itself and awake.seconds() < WAY_IN or _is_open(page):
        await sleep(1)
    while not await keeper.settle():  # what is in RAM alone would be gone
        await sleep(_UNSAVED)
    keeper.close()


def _is_open(page) -> bool:
    return page is not None and page.is_open


async def _fresh_token(keeper) -> None:
    """The job of a device that has none: a token that is good for its other programs."""
    await keeper.access_token()


async def _run_for(seconds: int, work, end, clock, sleep) -> bool:
    """Run the awaitable `work` for `seconds` at most; False when it had to be cancelled, after end().

    Work that goes on all the same, for longer than LAST_WORDS, is left behind: a battery does not wait for it.
    """
    task = asyncio.create_task(work)
    for limit in (seconds, LAST_WORDS):
        running = Stopwatch(clock)
        while not task.done():
            if running.seconds() >= limit:
                end()
                task.cancel()
                break
            await sleep(_LOOK)
        else:
            return limit == seconds
    return False
