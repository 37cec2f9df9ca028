"""The application: reads the settings, keeps the session, shows its state, runs the maker's own job.

from cognito_app import app
app.run()
"""

import asyncio
import gc
import time

from cognito_mp import AsyncClient, FileStore, clock

from . import hardware, makers_job, sntp
from .backoff import describe
from .console import Console
from .fault_log import FaultLog
from .session_keeper import SessionKeeper
from .settings import Settings, SettingsError, load
from .supervisor import Supervisor

FAULTS = FaultLog("faults.txt", clock)


def keeper_for(settings: Settings, link=None) -> SessionKeeper:
    """The SessionKeeper of this board with `settings`. Raises SettingsError; touches no network.

    link  is_up() and so on; hardware.link() where there is none
    """
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
    link = link or hardware.link(settings)
    idle_s, fast = settings.radio_idle_s, hardware.FullSpeed()
    return SessionKeeper(client, link, servers.ask, hardware.set_time, clock, FAULTS, idle_s, fast)


def why_no_machine_code() -> str:
    """Have SRP count with machine code for Xtensa; "" when it does, else why not, in words."""
    try:
        from cognito_mp.crypto.srp_xtensa import enable
    except ImportError:
        return "its modules are not on this device"
    return enable()


async def _feed(watchdog) -> None:
    """While this runs, the event loop turns."""
    while True:
        watchdog.feed()
        await asyncio.sleep(1)


async def live(settings: Settings) -> None:
    """Run the application for ever; with sleep_s set, until the device sleeps."""
    watchdog = hardware.watchdog(settings.watchdog_s)
    try:
        await _live(settings, watchdog)
    finally:  # a person at the REPL must not be restarted
        watchdog.stop()


async def _live(settings: Settings, watchdog) -> None:
    supervisor = Supervisor(FAULTS, clock, asyncio.sleep)
    pressed = hardware.button(settings)
    own = hardware.own_settings()
    link = hardware.link(settings, own)
    keeper = keeper_for(settings, link)
    screen = watch = port = None
    read, write = hardware.terminal()
    if settings.improv and own:
        from . import improv

        port = improv.port_for(read, keeper, link, own, lambda: watch.page.url_on_network() if watch else "")
        read = port.read
    console = Console(read, write, keeper, settings.sign_in_flow)
    tasks = [_feed(watchdog), supervisor.run("console", console.run)]
    try:
        screen = hardware.screen(settings)
        if screen:
            keeper.on_status(screen.show)
            times = settings.screen_dim_s, settings.screen_off_s
            tasks.append(supervisor.run("screen", lambda: screen.run(keeper, asyncio.sleep, pressed, *times)))
    except SettingsError:
        raise
    except Exception as error:  # a loose wire, or a fault in panel.py: the session is worth more
        FAULTS.record(f"screen {settings.screen!r}", error)
    led = hardware.led(settings)
    if led:
        from . import status_led

        tasks.append(supervisor.run("led", lambda: status_led.run(led, keeper, asyncio.sleep)))
    if settings.sign_in_page:
        from . import page_watch

        watch = page_watch.watch_for(settings, keeper, link, own, FAULTS, console, screen, pressed)
        tasks.append(supervisor.run("sign-in page", watch.run))
    if settings.sleep_s:
        from . import wake

        tasks.append(wake.once(keeper, supervisor, settings, watchdog, watch))
    else:
        tasks.append(supervisor.run("job.py", lambda: _job(keeper)))
    gc.collect()
    try:
        await asyncio.gather(keeper.run(), *tasks)
    except Exception:  # one has ended that must not: a restart follows
        from .unsaved import saved

        await saved(keeper, FAULTS, asyncio.sleep, 10)
        raise
    finally:  # and Ctrl-C is to work there
        if port:
            port.close()


async def _job(keeper: SessionKeeper) -> None:
    job = makers_job.load()
    if job:
        await makers_job.run(job, keeper, asyncio.sleep)


def run(pause_s: int = 30) -> None:
    """Run the application until Ctrl-C; a fault that ends it starts it anew, `pause_s` seconds later.

    What is wrong with the settings is told, and the REPL is yours.
    """
    try:
        settings = load(wifi=hardware.HAS_WIFI)
        for key in settings.unknown:
            print(f'settings.json: "{key}" is no setting of this application')
        if settings.srp_xtensa:
            why = why_no_machine_code()
            if why:
                print('"srp_xtensa" in settings.json has no effect, and SRP takes longer: ' + why)
        _run(settings, pause_s)
    except SettingsError as error:
        print("cognito_mp can't start: " + describe(error))
    except KeyboardInterrupt:
        print("cognito_mp stopped; from cognito_app import app; app.run() starts it again")
    finally:
        asyncio.new_event_loop()  # the next run() must not find this one's tasks


def _run(settings: Settings, pause_s: int) -> None:
    try:
        asyncio.run(live(settings))
    except SettingsError:
        raise
    except Exception as error:
        FAULTS.record("the application", error)
        print(f"it starts anew in {pause_s} s; Ctrl-C gives the REPL")
        time.sleep(pause_s)
        if settings.sleep_s:  # a battery does not wait for a fault to be found
            hardware.deep_sleep(settings.sleep_s)
        hardware.restart()
