"""The firmware's application on a simulated device: the real keeper, console, supervisor, wake and fault log."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import cognito_app  # type: ignore[import-not-found]  # checked as firmware
from cognito_app import wake
from cognito_app.console import Console  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.session_keeper import SessionKeeper  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.status import SIGNED_IN  # type: ignore[import-not-found]  # checked as firmware
from cognito_app.supervisor import Supervisor  # type: ignore[import-not-found]  # checked as firmware
from cognito_mp import CognitoError, NotSignedIn

from faults.simulated_world.programs import NEW_PASSWORD, AsyncProgram
from faults.simulated_world.service import PASSWORD

if TYPE_CHECKING:
    from faults.simulated_world.world import World


class Link:
    """A Wi-Fi link, up when it was brought up and the access point is there."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._up = False

    def is_up(self) -> bool:
        return self._up and self._world.wifi

    async def connect(self) -> None:
        await asyncio.sleep(2)
        if not self._world.wifi:
            await asyncio.sleep(18)
        self._up = self._world.wifi
        if not self._up:
            raise OSError(116, "no network")

    def down(self) -> None:
        self._up = False


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

    def __init__(self, world: World, typed: asyncio.Queue[bytes]) -> None:
        self._world = world
        self._typed = typed
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
        for byte in text.encode() + b"\r":
            self._typed.put_nowait(bytes([byte]))

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
        super().__init__(world)
        self.clock, self.sleep = world.clock, asyncio.sleep  # a hardware.Board has them
        self.sleeps_ms = 0  # it has decided to sleep for so long
        self._errand_since: int | None = None  # when the job began that is not done
        scenario = world.scenario
        log = world.flash_system.load(cognito_app, "fault_log.py").FaultLog("/faults.txt", world.clock)

        class Faults:
            def record(self, where: str, error: BaseException) -> None:
                log.record(where, error)
                world.violate("g", f"a fault of the firmware, {where}: {type(error).__name__}: {error}")

        with self.loop.running():
            self._link = Link(world)
            client = WatchedClient(self, self.clients[0])
            self.keeper = SessionKeeper(
                client, self._link, self._ask_time, self._set_time, world.clock, Faults(), scenario.radio_idle_s
            )
            self._supervisor = Supervisor(Faults(), world.clock, asyncio.sleep)
            self._typed: asyncio.Queue[bytes] = asyncio.Queue()
            self._person = Person(world, self._typed)
            self._console = Console(self._typed.get, self._write, self.keeper)

    def start(self, by_itself: bool) -> None:
        self.spawn(self._console.run())
        self.spawn(self.keeper.run())
        if self.world.scenario.sleep_s:
            self.spawn(self._awake_once(by_itself))
        else:
            self.spawn(self._supervisor.run("job.py", self._job))

    @property
    def has_route(self) -> bool:  # type: ignore[override]  # it changes
        return self._link.is_up()

    def _write(self, text: str) -> None:
        self.world.truth.heard(text, "the console")
        self._person.sees(text)

    async def _ask_time(self) -> int:
        await asyncio.sleep(0.1)
        if not self.world.network.is_up:
            await asyncio.sleep(4)
            raise OSError(116, "no answer from the time server")
        return int(self.world.time.seconds) + self.world.time_server_is_wrong_by

    def _set_time(self, seconds: int) -> None:
        self.world.note(f"device: sets its clock, {seconds - self.world.clock.now():+} s")
        self.world.steps["clock steps"] += 1
        self.world.clock.set(seconds)

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
                self.world.truth.token_handed_out(await self.keeper.access_token())
            except (NotSignedIn, CognitoError, OSError) as error:
                self.world.truth.heard(f"{error} {error!r}", "the error that the job got")
            await asyncio.sleep(self.world.scenario.job_s)

    async def _awake_once(self, by_itself: bool) -> None:
        scenario = self.world.scenario
        began = self.world.time.ms
        watchdog = self.world.restarts.watchdog()  # type: ignore[union-attr]  # the firmware's world has one
        await wake.once(self.keeper, self._supervisor, scenario, watchdog, None, self, by_itself, lambda: self._errand)
        self.world.note("device: goes to sleep")
        awake_ms = self.world.time.ms - began
        if self._errand_since is not None and self.world.time.ms - self._errand_since < 1000 * scenario.awake_s:
            self.world.violate("g", "a wake was over before its job had its time")
        if not by_itself and awake_ms < 1000 * (wake.WAY_IN - 1):
            self.world.violate("g", f"{awake_ms} ms of a way in")
        self.world.woke_well = self.clients[0].signed_in and self.clients[0].session.life.left() > 0

    def deep_sleep(self, seconds: int) -> None:
        """As hardware.Board has it: the world sees to it when this turn of the loop is over."""
        self.sleeps_ms = seconds * 1000

    async def _errand(self, keeper: Any) -> None:
        if self._errand_since is None:
            self._errand_since = self.world.time.ms
        self.world.truth.token_handed_out(await keeper.access_token())
        self._errand_since = None  # it is done

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

    def settle(self) -> None:
        done: list[bool] = []

        async def settled() -> None:
            for _ in range(3):
                if await self.keeper.settle():
                    break
                await asyncio.sleep(20)
            done.append(True)

        self.spawn(settled())
        self.world.run_until(lambda: bool(done), 200)

    def end_loop(self, politely: bool) -> None:
        """app.run() ends with its loop."""

    def has_tokens(self) -> bool:
        return self.keeper.status().state == SIGNED_IN
