"""A device: the library's Session and its refresh, and between two of them the waits that the firmware makes.

And a person who signs in meanwhile, at one more device: the quota is the same.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy
from cognito_app.backoff import Backoff  # type: ignore[import-not-found]  # of the firmware
from cognito_app.session_keeper import REFRESH_TRIES  # type: ignore[import-not-found]
from cognito_mp import CognitoError, NotSignedIn
from cognito_mp.flows.password import sign_in  # type: ignore[import-untyped]
from cognito_mp.protocol import NOW, App, Once, Request
from cognito_mp.renewal import refreshed_tokens  # type: ignore[import-untyped]
from cognito_mp.retry import delay  # type: ignore[import-untyped]
from cognito_mp.session import Session

from fleet.service import Service

APP = App("eu-west-1", "app")
START = 1800000000  # seconds since 1970 when the simulation begins
_ATTEMPTS = 3  # a client's, unless it is told otherwise
# Seconds until a person whose sign-in was refused tries again, the shortest and the longest; by and by ten times that.
_PRESSES_AGAIN = 10, 60


class Clock:
    """The clock of every device (the functions of cognito_mp.clock), in simulated time; `jitter` False: no chance."""

    def __init__(self, world: simpy.Environment, seed: int, jitter: bool = True) -> None:
        self._world = world
        self._random = random.Random(seed)
        self._jitter = jitter

    def now(self) -> int:
        return START + int(self._world.now)

    def is_set(self) -> bool:
        return True

    def ticks_ms(self) -> int:
        return int(self._world.now * 1000) % (1 << 30)

    def ticks_diff(self, end: int, start: int) -> int:
        return (end - start + (1 << 29)) % (1 << 30) - (1 << 29)

    def sleep_ms(self, ms: int) -> None:
        raise RuntimeError("a simulated device waits by its process")

    def jitter(self) -> int:
        return self._random.getrandbits(8) if self._jitter else 128


class Flash:
    """A store with a session in it."""

    def __init__(self, number: int) -> None:
        self._data: bytes | None = b'{"username": "a", "refresh_token": "%d", "client_id": "app"}' % number

    def load(self) -> bytes | None:
        return self._data

    def save(self, data: bytes) -> None:
        self._data = data

    def erase(self) -> None:
        self._data = None


class Fleet:
    """What is counted of all devices."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.signed_out = 0
        self.failed: set[int] = set()  # devices that had a refresh fail
        self.waiting = 0  # devices that want a token and have not got it yet
        self.waiting_each_minute: list[int] = []
        self.signed_in: list[tuple[float, float]] = []  # of each person: when they began, and how long it took them

    def watch(self, world: simpy.Environment) -> Generator[Any, Any, Any]:
        """A SimPy process that notes each minute how many wait."""
        while True:
            self.waiting_each_minute.append(self.waiting)
            yield world.timeout(60)


def device(world: simpy.Environment, clock: Clock, fleet: Fleet, number: int, wait: float) -> Generator[Any, Any, Any]:
    """A SimPy process: the firmware's session keeper, which refreshes when that is due and waits after a failure."""
    session = Session("app", Flash(number), clock)
    yield world.timeout(wait)
    tries: Backoff | None = None  # there is one while a refresh has failed
    fleet.waiting += 1
    while True:
        try:
            yield from _done(world, clock, fleet.service, refreshed_tokens(APP, session))
        except CognitoError as error:
            if not tries:
                tries = Backoff(clock, *REFRESH_TRIES)
                fleet.failed.add(number)
            tries.failed(error)
            error.__traceback__ = None  # it holds the frames that hold the error: memory for each refusal of a day
            yield world.timeout(max(1, session.life.until_due(), tries.wait()))
        except NotSignedIn:
            fleet.signed_out += 1
            return
        else:
            fleet.waiting -= 1
            tries = None
            yield world.timeout(session.life.until_due())
            fleet.waiting += 1


def people(
    world: simpy.Environment, clock: Clock, fleet: Fleet, each_second: float, chance: random.Random
) -> Generator[Any, Any, Any]:
    """A SimPy process: people who sign in, one after the other, at random times."""
    while True:
        yield world.timeout(chance.expovariate(each_second))
        world.process(_person(world, clock, fleet, chance))


def _person(world: simpy.Environment, clock: Clock, fleet: Fleet, chance: random.Random) -> Generator[Any, Any, Any]:
    """One who signs in with a password, and tries again by hand for as long as it is refused."""
    began, tries = world.now, 0
    while True:
        tries += 1
        try:
            yield from _done(world, clock, fleet.service, sign_in(APP, "ada", "password"))
        except CognitoError as error:
            error.__traceback__ = None
            yield world.timeout(chance.uniform(*_PRESSES_AGAIN) * min(tries, 10))
        else:
            fleet.signed_in.append((began, world.now - began))
            return


def _done(world: simpy.Environment, clock: Clock, service: Service, flow: Any) -> Generator[Any, Any, Any]:
    """What `flow` of the library returns, as its clients carry it out, in simulated time."""
    go_on: Any = flow.send
    value: Any = None
    try:
        while True:
            step = go_on(value)
            try:
                go_on, value = flow.send, None
                if isinstance(step, int):
                    yield world.timeout(step / 1000)
                elif step == NOW:
                    value = clock.now()
                elif isinstance(step, Once):
                    value = yield from _done(world, clock, service, step.flow)
                else:
                    value = yield from _asked(world, clock, service, step)
            except (CognitoError, NotSignedIn) as error:
                go_on, value = flow.throw, error
    except StopIteration as done:
        return done.value


class _Asking:
    """What retry.delay() wants of a client."""

    app = APP
    attempts = _ATTEMPTS
    asks_code = False

    def __init__(self, clock: Clock) -> None:
        self.clock = clock


def _asked(world: simpy.Environment, clock: Clock, service: Service, request: Request) -> Generator[Any, Any, Any]:
    """The reply to `request`, which is tried again as the library's clients do."""
    attempt = 0
    while True:
        attempt += 1
        try:
            return service.answer(world.now)
        except CognitoError as error:
            ms = delay(error, request, attempt, _Asking(clock))
        yield world.timeout(ms / 1000)
