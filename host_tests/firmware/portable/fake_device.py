"""A device whose clock, link, time server and memory do what a test says; its client is the library's own AsyncClient,
over the user pool of pool_world.py.
"""

import asyncio
import json

from cognito_app.session_keeper import SessionKeeper
from cognito_mp import AsyncClient, CertificateError
from cognito_mp.stores.ram import RamStore
from fakes import FakeClock, FakeMemory
from pool_world import AwaitedWorldTransport, Refused, World

ID = "1example23456789"
_TURNS = 20  # of the event loop, in which a task that is awake comes to its next sleep
_LOOP = asyncio.new_event_loop()  # one for all: a loop of its own for each step is what would take the time


def run(awaitable):
    """What `awaitable` returns."""
    return _LOOP.run_until_complete(awaitable)


class FakeLink:
    """A link that `reachable` lets come up, and `up` says whether it has."""

    def __init__(self, clock: FakeClock, up: bool = False) -> None:
        self.clock = clock
        self.reachable = True
        self.up = up
        self.tries = self.downs = 0

    def is_up(self) -> bool:
        return self.up and self.reachable

    async def connect(self) -> None:
        self.tries += 1
        self.up = self.reachable
        self.clock.pass_time(2 if self.up else 20)
        if not self.up:
            raise OSError(116, "no network")

    def down(self) -> None:
        self.downs += 1
        self.up = False


class FakeTimeServer:
    """Tells the true time while `up`."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.up = True
        self.wrong: list = []  # seconds by which the next answers are wrong
        self.asked = 0

    async def ask(self) -> int:
        self.asked += 1
        if not self.up:
            self.clock.pass_time(4)
            raise OSError(116, "no answer from the time server")
        return self.clock.true + (self.wrong.pop(0) if self.wrong else 0)


class FakeCognito(World):
    """The pool of pool_world.py, that can be down or refuse as a whole; it counts what reaches it."""

    def __init__(self, clock: FakeClock, grace=None) -> None:
        super().__init__(grace)
        self.clock = clock
        self.error = None  # what every request meets, when not None: an exception, or (status, code, message)
        self.lost_replies = False
        self.challenges: list = []  # what sign-ins and answers meet before tokens: a reply, or (code, message)
        self.answers: list = []  # what they said
        self.answer_takes = 0  # seconds that the device's arithmetic takes before an answer to a challenge
        self.requests = 0
        self.too_early = 0  # requests that came while the device's clock was not set

    def answer(self, operation: str, parameters: dict) -> tuple:
        self.requests += 1
        self.too_early += not self.clock.is_set()
        if abs(self.clock.error) > 86400:
            raise CertificateError("certificate of cognito refused: The certificate validity has expired")
        if isinstance(self.error, Exception):
            raise self.error
        if self.error:
            return self.error[0], {"__type": self.error[1], "message": self.error[2]}
        reply = super().answer(operation, parameters)
        if self.lost_replies:
            raise OSError(104, "reset")
        return reply

    def _next(self, owner: str, said: dict) -> dict:
        self.answers.append(said)
        outcome = self.challenges.pop(0) if self.challenges else None
        if isinstance(outcome, tuple):
            raise Refused(*outcome)
        return outcome or self._result(owner, self._new(owner, None, None))

    def _InitiateAuth(self, parameters: dict) -> dict:
        if parameters["AuthFlow"] == "REFRESH_TOKEN_AUTH":
            return super()._InitiateAuth(parameters)
        return self._next(parameters["AuthParameters"]["USERNAME"], parameters["AuthParameters"])

    def _RespondToAuthChallenge(self, parameters: dict) -> dict:
        self.clock.pass_time(self.answer_takes)
        said = parameters["ChallengeResponses"]
        return self._next(said["USERNAME"], {name: said[name] for name in said if name != "USERNAME"})

    def end_sessions(self) -> None:
        """Revoke every refresh token."""
        self.revoked += [entry["family"] for entry in self.tokens.values()]


class FailingStore(RamStore):
    """A store that is full, or can't be read, while a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.full = self.unreadable = False
        self.saves = self.loads = 0

    def load(self) -> "bytes | None":
        self.loads += 1
        if self.unreadable:
            raise OSError(5, "can't read")
        return super().load()

    def save(self, data: bytes) -> None:
        self.saves += 1
        if self.full:
            raise OSError(28, "no space left")
        super().save(data)


