"""Trying a request again: which failures are worth it, and after how long. Loaded only when something has failed."""

from .errors import CognitoError
from .transports.connection_errors import CertificateError, ConnectError


def is_passing(error: Exception) -> bool:
    """True when what has failed with `error` may be done another time: the network, a throttle, a front end's HTML."""
    if isinstance(error, CognitoError):
        return error.retryable or error.code == "UnreadableReply"
    return isinstance(error, OSError)


def is_worth_a_wait(error: Exception) -> bool:
    """True when a second or two may help. Connecting was tried several times already, and no clock is set meanwhile."""
    return is_passing(error) and not isinstance(error, (CertificateError, ConnectError))


def delay(error: Exception, repeatable: bool, tried: int, attempts: int, clock) -> int:
    """Milliseconds to wait before a request that failed with `error` is sent again. Raises `error` when it must not be.

    repeatable  False for a challenge answer: its Session is single-use, so it goes out again only
                when not one byte of it has left
    tried       how often it was sent; the delay doubles, with jitter over all of it: quotas are for a whole account
    attempts    how often it may be
    """
    if isinstance(error, CognitoError):
        # A throttle once: each further try takes the place of somebody else's.
        again = repeatable and error.retryable and (tried == 1 or not error.throttled)
    else:
        again = isinstance(error, ConnectError) or repeatable and not isinstance(error, CertificateError)
    if tried >= attempts or not again:
        raise error
    return clock.jitter() * (1000 << min(tried, 4)) // 256


def pause(error: Exception, failures: int, clock) -> int:
    """Seconds until a refresh is asked for again that has failed `failures` times in a row, with `error` at last.

    At first 15 at most: a pool that rotates its refresh tokens gives the answer to a lost reply once more within a
    grace of 60 (botocore's model, RetryGracePeriodSeconds). Then longer each time. A throttle has changed nothing, so
    there is no grace to keep, and the quota is one for all devices (host_tests/fleet): it waits longer from the start.
    """
    if isinstance(error, CognitoError) and error.throttled:
        longest = min(1200, 60 << min(failures - 1, 6))
    else:
        longest = min(600, 15 << max(0, min(failures - 3, 6)))
    # Half of it is random, so that a fleet does not ask as one.
    return longest * (128 + clock.jitter() // 2) // 256
