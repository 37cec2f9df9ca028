"""An app client with two secrets, while one takes the other's place: what one is refused for is tried with the other.

Source: AddUserPoolClientSecret, ListUserPoolClientSecrets and DeleteUserPoolClientSecret of the user pools API (2026).
Loaded where a request of such an app client was refused.
"""

from .errors import CognitoError
from .protocol import with_secret_hash


class _Half:
    """The app client with one of its secrets."""

    def __init__(self, app, client_secret: str) -> None:
        self.client_id = app.client_id
        self.client_secret = client_secret


def swapped(app, request, error: Exception) -> bool:
    """True when `request`, refused with `error` for the secret that it was made with, now is made with the other one.

    Once for each request. From now on `app` goes by that one.
    """
    if hasattr(request, "is_swapped") or not _is_of_the_secret(error):
        return False
    request.is_swapped = True
    for old in app.client_secrets:
        for new in app.client_secrets:
            if new != old and _replaced(app, request.parameters, old, new):
                app.client_secret = new
                return True
    return False


def _is_of_the_secret(error: Exception) -> bool:
    """True for "Unable to verify secret hash for client ..." and what says the same of the secret itself."""
    if not isinstance(error, CognitoError):
        return False
    # UnauthorizedException: RevokeToken's, by the model; invalid_client: the token endpoint's (RFC 6749, 5.2).
    if error.code in ("UnauthorizedException", "invalid_client"):
        return True
    # Words that repeated a value of the request gave way to others; what they said is kept beside them.
    words = [error.message.lower()] + list(getattr(error, "said", ()))
    return error.code == "NotAuthorizedException" and any(["secret" in text for text in words])


def _replaced(app, parameters: dict, old: str, new: str) -> bool:
    """True when something in `parameters` was made of the secret `old`, and is made of `new` now."""
    done = False
    for name in ("ClientSecret", "Secret"):
        if parameters.get(name) == old:
            parameters[name] = new
            done = True
    for place in (None, "AuthParameters", "ChallengeResponses"):
        inner = (parameters.get(place) or {}) if place else parameters
        for name in ("SecretHash", "SECRET_HASH"):
            for user in (inner.get("USERNAME"), inner.get("Username"), getattr(app, "hashed", None)):
                if user and name in inner and inner[name] == _hash(app, old, user):
                    inner[name] = _hash(app, new, user)
                    done = True
    return done


def _hash(app, client_secret: str, username: str) -> str:
    return with_secret_hash(_Half(app, client_secret), {}, username)["SECRET_HASH"]
