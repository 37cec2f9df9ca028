"""A device that refreshes for years in one go: long_life.py COUNT ENDPOINT CA CLIENT_ID STORE.

It refreshes COUNT times, keeps its connection for a few dozen of them, and takes what its server does to it. Prints
lines of JSON: heap in use after each of five refreshes past the first hundred, and of the last five, each followed by
micropython.mem_info()'s own lines, which have the largest free block; then how often the refreshes failed and how
often the store was written.
"""

import gc
import json
import sys

import micropython
from cognito_mp import Client, CognitoError, FileStore, clock

_FIRST = 100
_LOOKS = 5
_TOGETHER = 50  # refreshes on one connection
count = int(sys.argv[1])
endpoint, ca, client_id, path = sys.argv[2:]


class CountingStore(FileStore):
    """A FileStore that counts what is written to it."""

    saves = 0

    def save(self, data: bytes) -> None:
        CountingStore.saves += 1
        super().save(data)


class Impatient:
    """The clock of cognito_mp, but for the waits between tries."""

    def __getattr__(self, name):
        return getattr(clock, name)

    def sleep_ms(self, ms: int) -> None:
        """Don't."""


def tell_heap() -> None:
    gc.collect()
    print(json.dumps({"used": gc.mem_alloc()}))
    micropython.mem_info()


with open(ca, "rb") as file:
    client = Client(
        "eu-west-1", client_id, store=CountingStore(path), endpoint=endpoint, cadata=file.read(), clock=Impatient()
    )
client.sign_in("alice", "Correct-Horse-9")
failed = done = 0
for goal in list(range(_FIRST, _FIRST + _LOOKS)) + list(range(count - _LOOKS + 1, count + 1)):
    while done < goal:
        with client:
            for _ in range(min(_TOGETHER, goal - done)):
                try:
                    client.refresh()
                    done += 1
                except (OSError, CognitoError):
                    failed += 1
    tell_heap()
print(json.dumps({"refreshes": done, "failed": failed, "saves": CountingStore.saves}))
