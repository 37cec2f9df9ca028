"""Trying a request again: which failures are worth it, and after how long. Loaded only when something has failed."""

from .errors import CognitoError
from .transports.connection_errors import CertificateError, ConnectError


def delay(error: Exception, repeatable: bool, tried: int, attempts: int, clock) -> "int | None":
    """Milliseconds to wait before a request that failed with `error` is sent again; None when it must not be.

    repeatable  False for a challenge answer: its Session is single-use, so it goes out again only
                when not one byte of it has left
    tried       how often it was sent; the delay doubles, with jitter over all of it: quotas are for a whole account
    attempts    how often it may be
    """
    if isinstance(error, CognitoError):
        again = repeatable and error.retryable
    else:
        again = isinstance(error, ConnectError) or repeatable and not isinstance(error, CertificateError)
    if tried >= attempts or not again:
        return None
    return clock.jitter() * (1000 << min(tried, 4)) // 256
