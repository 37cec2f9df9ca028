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


def delay(error: Exception, request, tried: int, client) -> int:
    """Milliseconds to wait before `request`, which failed with `error`, is sent again; raises `error` if it must not.

    One that is not repeatable goes out again only when not one byte of it has left: a challenge's answer uses up its
    Session.

    tried   how often it was sent; the delay doubles, with jitter over all of it: quotas are for a whole account
    client  has attempts, how often it may be sent; app, asks_code and clock
    """
    if hasattr(client.app, "client_secrets"):
        from .two_secrets import swapped

        if swapped(client.app, request, error):
            return 0
    again = tried <= _repeats(request, client.asks_code)
    if isinstance(error, CognitoError):
        # A throttle once: each further try takes the place of somebody else's.
        again = again and error.retryable and (tried == 1 or not error.throttled)
    else:
        again = isinstance(error, ConnectError) or again and not isinstance(error, CertificateError)
    if tried >= client.attempts or not again:
        raise error
    # A refresh has 18 seconds at the first try, at the others 16: with pauses of less than 2 and 4 three tries are over
    # after 56, within the longest time in which a lost reply can be asked for again (60, RetryGracePeriodSeconds).
    if request.seconds == 18:
        request.seconds = 16
    return client.clock.jitter() * (1000 << min(tried, 4)) // 256


def _repeats(request, asks_code: bool) -> int:
    """How often `request` may be sent again when it may have arrived.

    A second sign-in may have the service send a second code, by SMS or e-mail, which makes the first worthless.

    asks_code  this pool has sent a code before
    """
    parameters = request.parameters
    flow = parameters.get("AuthFlow")
    # What sends a code for certain, or uses up a Session.
    sends = flow == "CUSTOM_AUTH" or "PREFERRED_CHALLENGE" in (parameters.get("AuthParameters") or ())
    if not request.repeatable or flow and (sends or "Session" in parameters):
        return 0
    if flow in ("USER_PASSWORD_AUTH", "USER_AUTH", "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"):
        return 0 if asks_code else 1
    return 99


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


def failed(session, used: str, error: Exception) -> None:
    """A refresh of `session` with the refresh token `used` has failed with `error`."""
    if hasattr(error, "refresh_token"):  # a reply that was too large, and maybe the only one that is good from now on
        from .outgrown import keep_token

        keep_token(session, used, error)
    session.failed(error)
