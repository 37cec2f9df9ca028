"""A session that lasts until the power goes."""


class RamStore:
    """Keeps the session in RAM; the smallest example of a store.

    A store is any object with these three methods. Each raises StoreError when it can't do its work. load() gives
    None only when there surely is no session, and what was last saved must survive a power cut in the next save().
    """

    def __init__(self) -> None:
        self._data: bytes | None = None

    def load(self) -> "bytes | None":
        """What was last saved; None when nothing was, or it was erased."""
        return self._data

    def save(self, data: bytes) -> None:
        """Keep `data` in place of what was there. Raises ValueError when it is not bytes."""
        if not isinstance(data, (bytes, bytearray)):
            raise ValueError("data must be bytes")
        self._data = data

    def erase(self) -> None:
        """Forget it."""
        self._data = None
