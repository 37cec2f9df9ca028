"""The access token in memory that deep sleep leaves alone, so that a wake needs no network.

A record is "CMA" and the format's version, the SHA-256 of the rest, the first 8 bytes of the SHA-256 of the refresh
token that belongs to it, three times in seconds since 1970 (4 bytes each: when the access token came, is due,
expires), the access token.
"""

from .clock import Lifetime
from .crypto.hmac_sha256 import sha256
from .protocol import Tokens
from .session import Session

_MAGIC = b"CMA\x01"
_HEAD = 56  # bytes before the token: 4 + 32 + 8 + 3 * 4


class SleepMemory:
    """Keeps one access token."""

    def __init__(self, memory, clock) -> None:
        """
        memory  machine.RTC().memory or its like: memory() -> bytes, memory(data) keeps them
        clock   the module cognito_mp.clock, or any object with its functions
        """
        self._memory = memory
        self.clock = clock

    def save(self, refresh_token: "str | None", access_token: str, life: Lifetime) -> None:
        """Keep `access_token`, which belongs to the session of `refresh_token`.

        It is not kept when it is due, nor without a set clock: a dead one has no end that outlives a clock set wrong.
        """
        if not (refresh_token and life.until_due() and self.clock.is_set()):
            self.erase()
            return
        now = self.clock.now()
        rest = _mark(refresh_token)
        for moment in (now - life.age(), now + life.until_due(), now + life.left()):
            rest += moment.to_bytes(4, "big")
        rest += access_token.encode()
        try:
            self._memory(_MAGIC + sha256(rest).digest() + rest)
        except (OSError, ValueError):  # more than this port's memory holds: the next wake refreshes instead
            self.erase()

    def load(self, refresh_token: str, username: str) -> tuple:
        """(Tokens without an ID token, their Lifetime); (None, one of 0 s) unless one is surely alive and not due.

        A clock that is unset, or reads a time before the token came, could make a dead token look alive.
        """
        if not self.clock.is_set():
            return None, Lifetime(self.clock, 0)
        record = bytes(self._memory())
        rest = record[36:]
        if len(record) <= _HEAD or record[:36] != _MAGIC + sha256(rest).digest() or rest[:8] != _mark(refresh_token):
            return None, Lifetime(self.clock, 0)
        came, due, expires = (int.from_bytes(rest[at : at + 4], "big") for at in (8, 12, 16))
        now = self.clock.now()
        if not came <= now < due <= expires:
            return None, Lifetime(self.clock, 0)
        tokens = Tokens(
            {"AccessToken": rest[20:].decode(), "ExpiresIn": expires - came}, username, refresh_token, username
        )
        return tokens, Lifetime(self.clock, expires - came, now - came, due - came)

    def erase(self) -> None:
        """Leave no token behind."""
        self._memory(b"")


class SleepingSession(Session):
    """A Session whose access token outlives a deep sleep."""

    def __init__(self, client_id: str, store, clock, memory) -> None:
        """`memory`: machine.RTC().memory or its like; see Session for the others. Raises ValueError when it is not."""
        if not callable(memory):
            raise ValueError("sleep_memory must be a function such as machine.RTC().memory")
        self._memory = SleepMemory(memory, clock)
        super().__init__(client_id, store, clock)

    def begin_refresh(self) -> dict:
        held = super().begin_refresh()
        self._memory.erase()  # an answer is owed: after a restart in the middle it is asked for, this token not used
        return held

    def clock_was_set(self, before: "int | None" = None) -> None:
        super().clock_was_set(before)
        self._remember()

    def save_pending(self, settle: bool = False) -> None:
        super().save_pending(settle)
        self._remember()  # the wall clock may have been stepped since, and sleep leaves nothing else to go by

    def erase(self, device: "dict | None" = None) -> None:
        super().erase(device)
        self._memory.erase()

    def _take(self, tokens: "Tokens | None") -> None:
        super()._take(tokens)
        if tokens:
            self._remember()
        elif self.refresh_token and self.username:
            self.tokens, self.life = self._memory.load(self.refresh_token, self.username)

    def _remember(self) -> None:
        if self.tokens:
            self._memory.save(self.refresh_token, self.tokens.access_token, self.life)


def _mark(refresh_token: str) -> bytes:
    return sha256(refresh_token.encode()).digest()[:8]
