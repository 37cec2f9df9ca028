"""What a reply that is no success says. Loaded only when there is one."""

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


def error_from_reply(status: int, headers: dict, reply: "dict | None") -> CognitoError:
    """The CognitoError of a reply that is no success: its JSON object, None where it is none."""
    if reply is None:
        kind = headers.get("content-type", "of unknown type")
        return CognitoError("UnreadableReply", "no whole JSON object (%s): is the endpoint right?" % kind, status)
    code = reply.get("__type") or headers.get("x-amzn-errortype") or "UnreadableReply"
    message = reply.get("message") or reply.get("Message") or "no reason given"
    # A namespace before "#", a tail after ":", which may hold a "#" of its own: both seen in AWS's JSON protocols.
    return CognitoError(str(code).split(":")[0].split("#")[-1], str(message), status)


def unreadable(what: str) -> CognitoError:
    """The error for a reply, HTTP status 200, that has not got `what` it should."""
    return CognitoError("UnreadableReply", what + ": is the endpoint right?", 200)


def is_device_forgotten(error: CognitoError) -> bool:
    """True when `error` says that the service does not know the device: its owner, or an administrator, forgot it.

    The words are those of InitiateAuth and RespondToAuthChallenge: "Device does not exist."
    """
    return error.code == "ResourceNotFoundException" and "device" in error.message.lower()


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
    return any([some in message for some in words])
