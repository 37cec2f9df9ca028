"""What can go wrong, in as few kinds as a caller needs to tell apart."""


class CognitoError(Exception):
    """The service refused. `code` is Cognito's own ("NotAuthorizedException"), or "UnreadableReply", "ReplyTooLarge".

    message    str: the service's words
    status     int: the HTTP status
    retryable  bool: a throttle or a fault of the server's, worth another try later
    throttled  bool: a throttle; it was not carried out, and the quota is one for a whole account
    """

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__("%s: %s (HTTP %d)" % (code, message, status))
        self.code = code
        self.message = message
        self.status = status
        # LimitExceededException is not here: it is a per-user lockout that further tries prolong.
        self.throttled = code.startswith("Throttling") or code.startswith("TooManyRequests") or status == 429
        self.retryable = self.throttled or status >= 500


class NotSignedIn(Exception):
    """There is no session, or the service says that it is over: the person has to sign in (again)."""


class StoreError(OSError):
    """The store could not be written, and the session goes on in RAM; or it could not be read."""


def require_text(**named: object) -> None:
    """Raise ValueError that names the first argument which is not a str, or is empty."""
    for name in named:
        if not (named[name] and isinstance(named[name], str)):
            raise ValueError(name + " must be a non-empty string")
