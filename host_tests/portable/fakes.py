"""Fakes for a Client: a transport that answers from a list, a clock that moves when told, a store that counts."""

import json
from binascii import b2a_base64

from cognito_mp.stores.ram import RamStore

SENT = "sent_requests.jsonl"


class FakeClock:
    """Both of a device's counts; sleeping moves them."""

    def __init__(self) -> None:
        self.seconds = 1800000000
        self.ms = 0
        self.random = 128
        self.slept: list = []

    def now(self) -> int:
        return self.seconds

    def is_set(self) -> bool:
        return True

    def ticks_ms(self) -> int:
        return self.ms % (1 << 30)

    def ticks_diff(self, end: int, start: int) -> int:
        return (end - start + (1 << 29)) % (1 << 30) - (1 << 29)

    def jitter(self) -> int:
        return self.random

    def sleep_ms(self, ms: int) -> None:
        self.slept.append(ms)
        self.pass_time(ms / 1000)

    def pass_time(self, seconds: float) -> None:
        self.seconds += int(seconds)
        self.ms += int(seconds * 1000)


class FakeTransport:
    """Answers each post with the next of `replies`: a dict (200), a (status, dict), or an exception to raise."""

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
        status, value = reply if isinstance(reply, tuple) else (200, reply)
        return status, {"content-type": "application/x-amz-json-1.1"}, json.dumps(value).encode()

    def close(self) -> None:
        self.closed += 1


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
