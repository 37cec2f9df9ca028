"""Trying a request again: which failures are worth it, and after how long. Loaded only when something has failed."""

from .errors import CognitoError
from .https_faults import CertificateError, ConnectError
from .protocol import write_request


def tried_again(client, flow, request: tuple, error: Exception):
    """Try `request` of `flow`, which failed with `error`, again for as long as that is right, a generator.

    Returns how `flow` goes on: (its send, the reply), or (its throw, the last error).
    """
    for attempt in range(1, client._attempts):
        ms = delay(error, request[2], attempt, client._clock)
        if ms is None:
            break
        yield ms
        try:
            return flow.send, (yield write_request(client._url, *request[:2]))
        except (CognitoError, OSError) as failure:
            error = failure
    return flow.throw, error


def delay(error: Exception, repeatable: bool, attempt: int, clock) -> int | None:
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
