"""The access token in memory that deep sleep leaves alone, so that a wake needs no network.

A record is "CMA" and the format's version, the SHA-256 of the rest, the first 8 bytes of the SHA-256 of the
stored session, three times in seconds since 1970 (4 bytes each: when the token came, is due, expires), the token.
"""

from cognito_mp.crypto.hmac_sha256 import sha256

_MAGIC = b"CMA\x01"
_HEAD = 56  # bytes before the token: 4 + 32 + 8 + 3 * 4


class KeptToken:
    """Room for one access token; with no memory it keeps nothing, and says so by load() being None."""

    def __init__(self, memory, store, clock) -> None:
        """
        memory  machine.RTC().memory or its like: memory() -> bytes, memory(data) keeps them; None where there is none
        store   the session's store: a token that came with another session is not believed
        clock   the module cognito_mp.clock, or any object with its functions
        """
        self._memory = memory
        self._store = store
        self._clock = clock

    def _session_mark(self) -> bytes:
        return sha256(self._store.load() or b"").digest()[:8]

    def save(self, token: str, due: int, left: int, life: int) -> None:
        """Keep `token`, due in `due` s, good for `left` s more of the `life` s it was given. Never raises OSError."""
        if self._memory is None or not self._clock.is_set():
            return
        now = self._clock.now()
        rest = self._session_mark()
        for moment in (now + left - life, now + due, now + left):
            rest += moment.to_bytes(4, "big")
        rest += token.encode()
        try:
            self._memory(_MAGIC + sha256(rest).digest() + rest)
        except (OSError, ValueError):  # more than this port's memory holds: the next wake refreshes instead
            self.erase()

    def load(self) -> "tuple | None":
        """(token, seconds until due, seconds left, life in seconds); None when none is surely alive and not due.

        A clock that is unset, or reads a time before the token came, could make a dead token look alive.
        """
        if self._memory is None or not self._clock.is_set():
            return None
        record = bytes(self._memory())
        rest = record[36:]
        if len(record) <= _HEAD or record[:36] != _MAGIC + sha256(rest).digest() or rest[:8] != self._session_mark():
            return None
        came, due, expires = (int.from_bytes(rest[at : at + 4], "big") for at in (8, 12, 16))
        now = self._clock.now()
        if not came <= now < due <= expires:
            return None
        return rest[20:].decode(), due - now, expires - now, expires - came

    def erase(self) -> None:
        """Leave no token behind."""
        if self._memory is not None:
            self._memory(b"")
