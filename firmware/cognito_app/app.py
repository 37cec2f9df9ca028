"""The application: reads the settings, keeps the session, shows its state, runs the maker's own job.

from cognito_app import app
app.run()
"""

import asyncio
import gc

from cognito_mp import AsyncClient, FileStore, clock

from . import hardware, makers_job, sntp
from .at_reset import this_start
from .backoff import describe
from .console import Console
from .fault_log import FaultLog
from .session_keeper import SessionKeeper
from .settings import Settings, SettingsError, load
from .supervisor import Supervisor
from .unwinding import unwind

FAULTS = FaultLog("faults.txt", clock)


def keeper_for(settings: Settings, link=None, board=None) -> SessionKeeper:
    """The SessionKeeper of this board with `settings`. Raises SettingsError; touches no network.

    link   is_up() and so on; board.link() where there is none
    board  a hardware.Board; None: this one
    """
    board = board or hardware.this_board()
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
            transport=board.transport,
            clock=board.clock,
            sleep_memory=board.deep_sleep_memory(),
        )
    except ValueError as error:
        raise SettingsError("settings.json: " + describe(error))

    client.session.session_days = settings.session_days
    servers = sntp.TimeServers(settings.time_servers(), board.sleep, settings.ntp_port, board.ask_time)
    link = link or board.link(settings)
    idle_s, fast = settings.radio_idle_s, board.full_speed
    return SessionKeeper(client, link, servers.ask, board.set_time, board.clock, FAULTS, idle_s, fast)


def machine_code(settings) -> list:
    """Have SRP count with machine code for Xtensa where the settings want it; a line to show where it can't."""
    if not settings.srp_xtensa:
        return []
    try:
        from cognito_mp.crypto.srp_xtensa import enable

        why = enable()
    except ImportError:
        why = "its modules are not on this device"
    return ['"srp_xtensa" in settings.json has no effect, and SRP takes longer: ' + why] if why else []


async def _feed(watchdog, sleep) -> None:
    """While this runs, the event loop turns."""
    while True:
        watchdog.feed()
        await sleep(1)


async def live(settings: Settings, start, board) -> None:
    """Run the application for ever; with sleep_s set, until the device sleeps.

    start  the at_reset.Start
    board  the hardware.Board

    Ctrl-C unwinds no task (unwinding.py): whoever runs this closes it, and what must be over then is ended in its
    `finally`, without another turn of the loop.
    """
    watchdog = board.watchdog(settings.watchdog_s)
    tasks: list = []
    closers: list = []
    try:
        await _live(settings, start, board, watchdog, tasks, closers)
    finally:
        watchdog.stop()  # a person at the REPL must not be restarted
        for task in tasks:
            unwind(task)
        for close in closers:
            close()
        board.full_speed.__exit__()


async def _live(settings: Settings, start, board, watchdog, tasks: list, closers: list) -> None:
    def run_beside(work) -> None:
        tasks.append(asyncio.create_task(work))

    faults, sleep = FAULTS, board.sleep
    run_beside(_feed(watchdog, sleep))
    supervisor = Supervisor(faults, board.clock, sleep)
    pressed = board.button(settings)
    own = board.own_settings()
    link = board.link(settings, own)
    keeper = keeper_for(settings, link, board)
    closers.append(keeper.client.close)  # a refresh is not one of our tasks
    screen = watch = None
    makers_code = _called
    read, write = board.terminal()
    if settings.improv and own:
        from . import improv

        url = lambda: watch.page.url_on_network() if watch else ""  # noqa: E731
        port = improv.port_for(read, keeper, link, own, url, board, start.ctrl_c)
        read, makers_code = port.read, port.makers_code
    console = Console(read, write, keeper, settings.sign_in_flow)
    run_beside(supervisor.run("console", console.run))
    try:
        screen = makers_code(lambda: board.screen(settings))
        if screen:
            keeper.on_status(screen.show)
            times = settings.screen_dim_s, settings.screen_off_s
            run_beside(supervisor.run("screen", lambda: screen.run(keeper, sleep, pressed, *times)))
    except SettingsError:
        raise
    except Exception as error:  # a loose wire, or a fault in panel.py: the session is worth more
        faults.record(f"screen {settings.screen!r}", error)
    led = board.led(settings)
    if led:
        from . import status_led

        run_beside(supervisor.run("led", lambda: status_led.run(led, keeper, sleep)))
    if settings.sign_in_page:
        from . import page_watch

        more = console, screen, pressed, board, start.woke
        watch = page_watch.watch_for(settings, keeper, link, own, faults, *more)
        run_beside(supervisor.run("sign-in page", watch.run))
    load_job = lambda: makers_code(makers_job.load)  # noqa: E731
    if settings.sleep_s:
        from . import wake

        run_beside(wake.once(keeper, supervisor, settings, watchdog, watch, board, start.woke, load_job))
    else:
        run_beside(supervisor.run("job.py", lambda: _job(keeper, sleep, load_job, makers_code is not _called)))
    gc.collect()
    run_beside(keeper.run())
    try:
        await asyncio.gather(*tasks)
    except Exception:  # one has ended that must not: a restart follows
        from .unsaved import saved

        await saved(keeper, faults, sleep, 10)
        raise


def _called(work):
    return work()


async def _job(keeper: SessionKeeper, sleep, load_job, waits: bool) -> None:
    """`waits`: where Ctrl-C interrupts nothing before somebody is signed in, a job that hangs would lock people out."""
    while waits and makers_job.needs_a_person(keeper):
        await sleep(1)
    job = load_job()
    if job:
        await makers_job.run(job, keeper, sleep)


def run(start=None, pause_s: int = 30, board=None) -> None:
    """Run the application until Ctrl-C; a fault that ends it starts it anew, `pause_s` seconds later.

    start  the at_reset.Start that main.py made; None: made now
    board  the hardware.Board; None: this one

    What is wrong with the settings is told, and the REPL is yours.
    """
    start = start or this_start()
    try:
        board = board or hardware.this_board()
        settings = load(wifi=board.has_wifi)
        if not (settings.improv and board.has_wifi):
            start.ctrl_c.interrupt()
        for key in settings.unknown:
            print(f'settings.json: "{key}" is not a setting of this application')
        for words in settings.raised + board.remarks(settings) + machine_code(settings):
            print(words)
        _run(settings, start, pause_s, board)
    except SettingsError as error:
        print("cognito_mp can't start: " + describe(error))
    except KeyboardInterrupt:
        print("cognito_mp stopped; from cognito_app import app; app.run() starts it again")
    finally:
        start.ctrl_c.interrupt()
        asyncio.new_event_loop()  # the next run() must not find this one's tasks


def _run(settings: Settings, start, pause_s: int, board) -> None:
    main = live(settings, start, board)
    try:
        try:
            asyncio.run(main)
        finally:
            start.ctrl_c.let_through()  # mpremote and deploy send it twice, and the second must not come in between
            main.close()
            start.ctrl_c.interrupt()
    except SettingsError:
        raise
    except Exception as error:
        FAULTS.record("the application", error)
        print(f"it starts anew in {pause_s} s; Ctrl-C gives the REPL")
        board.clock.sleep_ms(pause_s * 1000)
        if settings.sleep_s:  # a battery does not wait for a fault to be found
            board.deep_sleep(settings.sleep_s)
        board.restart()
