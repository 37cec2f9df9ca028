"""The firmware's application on a simulated device: the real link, keeper, console, supervisor, wake and fault log."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cognito_app  # type: ignore[import-not-found]  # checked as firmware
from cognito_app import improv, makers_job, wake
from cognito_app.console import Console  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.own_settings import OwnSettings  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.session_keeper import SessionKeeper  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.settings import Settings  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.sign_in_page.opening import open_page  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.sign_in_page.place import place_for  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.sntp import TimeServers  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.status import SIGNED_IN  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.supervisor import Supervisor  # type: ignore[import-not-found]  # checked as firmware
from cognito_mp import CognitoError, NotSignedIn, StoreError
from cognito_mp.ports.https_cpython import connect  # type: ignore[import-untyped]  # the library has stubs for devices

from faults.simulated_world.board import SETTINGS, WIFI, WIFI_PASSWORD
from faults.simulated_world.programs import NEW_PASSWORD, AsyncProgram
from faults.simulated_world.service import PASSWORD

if TYPE_CHECKING:
    from faults.simulated_world.world import World

StandInServer: Any = importlib.import_module("stand_in_server").StandInServer
_LONGEST_LOOK_UP_MS = 30_000  # in which the loop stands still: three silent name servers, and a scan
# A phone's question for captive.apple.com (RFC 1035).
_QUERY = b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\7captive\5apple\3com\0\0\1\0\1"


class MakersFault(Exception):
    """What a maker's job may raise: it is kept, and is not the firmware's fault."""


class WatchedClient:
    """The real client; who calls it, and what comes of it, is noted."""

    def __init__(self, program: FirmwareProgram, client: Any) -> None:
        self._program = program
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def _call(self, name: str, *arguments: Any) -> Any:
        return self._program.watched("respond" if name == "set_new_password" else name, self._client, name, arguments)

    def sign_in(self, *arguments: Any) -> Any:
        return self._call("sign_in", *arguments)

    def respond(self, *arguments: Any) -> Any:
        return self._call("respond", *arguments)

    def set_new_password(self, *arguments: Any) -> Any:
        return self._call("set_new_password", *arguments)

    def refresh(self) -> Any:
        return self._call("refresh")

    def sign_out(self) -> Any:
        return self._call("sign_out")

    async def settle(self) -> None:
        await self._client.settle()
        self._client.session.save_pending(True)  # as it does on a device, where no other process writes


class Person:
    """Who sits at the console: answers each question that comes, as long as there is something to answer."""

    def __init__(self, world: World, arrives: Callable[[bytes], None]) -> None:
        """`arrives`: takes what comes over the wire."""
        self._world = world
        self._arrives = arrives
        self._line = ""
        self._who, self._how = "", ""
        self._wants: list[tuple[str, str, str]] = []
        self._has_answered = False

    def wants(self, key: str, who: str = "", how: str = "") -> None:
        """Press `key` at the console's prompt, once what is being talked about is over."""
        self._wants = [(key, who, how)]
        if self._line.endswith("> "):
            self._press()

    def _press(self) -> None:
        if self._wants:
            key, self._who, self._how = self._wants.pop()
            self._type(key)

    def _type(self, text: str) -> None:
        self._arrives(text.encode() + b"\r")

    def sees(self, text: str) -> None:
        """The console has written `text`."""
        if text == "\n":  # Enter; a question that only shows again, below some news, is answered already
            self._has_answered = False
        self._line = (self._line + text).rpartition("\n")[2]
        line = self._line
        if self._has_answered or not line.endswith((": ", "> ", "? ")):
            return
        self._has_answered = not line.endswith("> ")
        if line.endswith("> "):
            self._press()
        elif line.endswith("User name: "):
            self._type(self._world.service.typed(self._who) if self._who else "")
        elif line.endswith("Password (not shown): "):
            user = self._world.service.people[self._who or "alice"]
            self._type((user.password or "") if self._how != "wrong password" else PASSWORD + "no")
        elif line.endswith(("New password (not shown): ", "Once more: ")):
            self._type(NEW_PASSWORD + self._who)
        elif "Code from" in line and line.endswith(": "):
            factor = "SOFTWARE_TOKEN_MFA" if "authenticator" in line else "SMS_MFA"
            right = self._world.service.code(self._who or "alice", factor)
            self._type(
                {"wrong code": str(self._world.randomness.randrange(100000, 999999)), "gives up": ""}.get(
                    self._how, right
                )
            )
        elif line.endswith("Which one? "):
            self._type("1")