class FakeFaults:
    """A FaultLog in RAM."""

    def __init__(self) -> None:
        self.recorded: list = []  # (where, type of the exception)

    def record(self, where: str, error: BaseException) -> None:
        self.recorded.append((where, type(error)))


class FakeFullSpeed:
    """hardware.FullSpeed: how often the chip was asked to be fast, and whether it is."""

    times = 0
    now = False

    def __enter__(self) -> None:
        self.times += 1
        self.now = True

    def __exit__(self, *error: object) -> None:
        self.now = False


class FakeDevice:
    """All of it, and what a person would have seen."""

    def __init__(
        self, signed_in: bool = True, seed: int = 1, grace=None, radio_idle_s: int = 0, session_days: int = 0
    ) -> None:
        self.radio_idle_s = radio_idle_s
        self.session_days = session_days
        self.pool_id: str | None = None
        self.clock = FakeClock(seed)
        self.link = FakeLink(self.clock)
        self.time_server = FakeTimeServer(self.clock)
        self.cognito = FakeCognito(self.clock, grace)
        self.store = FailingStore()
        self.memory = FakeMemory()
        self.faults = FakeFaults()
        self._wakes: list = []  # of the tasks in sleep(), true milliseconds
        if signed_in:
            run(self.made_client(None).sign_in("alice", "pw-of-alice"))
            self.cognito.requests = self.store.saves = 0
            self.cognito.answers.clear()
        self.start()

    def made_client(self, memory) -> AsyncClient:
        transport = AwaitedWorldTransport(self.cognito)
        # One attempt each: the waits between several are in real time.
        return AsyncClient(
            "eu-west-1",
            ID,
            user_pool_id=self.pool_id,
            store=self.store,
            transport=transport,
            attempts=1,
            clock=self.clock,
            sleep_memory=memory,
        )

    def start(self) -> None:
        """Power on, or a wake: RAM is new, flash and memory are as they were."""
        self.link.up = False
        self.client = self.made_client(self.memory)
        self.client.session.session_days = self.session_days
        self.full_speed = FakeFullSpeed()
        self.keeper = SessionKeeper(
            self.client,
            self.link,
            self.time_server.ask,
            self.clock.set_time,
            self.clock,
            self.faults,
            self.radio_idle_s,
            self.full_speed,
        )
        self.seen: list = []
        self.keeper.on_status(lambda status: self.seen.append(status.state))

    async def sleep(self, seconds) -> None:
        """asyncio.sleep, in this device's time, which passes while all tasks sleep: up to the first that wakes."""
        wakes = self.clock.true_ms + int(seconds * 1000)
        self._wakes.append(wakes)
        try:
            while self.clock.true_ms < wakes:
                for _ in range(_TURNS):
                    await asyncio.sleep(0)
                if wakes == min(self._wakes):
                    self.clock.pass_time(max(0, wakes - self.clock.true_ms) / 1000)
        finally:
            self._wakes.remove(wakes)

    @property
    def state(self) -> str:
        return self.keeper.status().state

    @property
    def has_session(self) -> bool:
        """True when a session is in the store that the service goes on with."""
        stored = json.loads(self.store.load() or b"{}")
        return self.cognito.in_force(stored.get("refresh_token"))

    def access_token(self) -> str:
        return run(self.keeper.access_token())

    def step(self) -> int:
        """One step of the keeper; the seconds that it wants to wait."""
        return run(self.keeper.step())

    def live(self, seconds: int, each=None) -> None:
        """Let the keeper run for `seconds`; each(), a coroutine function, is awaited after every step."""
        run(self._live(seconds, each))

    async def _live(self, seconds: int, each) -> None:
        end = self.clock.true + seconds
        while self.clock.true < end:
            wait = await self.keeper.step()
            self.clock.pass_time(min(wait, max(1, end - self.clock.true)))
            if each:
                await each()
