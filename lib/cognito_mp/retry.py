"""Trying a request again: which failures are worth it, and after how long. Loaded only when something has failed."""

from .errors import CognitoError
from .transports.connection_errors import CertificateError, ConnectError


def tried_again(flow, request, error: Exception, attempts: int, clock):
    """Try `request` of `flow`, which failed with `error`, again for as long as that is right, a generator.

    attempts  tries in all, the one that failed among them
    Returns how `flow` goes on: (its send, the reply), or (its throw, the last error).
    """
    for attempt in range(1, attempts):
        ms = delay(error, request.repeatable, attempt, clock)
        if ms is None:
            break
        yield ms
        try:
            return flow.send, (yield request)
        except (CognitoError, OSError) as failure:
            error = failure
    return flow.throw, error


def delay(error: Exception, repeatable: bool, attempt: int, clock) -> "int | None":
    """Milliseconds to wait before a request that failed with `error` is sent again; None when it must not be.

    repeatable  False for a challenge answer: its Session is single-use, so it goes out again only
                when not one byte of it has left
    attempt     1 for the first; the delay doubles, with jitter over all of it: quotas are for a whole account
    """
    if isinstance(error, CognitoError):
        again = repeatable and error.retryable
    else:
        again = isinstance(error, ConnectError) or repeatable and not isinstance(error, CertificateError)
    if not again:
        return None
    return clock.jitter() * (1000 << min(attempt, 4)) // 256
