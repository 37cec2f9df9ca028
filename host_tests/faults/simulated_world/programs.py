"""The programs of a simulated device: one that blocks, one of asyncio's tasks. The firmware's is in firmware.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from cognito_mp import AsyncClient, Challenge, Client, account
from cognito_mp.transports.amazon_roots import ROOTS

from faults.simulated_world.interruptions import PowerCut
from faults.simulated_world.loop import VirtualLoop
from faults.simulated_world.network import AwaitedTransport, SimulatedTransport
from faults.simulated_world.service import PASSWORD
from faults.simulated_world.truth import Call

if TYPE_CHECKING:
    from faults.simulated_world.world import World

NEW_PASSWORD = PASSWORD + "new-"
_CODES = ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")


def conversation(world: World, client: Any, who: str, how: str) -> Generator[tuple[str, Callable[[], Any]], Any, None]:
    """What a person does to sign in: yields (the call's name, what makes it), and is sent what came of it.

    how  right, wrong password, wrong code, gives up; srp
    """
    service = world.service
    password = (service.people[who].password or "") if how != "wrong password" else PASSWORD + "no"
    flow = "USER_SRP_AUTH" if how == "srp" else "USER_PASSWORD_AUTH"
    outcome = yield "sign_in", lambda: client.sign_in(service.typed(who), password, flow)
    for _ in range(4):
        if not isinstance(outcome, Challenge) or how == "gives up":
            return
        outcome = yield from _answer(world, client, who, how, outcome)


def _answer(
    world: World, client: Any, who: str, how: str, challenge: Challenge
) -> Generator[tuple[str, Callable[[], Any]], Any, Any]:
    if challenge.name == "NEW_PASSWORD_REQUIRED":
        attributes = {name: "x" for name in challenge.required_attributes}
        return (yield "respond", lambda: client.set_new_password(challenge, NEW_PASSWORD + who, attributes))
    if challenge.name == "SELECT_MFA_TYPE":
        return (yield "respond", lambda: client.respond(challenge, challenge.choices[0]))
    if challenge.name not in _CODES:
        return None
    code = world.service.code(who, challenge.name) if how != "wrong code" else "999999"
    return (yield "respond", lambda: client.respond(challenge, code))


class Opened:
    """A socket of a computer, which has enough of them."""

    def close(self) -> None:
        pass


class Program:
    """What runs on the device while it is on, and its clients, one or two on one store."""

    kind: type[Client] | type[AsyncClient]
    sleeps_ms = 0  # it has decided to sleep for so long
    is_reachable = True  # nothing of its own making keeps it off the network
    chance_s = 40  # seconds of good weather in which a refresh that failed is surely asked for again

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients = [self._made_client(index) for index in range(world.scenario.clients)]

    def _made_client(self, index: int) -> Any:
        world = self.world
        transport = AwaitedTransport if self.kind is AsyncClient else SimulatedTransport
        return self.kind(
            "eu-west-1",
            world.service.app.id,
            world.service.app.secret or None,
            world.service.pool.id,
            store=world.flash_system.file_store("/session"),
            transport=world.counted(index, transport(world.network, world.clock, ROOTS[0], world)),
            clock=world.clock,
            sleep_memory=self.sleep_memory() if index == 0 else None,
        )

    def sleep_memory(self) -> Any:
        """What outlives a deep sleep besides the flash; None for nothing."""
        return self.world.memory if self.world.scenario.sleep_memory else None

    def dialled(self, host: str, port: int, is_known: bool) -> Any:
        """The socket of a connection to `host`, by a look-up that goes as `is_known` says. Raises OSError."""
        if not is_known:
            raise OSError(-2, "Name or service not known")
        return Opened()

    def start(self, by_itself: bool) -> None:
        """Power on, or a wake; `by_itself`: out of a deep sleep whose time was over."""

    def call_for(self, index: int, what: str) -> Callable[[], Any]:
        """What makes the call `what` of the client `index`."""
        client = self.clients[index]
        if what == "get_user":
            return lambda: account.get_user(client)
        if what == "sign_out everywhere":
            return lambda: client.sign_out(everywhere=True)
        return getattr(client, what)

    def client_state(self, index: int) -> Any:
        return self.clients[index].session

    def kept(self, index: int) -> list[Any]:
        """All in which the client `index` keeps something between calls."""
        client = self.clients[index]
        return [client.session, client.left and client.left.replaced, client.cache]

    def tokens(self, index: int) -> Any:
        return self.clients[index].session.tokens

    def clock_was_set(self, before: int) -> None:
        for client in self.clients:
            client.session.clock_was_set(before)

    # What differs

    def use(self, index: int, what: str, cancelled_after: int | None = None) -> None:
        """Make a call; `cancelled_after` so many turns of the loop it is cancelled."""
        raise NotImplementedError

    def sign_in(self, index: int, who: str, how: str) -> None:
        """A person signs in."""
        raise NotImplementedError

    def hold(self, index: int, on: bool) -> None:
        """Enter or leave `with client:`."""

    def settle(self) -> bool:
        """What a program does before a deep sleep; True when it has been done."""
        raise NotImplementedError

    def turn(self) -> bool:
        """One turn of the event loop; False when nothing is ready."""
        return False

    @property
    def next_timer(self) -> int | None:
        return None

    @property
    def is_quiet(self) -> bool:
        """True while no call is under way."""
        return True

    def end_loop(self, politely: bool) -> None:
        """The event loop ends: its tasks are cancelled, or left where they are."""

    def interrupted(self) -> None:
        """Ctrl-C at this very moment."""
        raise KeyboardInterrupt

    # What only the firmware has

    job_fails = False  # the maker's job has a fault, the next time that it comes around
    wants_a_person = False  # nobody is signed in, and it listens for a browser

    def arrives(self, data: bytes) -> None:
        """`data` comes over the serial port."""

    def open_page(self, seconds: int, send_fails: list[int]) -> None:
        """The sign-in page opens for `seconds`, or for as long as it likes (0); so the sending of datagrams fails."""

    def drop(self) -> None:
        """The power is gone."""

    def has_tokens(self) -> bool:
        """Try for tokens, in good weather; True when they are good. Called again and again."""
        raise NotImplementedError


class BlockingProgram(Program):
    """A program of the blocking Client: one thing after the other."""

    kind = Client

    def _made(self, call: Call, make: Callable[[], Any]) -> Any:
        truth = self.world.truth
        try:
            outcome = make()
        except (PowerCut, KeyboardInterrupt):
            truth.abandoned(call)
            raise
        except Exception as error:
            truth.failed(call, error)
            return None
        truth.returned(call, outcome)
        return outcome

    def use(self, index: int, what: str, cancelled_after: int | None = None) -> None:
        self._made(self.world.truth.begin(what.split()[0], index), self.call_for(index, what))

    def sign_in(self, index: int, who: str, how: str) -> None:
        talk = conversation(self.world, self.clients[index], who, how)
        try:
            name, make = next(talk)
            while True:
                name, make = talk.send(self._made(self.world.truth.begin(name, index), make))
        except StopIteration:
            pass

    def hold(self, index: int, on: bool) -> None:
        client = self.clients[index]
        if on:
            client.__enter__()
        else:
            client.__exit__(None, None, None)

    def settle(self) -> bool:
        for client in self.clients:
            client.settle()
            client.session.save_pending(True)  # as settle() does on a device, where no other process writes
        return True

    def has_tokens(self) -> bool:
        good = False
        for client in reversed(self.clients):  # another one may have what the store did not take
            try:
                good = bool(client.access_token())
            except Exception:
                good = False
        return good


class AsyncProgram(Program):
    """A program of tasks that share AsyncClients."""

    kind = AsyncClient

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._under_way = 0
        self._good = False
        self._new_loop()

    def _new_loop(self) -> None:
        self.loop = VirtualLoop(self.world.time, self.world.randomness, self.world.scenario.shuffles)

    def spawn(self, coroutine: Any, cancelled_after: int | None = None) -> None:
        """A task of its own, cancelled after so many turns of the loop."""
        with self.loop.running():
            task = self.loop.create_task(coroutine)
            if cancelled_after is not None:
                self._cancel_later(task, cancelled_after)

    def _cancel_later(self, task: asyncio.Task[Any], turns: int) -> None:
        if turns:
            self.loop.call_soon(self._cancel_later, task, turns - 1)
        elif not task.done():
            self.world.note("program: cancels the call")
            task.cancel()

    async def _made(self, call: Call, make: Callable[[], Any]) -> Any:
        truth = self.world.truth
        self._under_way += 1
        try:
            outcome = await make()
        except Exception as error:
            self._under_way -= 1
            truth.failed(call, error)
            return None
        except BaseException:
            self._under_way -= 1
            truth.abandoned(call)
            raise
        self._under_way -= 1
        truth.returned(call, outcome)
        return outcome

    def use(self, index: int, what: str, cancelled_after: int | None = None) -> None:
        call = self.world.truth.begin(what.split()[0], index)
        self.spawn(self._made(call, self.call_for(index, what)), cancelled_after)

    def sign_in(self, index: int, who: str, how: str) -> None:
        self.spawn(self._talk(index, who, how))

    async def _talk(self, index: int, who: str, how: str) -> None:
        talk = conversation(self.world, self.clients[index], who, how)
        try:
            name, make = next(talk)
            while True:
                outcome = await self._made(self.world.truth.begin(name, index), make)
                await asyncio.sleep(self.world.randomness.randrange(8))  # a person types
                name, make = talk.send(outcome)
        except StopIteration:
            pass

    def hold(self, index: int, on: bool) -> None:
        client = self.clients[index]
        self.spawn(client.__aenter__() if on else client.__aexit__(None, None, None))

    def settle(self) -> bool:
        done: list[bool] = []

        async def settled() -> None:
            for client in self.clients:
                await client.settle()
                client.session.save_pending(True)
            done.append(True)

        self.spawn(settled())
        return self.world.run_until(lambda: bool(done), 120)

    def turn(self) -> bool:
        with self.loop.running():
            return self.loop.turn()

    @property
    def next_timer(self) -> int | None:
        return self.loop.next_timer

    @property
    def is_quiet(self) -> bool:
        return not self._under_way

    def end_loop(self, politely: bool) -> None:
        if politely:  # as asyncio.run() does
            with self.loop.running():
                for task in self.loop.tasks:
                    task.cancel()
            self.world.run_until(lambda: all(task.done() for task in self.loop.tasks), 1)
        self.loop.drop()
        self._new_loop()

    def drop(self) -> None:
        self.loop.drop()

    def has_tokens(self) -> bool:
        done: list[bool] = []

        async def ask() -> None:
            for client in reversed(self.clients):  # another one may have what the store did not take
                try:
                    self._good = bool(await client.access_token())
                except Exception:
                    self._good = False
            done.append(True)

        self._good = False
        self.spawn(self._quietly(ask))
        self.world.run_until(lambda: bool(done), 120)
        return bool(done) and self._good

    async def _quietly(self, ask: Callable[[], Any]) -> None:
        try:
            await ask()
        except Exception:
            self._good = False