class FirmwareProgram(AsyncProgram):
    """cognito_app, but for its hardware."""

    chance_s = 55

    def __init__(self, world: World) -> None:
        self._board = board = world.device_board
        super().__init__(world)
        self.clock, self.sleep = board.clock, asyncio.sleep  # a hardware.Board has them
        self.sleeps_ms = 0  # it has decided to sleep for so long
        self._errand_since: int | None = None  # when the job began that is not done
        scenario = world.scenario
        log = world.flash_system.load(cognito_app, "fault_log.py").FaultLog("/faults.txt", world.clock)

        class Faults:
            def record(self, where: str, error: BaseException) -> None:
                try:
                    log.record(where, error)
                except Exception as trouble:
                    world.violate("g", f"a fault could not be kept, which is one more: {trouble!r}")
                if not isinstance(error, MakersFault):
                    world.violate("g", f"a fault of the firmware, {where}: {type(error).__name__}: {error}")

        self._faults = Faults()
        self.is_open = False  # the sign-in page
        self._own = own = OwnSettings(world.flash_system.file_store("/own_settings"), self._random_bytes)
        with self.loop.running():
            self._link = board.hardware.link(self._settings(), own)
            client = WatchedClient(self, self.clients[0])
            servers = TimeServers(["time.example"], asyncio.sleep, 123, board.hardware.ask_time)
            self.keeper = SessionKeeper(
                client, self._link, servers.ask, self._set_time, self.clock, self._faults, scenario.radio_idle_s
            )
            self._supervisor = Supervisor(self._faults, self.clock, asyncio.sleep)
            self._received: asyncio.Queue[bytes] = asyncio.Queue()
            read = self._received.get
            self._makers_code: Callable[[Callable[[], Any]], Any] = lambda work: work()
            if scenario.improv:
                url = lambda: ""  # noqa: E731
                port = improv.port_for(read, self.keeper, self._link, own, url, board.hardware, board.ctrl_c)
                read, self._makers_code = port.read, port.makers_code
            self._person = Person(world, self.arrives)
            self._console = Console(read, self._write, self.keeper)

    def _settings(self) -> Settings:
        scenario = self.world.scenario
        values = {
            "region": "eu-west-1",
            "client_id": self.world.service.app.id,
            "wifi_ssid": WIFI,
            "wifi_password": WIFI_PASSWORD,
            "sleep_s": scenario.sleep_s,
            "awake_s": scenario.awake_s,
            "sign_in_page": "access_point",
        }
        return Settings(values, SETTINGS)

    def _random_bytes(self, count: int) -> bytes:
        return self.world.randomness.randbytes(count)

    def sleep_memory(self) -> Any:
        return self._board.hardware.deep_sleep_memory()

    def dialled(self, host: str, port: int, is_known: bool) -> Any:
        """By the library's own look-up and the board's few sockets."""
        board = self._board
        self._look_at_the_route()
        if not board.has_route:
            raise OSError(errno.EHOSTUNREACH, "no route to host")
        board.look_up_goes(host, is_known, self.world.network.is_up)
        return connect(host, port, None, [], board.sockets, board.platform)[0]

    def start(self, by_itself: bool) -> None:
        self._run(self._console.run())
        self._run(self.keeper.run())
        if self.world.scenario.sleep_s:
            self._run(self._awake_once(by_itself))
        else:
            self._run(self._supervisor.run("job.py", self._makers_code(lambda: self._job)))

    def _run(self, work: Any) -> None:
        """A task of the application's own: with it, app.live() would end."""

        async def watched() -> None:
            try:
                await work
            except Exception as error:
                self.world.violate("g", f"a task of the firmware's has ended: {error!r}")

        self.spawn(watched())

    # The serial port

    def arrives(self, data: bytes) -> None:
        """`data` comes over the wire."""
        terminal = self._board.terminal
        terminal.arrives(data)
        for byte in terminal.received:
            self._received.put_nowait(bytes([byte]))
        terminal.received = b""
        terminal.check()

    def interrupted(self) -> None:
        """The byte of Ctrl-C; where it interrupts nothing by itself the program has to see to it."""
        self.arrives(b"\x03")

    @property
    def wants_a_person(self) -> bool:  # type: ignore[override]  # it changes
        return bool(makers_job.needs_a_person(self.keeper))

    # The sign-in page

    @property
    def is_reachable(self) -> bool:  # type: ignore[override]  # it changes
        return not self.is_open  # a link that goes down meanwhile stays down

    def open_page(self, seconds: int, send_fails: list[int]) -> None:
        if not self.is_open:
            self.is_open = True
            self._run(self._supervisor.run("sign-in page", lambda: self._page(seconds, send_fails)))

    async def _page(self, seconds: int, send_fails: list[int]) -> None:
        sockets, board = self._board.sockets, self._board.hardware
        sockets.arrived[:] = [(_QUERY, ("192.168.4.16", 40000 + at)) for at in range(len(send_fails))]
        sockets.send_fails[:] = send_fails
        self._since_open: int | None = None
        try:
            place = place_for(self._settings(), self._link, self._own, board, self._random_bytes, True)
            words = (False, True), self.clock, asyncio.sleep, self._random_bytes, self._faults, self._told
            page = open_page(place, self.keeper, self._link, self._own, *words, StandInServer, sockets)
            await (asyncio.wait_for(page, seconds) if seconds else page)
        except asyncio.TimeoutError:
            pass
        finally:
            self.is_open = False
            self.world.look_at_the_weather()
        self._look_after_the_page()

    def _look_at_the_route(self) -> None:
        if self._link.is_up() and not self._board.has_route:
            self.world.violate("g", "it is connected, and what it sends goes to its own access point")

    def _told(self, place: Any) -> None:
        self._console.show_place(place)
        self._look_at_the_route()
        if place:
            self._since_open = self.world.time.ms
        elif self._since_open is not None:
            was_open_ms = self.world.time.ms - self._since_open
            if was_open_ms > _LONGEST_LOOK_UP_MS and self._board.sockets.arrived:
                self.world.violate("g", "the name server did not survive a datagram that could not be sent")

    def _look_after_the_page(self) -> None:
        if self._board.radio.ap_up or self.keeper.leave_link_down:
            self.world.violate("g", "something is left of the sign-in page")

    def _write(self, text: str) -> None:
        self.world.truth.heard(text, "the console")
        self._person.sees(text)

    def _set_time(self, seconds: int) -> None:
        self.world.note(f"device: sets its clock, {seconds - self.world.clock.now():+} s")
        self.world.steps["clock steps"] += 1
        self._board.hardware.set_time(seconds)

    async def watched(self, name: str, client: Any, method: str, arguments: tuple[Any, ...]) -> Any:
        truth = self.world.truth
        call = truth.begin(name, 0)
        try:
            outcome = await getattr(client, method)(*arguments)
        except Exception as error:
            truth.failed(call, error)
            raise
        except BaseException:
            truth.abandoned(call)
            raise
        truth.returned(call, outcome)
        return outcome

    async def _job(self) -> None:
        while True:
            try:
                self._makers_fault()
                self.world.truth.token_handed_out(await self.keeper.access_token())
            except (NotSignedIn, CognitoError, OSError) as error:
                self.world.truth.heard(f"{error} {error!r}", "the error that the job got")
            await asyncio.sleep(self.world.scenario.job_s)

    async def _awake_once(self, by_itself: bool) -> None:
        scenario = self.world.scenario
        began = self.world.time.ms
        watchdog = self._board.watchdog(60)
        self._run(self._feed(watchdog))
        load = lambda: self._makers_code(lambda: self._errand)  # noqa: E731
        await wake.once(self.keeper, self._supervisor, scenario, watchdog, self, self, by_itself, load)
        self.world.note("device: goes to sleep")
        awake_ms = self.world.time.ms - began
        if self._errand_since is not None and self.world.time.ms - self._errand_since < 1000 * scenario.awake_s:
            self.world.violate("g", "a wake was over before its job had its time")
        if not by_itself and awake_ms < 1000 * (wake.WAY_IN - 1):
            self.world.violate("g", f"{awake_ms} ms of a way in")
        with contextlib.suppress(StoreError):  # of a flash that can't be read just now
            self.world.woke_well = self.clients[0].signed_in and self.keeper.seconds_left > 0

    async def _feed(self, watchdog: Any) -> None:
        while True:
            watchdog.feed()
            await asyncio.sleep(1)

    def deep_sleep(self, seconds: int) -> None:
        """As hardware.Board has it: the world sees to it when this turn of the loop is over."""
        self.sleeps_ms = seconds * 1000

    async def _errand(self, keeper: Any) -> None:
        if self._errand_since is None:
            self._errand_since = self.world.time.ms
        self._makers_fault()
        self.world.truth.token_handed_out(await keeper.access_token())
        self._errand_since = None  # it is done

    def _makers_fault(self) -> None:
        if self.job_fails:
            self.job_fails = False
            raise MakersFault("\u00e9 \x1b[2J of the maker's own")

    # What people and programs do

    def use(self, index: int, what: str, cancelled_after: int | None = None) -> None:
        if what == "refresh":
            self.spawn(self._quietly(self.keeper.refresh), cancelled_after)
        elif what.startswith("sign_out"):
            self._person.wants("o")
        else:
            self.spawn(self._quietly(self._once), cancelled_after)

    async def _once(self) -> None:
        self.world.truth.token_handed_out(await self.keeper.access_token())

    def sign_in(self, index: int, who: str, how: str) -> None:
        self._person.wants("s", who, how)

    def settle(self) -> bool:
        done: list[bool] = []

        async def settled() -> None:
            for _ in range(3):
                if await self.keeper.settle():
                    break
                await asyncio.sleep(20)
            done.append(True)

        self.spawn(settled())
        return self.world.run_until(lambda: bool(done), 200)

    def end_loop(self, politely: bool) -> None:
        """app.run() ends with its loop."""

    def has_tokens(self) -> bool:
        return self.keeper.status().state == SIGNED_IN
