"""Try again later, a little later each time, and not all devices at once."""

from cognito_mp import CognitoError

from .printable import printable
from .stopwatch import Stopwatch

# What may be tried again: the network failed, the service refused, or the heap had no room for TLS just now.
PASSING = (OSError, CognitoError, MemoryError)


def describe(error: BaseException) -> str:
    """`error` in words for a person; the library puts no secret into one."""
    if isinstance(error, OSError) and len(error.args) > 1:  # (number, words), which MicroPython shows as a tuple
        return printable(str(error.args[1]))
    return printable(str(error)) or type(error).__name__


class NotYet(OSError):
    """It failed a moment ago, with these words, and is not tried again yet."""


class Backoff:
    """Keeps one thing from being tried too often while it fails."""

    def __init__(self, clock, first: int, most: int, throttled: "tuple | None" = None) -> None:
        """
        first, most  seconds, the longest wait after one failure and after many
        throttled    the same two where the service throttles; None: no others
        """
        self._clock = clock
        self._since = Stopwatch(clock)  # the last failure
        self._first = first
        self._most = most
        self._throttled = throttled or (first, most)
        self.clear()

    def clear(self) -> None:
        """Forget the failures: the next try may be made at once."""
        self._words = ""
        self.failures = 0
        self._delay = 0

    def soon(self) -> None:
        """What may have been in the way is gone: wait no longer than after a first failure."""
        if self.wait():
            self._delay = min(self._delay, self._since.seconds() + self._draw(self._first))

    def wait(self) -> int:
        """Seconds until the next try may be made; 0 when it may be made now."""
        if not self.failures:
            return 0
        return max(0, self._delay - self._since.seconds())

    def failed(self, error: BaseException) -> None:
        """Count one failure, from now."""
        throttled = isinstance(error, CognitoError) and error.throttled
        first, most = self._throttled if throttled else (self._first, self._most)
        self._delay = self._draw(min(most, first << min(self.failures, 16)))
        self.failures += 1
        self._since.restart()
        # Its words, not the error: one that is raised again and again grows a traceback each time.
        self._words = describe(error)

    def _draw(self, longest: int) -> int:
        # Half of the wait is random, so that a street of devices does not ask as one after a power cut.
        return 1 + longest * (128 + self._clock.jitter() // 2) // 256

    async def attempt(self, action):
        """What `await action()` returns. Raises what it raises, or NotYet when it failed a moment ago."""
        if self.wait():
            raise NotYet(self._words)
        try:
            result = await action()
        except PASSING as error:
            self.failed(error)
            raise
        self.clear()
        return result
