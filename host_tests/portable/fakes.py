"""Fakes for a client: a clock that moves when told, a transport that answers from a list, a store that counts.

Portable tests of the library and of the firmware share them. pool_world.py has a service that remembers, and faults.
"""

import asyncio
import json

from cognito_mp import testing
from cognito_mp.stores.ram import RamStore
from cognito_mp.testing import challenge, jwt, refusal, tokens  # noqa: F401  # for the tests

SENT = "sent_requests.jsonl"
START = 1800000000  # true seconds since 1970 when a test begins
_YEAR_2000 = 946684800
_YEAR_2025 = 1735689600


class FakeClock:
    """A device's clock (the functions of cognito_mp.clock), and the true time; both move when told, or by sleeping.

    random      int, what jitter() returns; None: the next of a row of numbers that `seed` begins
    error       int, seconds by which the device's clock is ahead of the true time
    slept       list of int, milliseconds of each sleep_ms() so far
    """

    def __init__(self, seed: "int | None" = None) -> None:
        self.random = 128 if seed is None else None
        self.error = 0
        self.slept: list = []
        self._passed = 0  # milliseconds since the test began
        self._power_on = 0
        self._row = seed or 1

    @property
    def true(self) -> int:
        """True seconds since 1970."""
        return START + self._passed // 1000

    @property
    def true_ms(self) -> int:
        """True milliseconds since the test began."""
        return self._passed

    @property
    def seconds(self) -> int:
        """What the device's clock reads; a test sets it as a person would who sets a clock wrong."""
        return self.true + self.error

    @seconds.setter
    def seconds(self, seconds: int) -> None:
        self.error = int(seconds) - self.true

    # The functions of cognito_mp.clock

    def now(self) -> int:
        return self.seconds

    def is_set(self) -> bool:
        return self.seconds >= _YEAR_2025

    def ticks_ms(self) -> int:
        return (self._passed - self._power_on) % (1 << 30)

    def ticks_diff(self, end: int, start: int) -> int:
        return (end - start + (1 << 29)) % (1 << 30) - (1 << 29)

    def jitter(self) -> int:
        return self.draw(256) if self.random is None else self.random

    def sleep_ms(self, ms: int) -> None:
        self.slept.append(ms)
        self._passed += ms

    # What tests do with it

    def pass_time(self, seconds: float) -> None:
        self._passed += int(seconds * 1000)

    def doze(self, seconds: int) -> None:
        """Time passes in which the ticks stand still, as in the light sleep of some ports."""
        self.pass_time(seconds)
        self._power_on += seconds * 1000

    async def sleep(self, seconds: float) -> None:
        """asyncio.sleep() that takes no time."""
        self.pass_time(seconds)

    def set_time(self, seconds: int) -> None:
        """What a device does that has asked a time server."""
        self.seconds = seconds

    def unset(self, seconds: int = _YEAR_2000) -> None:
        """A start: the clock begins at `seconds`, and the ticks at 0."""
        self.seconds = seconds
        self._power_on = self._passed

    def draw(self, below: int) -> int:
        """The next of a fixed row of numbers, the same on every Python."""
        self._row = (self._row * 1103515245 + 12345) % (1 << 31)
        return (self._row >> 8) % below


class FakeTransport(testing.FakeTransport):
    """The library's, and the host checks what it was sent against botocore's model of the service."""

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        with open(SENT, "a") as file:
            file.write(json.dumps([headers["X-Amz-Target"], bytes(body).decode()]) + "\n")
        return super().post(url, headers, body)


class AwaitedTransport(FakeTransport):
    """The same, awaited: it takes a few turns of the loop."""

    async def post(self, url: str, headers: dict, body: bytes) -> tuple:  # type: ignore[override]  # awaited
        for _ in range(3):
            await asyncio.sleep(0)
        return super().post(url, headers, body)


class CountingStore(RamStore):
    """Counts what is written to it, and can be told to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.saves = self.erasures = 0
        self.error = None

    def save(self, data: bytes) -> None:
        if self.error:
            raise self.error
        self.saves += 1
        super().save(data)

    def erase(self) -> None:
        self.erasures += 1
        super().erase()


class FakeMemory:
    """machine.RTC().memory, which deep sleep leaves alone, with `space` bytes."""

    def __init__(self, space: int = 2048) -> None:
        self.data = b""
        self.space = space

    def __call__(self, data=None):
        if data is None:
            return self.data
        if len(data) > self.space:
            raise ValueError("buffer too long")
        self.data = bytes(data)
