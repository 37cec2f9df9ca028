"""Fakes for a client: a clock that moves when told, a transport that answers from a list, a store that counts.

Portable tests of the library and of the firmware share them. pool_world.py has a service that remembers, and faults.
"""

import asyncio
import json
from binascii import b2a_base64

from cognito_mp.stores.ram import RamStore

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

    def unset(self) -> None:
        """Power was cut: the clock begins in 2000 and the ticks at 0."""
        self.seconds = _YEAR_2000
        self._power_on = self._passed

    def draw(self, below: int) -> int:
        """The next of a fixed row of numbers, the same on every Python."""
        self._row = (self._row * 1103515245 + 12345) % (1 << 31)
        return (self._row >> 8) % below


class FakeTransport:
    """Answers each post with the next of `replies`.

    A reply is a dict (200), a (status, dict), a (status, headers, bytes) as it is, or an exception to raise.
    """

    def __init__(self, *replies: object) -> None:
        self.replies = list(replies)
        self.requests: list = []
        self.closed = 0

    def post(self, url: str, headers: dict, body: bytes) -> tuple:
        self.requests.append((headers["X-Amz-Target"].split(".")[1], json.loads(body)))
        # The host checks them all against botocore's model of the service when the tests are done.
        with open(SENT, "a") as file:
            file.write(json.dumps([headers["X-Amz-Target"], bytes(body).decode()]) + "\n")
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, tuple) and len(reply) == 3:
            return reply
        status, value = reply if isinstance(reply, tuple) else (200, reply)
        return status, {"content-type": "application/x-amz-json-1.1"}, json.dumps(value).encode()

    def close(self) -> None:
        self.closed += 1


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


def jwt(claims: dict) -> str:
    """A token with `claims` as its payload."""
    payload = b2a_base64(json.dumps(claims).encode()).decode().strip()
    return "e30." + payload.replace("+", "-").replace("/", "_").rstrip("=") + ".c2ln"


def tokens(number: int = 1, refresh: bool = True, username: str = "the-sub", expires_in: int = 3600) -> dict:
    """A reply with an AuthenticationResult whose tokens carry `number`."""
    result = {
        "AccessToken": jwt({"username": username, "number": number}),
        "IdToken": "id%d" % number,
        "ExpiresIn": expires_in,
        "TokenType": "Bearer",
    }
    if refresh:
        result["RefreshToken"] = "refresh%d" % number
    return {"AuthenticationResult": result}


def refusal(code: str, message: str = "", status: int = 400) -> tuple:
    """A reply that refuses."""
    return status, {"__type": code, "message": message}


def challenge(name: str, session: str = "session-1-of-20-chars", **parameters: str) -> dict:
    """A reply with a challenge."""
    return {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}
