"""Which failures are worth another try, and after how long. Loaded only when something has failed."""

from .errors import CognitoError
from .https_faults import CertificateError, ConnectError


def delay(error: Exception, repeatable: bool, attempt: int, attempts: int, clock) -> int | None:
    """Milliseconds to wait before a request that failed with `error` is sent again; None when it must not be.

    repeatable  False for a challenge answer: its Session is single-use, so it goes out again only
                when not one byte of it has left
    attempt     1 for the first; the delay doubles, with jitter over all of it: quotas are for a whole account
    """
    if isinstance(error, CognitoError):
        again = repeatable and error.retryable
    else:
        again = isinstance(error, ConnectError) or repeatable and not isinstance(error, CertificateError)
    if not again or attempt >= attempts:
        return None
    return clock.jitter() * (1000 << min(attempt, 4)) // 256
