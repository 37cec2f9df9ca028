"""Fakes for the firmware: a device whose clock, link, time server and Cognito do what a test says."""

from cognito_mp import NotSignedIn, Tokens
from cognito_mp.stores.ram import RamStore
from kept_token import KeptToken
from session_keeper import SessionKeeper

START = 1800000000  # true seconds since 1970 when a test begins
UNSET = 946684800  # what a clock that was never set reads: 2000


class FakeWorld:
    """True time, and a device clock that may be wrong about it."""

    def __init__(self, seed: int = 1) -> None:
        self.true = START
        self.error = 0  # device clock minus true time
        self._ticks = 0
        self._random = seed

    # The functions of cognito_mp.clock

    def now(self) -> int:
        return int(self.true + self.error)

    def is_set(self) -> bool:
        return self.now() > 1735689600

    def ticks_ms(self) -> int:
        return self._ticks % (1 << 30)

    def ticks_diff(self, end: int, start: int) -> int:
        return (end - start + (1 << 29)) % (1 << 30) - (1 << 29)

    def jitter(self) -> int:
        return self.random(256)

    # What a test does with it

    def random(self, below: int) -> int:
        """The next of a fixed row of numbers, the same on every Python."""
        self._random = (self._random * 1103515245 + 12345) % (1 << 31)
        return (self._random >> 8) % below

    def pass_time(self, seconds: int) -> None:
        self.true += seconds
        self._ticks += seconds * 1000

    def unset(self) -> None:
        """Power was cut: the clock begins in 2000 and the ticks at 0."""
        self.error = UNSET - self.true
        self._ticks = 0

    def set_time(self, seconds: int) -> None:
        self.error = seconds - int(self.true)

    async def sleep(self, seconds: float) -> None:
        self.pass_time(seconds)


class FakeLink:
    """A link that `reachable` lets come up, and `up` says whether it has."""

    def __init__(self, world: FakeWorld, up: bool = False) -> None:
        self.world = world
        self.reachable = True
        self.up = up
        self.tries = self.downs = 0

    def is_up(self) -> bool:
        return self.up and self.reachable

    async def connect(self) -> None:
        self.tries += 1
        self.up = self.reachable
        self.world.pass_time(2 if self.up else 20)
        if not self.up:
            raise OSError(116, "no network")

    def down(self) -> None:
        self.downs += 1
        self.up = False


class FakeTimeServer:
    """Tells the true time while `up`."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world
        self.up = True
        self.asked = 0

    async def ask(self) -> int:
        self.asked += 1
        if not self.up:
            self.world.pass_time(4)
            raise OSError(116, "no answer from the time server")
        return int(self.world.true)


class FakeCognito:
    """The service's side: what it answers, and when each access token is dead in truth."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world
        self.error = None  # what every request meets, when not None
        self.over = False
        self.requests = 0
        self.life = 3600
        self.dead_at: dict = {}
        self.rotates = False

    def token(self) -> str:
        name = f"access-{len(self.dead_at) + 1}"
        self.dead_at[name] = self.world.true + self.life
        return name


class FakeClient:
    """The names of AsyncClient that the keeper uses, over a FakeCognito."""

    def __init__(self, cognito: FakeCognito, store: RamStore) -> None:
        self.cognito = cognito
        self.store = store
        self.challenges: list = []  # what sign_in and respond return before tokens
        self.answers: list = []

    @property
    def signed_in(self) -> bool:
        return bool(self.store.load())

    def _tokens(self) -> Tokens:
        number = len(self.cognito.dead_at) + 1
        refresh = f"refresh-{number}" if self.cognito.rotates else "refresh-1"
        self.store.save(refresh.encode())
        result = {"AccessToken": self.cognito.token(), "ExpiresIn": self.cognito.life, "TokenType": "Bearer"}
        return Tokens(result, "the-sub", refresh)

    def _ask(self) -> None:
        self.cognito.requests += 1
        if not self.cognito.world.is_set():
            raise AssertionError("a request while the clock is not set")
        if self.cognito.error:
            raise self.cognito.error

    async def refresh(self) -> Tokens:
        if not self.signed_in:
            raise NotSignedIn("no session")
        self._ask()
        if self.cognito.over:
            self.store.erase()
            raise NotSignedIn("the session is over: Refresh Token has been revoked")
        return self._tokens()

    def _next(self):
        outcome = self.challenges.pop(0) if self.challenges else self._tokens()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def sign_in(self, username: str, password: str):
        self._ask()
        self.answers.append((username, password))
        return self._next()

    async def respond(self, challenge, answers: dict):
        self._ask()
        self.answers.append(answers)
        return self._next()

    async def set_new_password(self, challenge, new_password: str, attributes: dict):
        self._ask()
        self.answers.append((new_password, attributes))
        return self._next()

    async def sign_out(self) -> bool:
        self.store.erase()
        self.cognito.requests += 1
        return self.cognito.error is None


class FakeMemory:
    """Memory that deep sleep leaves alone; `room` bytes of it."""

    def __init__(self, room: int = 2048) -> None:
        self.data = b""
        self.room = room

    def __call__(self, data=None):
        if data is None:
            return self.data
        if len(data) > self.room:
            raise ValueError("buffer too long")
        self.data = bytes(data)


class FakeDevice:
    """All of it, and what a person would have seen."""

    run = staticmethod(lambda coroutine: run(coroutine))  # asyncio.run where the client is the library's own

    def __init__(self, signed_in: bool = True, seed: int = 1, world: "FakeWorld | None" = None) -> None:
        self.world = world or FakeWorld(seed)
        self.link = FakeLink(self.world)
        self.time_server = FakeTimeServer(self.world)
        self.cognito = FakeCognito(self.world)
        self.store = RamStore()
        self.memory = FakeMemory()
        if signed_in:
            self.store.save(b"refresh-1")
        self.start()

    def start(self) -> None:
        """Power on, or a wake: RAM is new, flash and memory are as they were."""
        self.link.up = False
        self.client = FakeClient(self.cognito, self.store)
        self.kept = KeptToken(self.memory, self.store, self.world)
        self.keeper = SessionKeeper(
            self.client, self.link, self.time_server.ask, self.world.set_time, self.kept, self.world
        )
        self.seen: list = []
        self.keeper.on_status(lambda status: self.seen.append(status.state))

    @property
    def state(self) -> str:
        return self.keeper.status().state

    def step(self) -> int:
        """One step of the keeper; the seconds that it wants to wait."""
        return self.run(self.keeper.step())

    def live(self, seconds: int, each=None) -> None:
        """Let the keeper run for `seconds`; `each()` is called after every step."""
        end = self.world.true + seconds
        while self.world.true < end:
            self.world.pass_time(min(self.step(), max(1, int(end - self.world.true))))
            if each:
                each()


def run(coroutine):
    """What `coroutine` returns. Nothing in it may wait for real: whatever sleeps is a fake."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits for something real")
