"""The application: reads the settings, keeps the session, shows its state, runs the maker's own job.

from cognito_app import app
app.run()
"""

import asyncio
import gc

from cognito_mp import AsyncClient, FileStore, NotSignedIn, clock

from . import hardware, sntp
from .backoff import PASSING, describe
from .console import Console
from .session_keeper import SessionKeeper
from .settings import Settings, SettingsError, load
from .status import NEEDS_SIGN_IN, SESSION_OVER

_UNSAVED_CHECK = 60  # seconds between tries to save what must not be slept away


def keeper_for(settings: Settings) -> SessionKeeper:
    """The SessionKeeper of this board with `settings`. Raises SettingsError; touches no network."""
    try:
        client = AsyncClient(
            settings.region,
            settings.client_id,
            settings.client_secret,
            settings.user_pool_id,
            store=FileStore(settings.session_file),
            endpoint=settings.endpoint,
            cadata=settings.cadata(),
            timeout=settings.timeout_s,
            sleep_memory=hardware.deep_sleep_memory(),
        )
    except ValueError as error:
        raise SettingsError("settings.json: " + describe(error))

    servers = sntp.TimeServers(settings.time_servers(), asyncio.sleep, settings.ntp_port)
    return SessionKeeper(client, hardware.link(settings), servers.ask, hardware.set_time, clock)


def makers_job():
    """The maker's `async def job(keeper)` in job.py; None when there is no job.py."""
    try:
        import job
    except ImportError as error:
        if "'job'" not in str(error):  # job.py is there, and can't import what it needs
            raise
        return None
    return job.job


async def _do(job, keeper: SessionKeeper) -> None:
    try:
        await job(keeper)
    except NotSignedIn:
        pass  # the state says so
    except PASSING as error:
        print("job.py: " + describe(error))


async def _awake_once(keeper: SessionKeeper, job, settings: Settings) -> None:
    """What a wake is for: the job, or else a token that is good; then sleep.

    Someone who has to sign in gets awake_s seconds for it.
    """
    for _ in range(settings.awake_s):
        if keeper.status().state not in (NEEDS_SIGN_IN, SESSION_OVER):
            break
        await asyncio.sleep(1)
    try:
        if job:
            await asyncio.wait_for(_do(job, keeper), settings.awake_s)
        else:
            await asyncio.wait_for(keeper.access_token(), settings.awake_s)
    except (NotSignedIn, asyncio.TimeoutError) + PASSING as error:
        print("asleep although: " + describe(error))
    # What is in RAM alone would be gone.
    while not await keeper.settle():
        await asyncio.sleep(_UNSAVED_CHECK)
    keeper.close()
    hardware.deep_sleep(settings.sleep_s)


async def live(settings: Settings) -> None:
    """Run the application for ever; with sleep_s set, until the device sleeps."""
    keeper = keeper_for(settings)
    tasks = [Console(*hardware.terminal(), keeper).run()]
    job = makers_job()
    try:
        screen = hardware.screen(settings)
        if screen:
            tasks.append(screen.run(keeper, asyncio.sleep))
    except OSError as error:
        print(f"screen {settings.screen!r}: {describe(error)}")
    led = hardware.led(settings)
    if led:
        from . import status_led

        tasks.append(status_led.run(led, keeper, asyncio.sleep))
    if settings.sleep_s:
        tasks.append(_awake_once(keeper, job, settings))
    elif job:
        tasks.append(_do(job, keeper))
    tasks = [asyncio.create_task(task) for task in tasks]  # kept: a task that nobody holds may be collected
    gc.collect()
    await keeper.run()


def run() -> None:
    """Run the application until Ctrl-C. What is wrong with the settings is told, and the REPL is yours."""
    try:
        settings = load(wifi=hardware.HAS_WIFI)
        for key in settings.unknown:
            print(f'settings.json: "{key}" is no setting of this application')
        asyncio.run(live(settings))
    except SettingsError as error:
        print("cognito_mp can't start: " + describe(error))
    except KeyboardInterrupt:
        print("cognito_mp stopped; from cognito_app import app; app.run() starts it again")
    finally:
        asyncio.new_event_loop()  # the next run() must not find this one's tasks
