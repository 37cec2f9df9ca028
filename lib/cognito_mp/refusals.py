"""What a refusal says. Loaded only when there is one."""

from .errors import CognitoError

# A refresh token is refused for good with these words, in lower case, of a NotAuthorizedException; any other end of a
# session has a code of its own. docs/design.md has the table with the source of each.
_OVER = (
    "refresh token has expired",
    "refresh token has been revoked",
    "invalid refresh token",
    "the user has been deleted for the associated refresh token",
)
_OVER_CODES = ("UserNotFoundException", "RefreshTokenReuseException")
# And with these it is not the refresh token that is refused: it may be good tomorrow.
_NOT_OVER = (
    "secret hash",
    "secrethash",
    "different client",
    "user is disabled",
    "security reasons",
    "client secret",
)
_DEVICE = ("device",)


# Sentences of AWS's that hold nothing of a request, of which a password may well be a word; from user reports.
_KNOWN = """
access token has been revoked
access token has expired
attempt limit exceeded, please try after some time.
device does not exist.
incorrect username or password.
invalid access token
invalid code or auth state for the user.
invalid code received for user
invalid password format
invalid refresh token
invalid session for the user, session is expired.
invalid session for the user.
invalid verification code provided, please try again.
no reason given
password attempts exceeded
rate exceeded
refresh token has been revoked
refresh token has expired
request not allowed due to waf block.
user already exists
user does not exist.
user is disabled.
user is not confirmed.
"""


def error_from_reply(status: int, headers: dict, reply: "dict | None", sent: "dict | None" = None) -> CognitoError:
    """The CognitoError of a refusal. reply: its JSON object; None if it was not JSON.

    sent  parameters of the request: the service's words give way to others where they repeat a value of it
    """
    if reply is None:
        kind = headers.get("content-type", "of unknown type")
        error = CognitoError("UnreadableReply", "no whole JSON object (%s): is the endpoint right?" % kind, status)
    else:
        code = reply.get("__type") or headers.get("x-amzn-errortype") or "UnreadableReply"
        message = reply.get("message") or reply.get("Message") or "no reason given"
        # A namespace before "#", a tail after ":", which may hold a "#" of its own: both seen in AWS's JSON protocols.
        error = CognitoError(str(code).split(":")[0].split("#")[-1], str(message), status)
    if sent and "\n" + error.message.lower() + "\n" not in _KNOWN:
        from .echoes import without_echoes

        clean = without_echoes(error, sent)
        if clean is not error:
            # What a session decides by is what the service said.
            clean.said = [words for words in _OVER + _NOT_OVER + _DEVICE if _says(error, (words,))]  # type: ignore[attr-defined]
            return clean
    return error


def unreadable(what: str) -> CognitoError:
    """The error for a reply, HTTP status 200, that has not got `what` it should."""
    return CognitoError("UnreadableReply", what + ": is the endpoint right?", 200)


def is_device_forgotten(error: CognitoError) -> bool:
    """True when `error` says that the service does not know the device: its owner, or an administrator, forgot it.

    The words are those of InitiateAuth and RespondToAuthChallenge: "Device does not exist."
    """
    return error.code == "ResourceNotFoundException" and _says(error, _DEVICE)


def is_session_over(error: CognitoError) -> bool:
    """True when `error`, the answer to a refresh, says for certain that the refresh token is no good any more."""
    if error.code in _OVER_CODES:
        return True
    return error.code == "NotAuthorizedException" and _says(error, _OVER) and not _says(error, _NOT_OVER)


def is_unknown(error: CognitoError) -> bool:
    """True when `error`, the answer to a refresh, says in words that are in no table whether it is over."""
    return error.code == "NotAuthorizedException" and not _says(error, _OVER + _NOT_OVER)


def _says(error: CognitoError, words: tuple) -> bool:
    message = error.message.lower()
    said = getattr(error, "said", ())
    return any([some in message or some in said for some in words])
