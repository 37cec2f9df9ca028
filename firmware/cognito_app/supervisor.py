"""Keeps a task of the application going: what fails is told and starts anew, a little later each time."""

import asyncio

from .backoff import PASSING, Backoff, describe
from .stopwatch import Stopwatch

_FIRST, _MOST = 5, 600  # seconds, the longest wait after one failure and after many


class Supervisor:
    """Runs tasks, each for as long as it takes."""

    def __init__(self, faults, clock, sleep) -> None:
        """
        faults  a FaultLog
        clock   the module cognito_mp.clock, or any object with its functions
        sleep   async, takes seconds, such as asyncio.sleep
        """
        self._faults = faults
        self._clock = clock
        self._sleep = sleep
        self._ending = False

    def end(self) -> None:
        """From now on nothing starts anew: what is cancelled, or fails, is over."""
        self._ending = True

    async def run(self, name: str, work) -> None:
        """Await work() until it returns. When it raises, wait and do so again, for ever.

        What a network or the service does is told in a line; anything else is a fault, and kept with its traceback. So
        are sys.exit(), and the CancelledError of a task that work() itself has cancelled.
        """
        tries = Backoff(self._clock, _FIRST, _MOST)
        while True:
            running = Stopwatch(self._clock)
            try:
                return await work()
            except (Exception, SystemExit, asyncio.CancelledError) as error:
                if self._ending and isinstance(error, asyncio.CancelledError):
                    raise
                if isinstance(error, PASSING):
                    print(f"{name}: {describe(error)}")
                else:
                    self._faults.record(name, error)
                if running.seconds() > _MOST:  # it was well, and this is a new trouble
                    tries.clear()
                tries.failed(error)
            if self._ending:
                return None
            await self._sleep(max(1, tries.wait()))
