"""job.py, the maker's own program: `async def job(keeper)`.

It is started with the application, and with sleep_s at each wake; when it returns it is over until the next start.
NotSignedIn starts it anew when somebody has signed in; any other exception starts it anew a little later
(supervisor.py). What ends a wake is in wake.py.
"""

import sys

from cognito_mp import NotSignedIn

from .status import NEEDS_SIGN_IN, SESSION_OVER


def load():
    """The function job in job.py; None when there is no job.py. Raises what job.py raises while it is imported."""
    try:
        import job
    except Exception as error:
        if isinstance(error, ImportError) and "'job'" in str(error):
            return None
        sys.modules.pop("job", None)  # MicroPython keeps what was half imported
        raise
    return job.job


def needs_a_person(keeper) -> bool:
    """True while nothing can be done before somebody signs in."""
    return keeper.state in (NEEDS_SIGN_IN, SESSION_OVER)


async def run(job, keeper, sleep) -> None:
    """Run job(keeper) to its end; without a session, again as soon as there is one. Raises what the job raises.

    `sleep`: async, takes seconds, such as asyncio.sleep.
    """
    while True:
        try:
            return await job(keeper)
        except NotSignedIn:
            await sleep(1)
            while needs_a_person(keeper):
                await sleep(1)
