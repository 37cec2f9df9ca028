"""When a refresh is refused: what else may bring tokens, and when the session is over. Flows: see flows/password.py."""

from ..errors import CognitoError, NotSignedIn
from ..refusals import is_device_forgotten, is_session_over, is_unknown


def second_tries(asked, rotates: bool, device: "dict | None", refusal: CognitoError):
    """(reply, rotates, device key) of the try that brings tokens after `refusal`, the answer to the first one.

    By the other operation, where the first one can't settle it; then both without the device's key, when it is that
    which is refused: an unconfirmed or forgotten device must not cost the session. Raises NotSignedIn when the service
    says for certain that the session is over, else CognitoError.

    asked   asked(rotates, device key) makes the Request: GetTokensFromRefreshToken where `rotates`, else
            REFRESH_TOKEN_AUTH
    device  the remembered device, whose key the first one named
    """
    device_key = device["key"] if device else None
    error = refusal
    try:
        if not rotates:
            return (yield from _by_the_other(asked, device_key, refusal))
    except CognitoError as other:
        error = other
    over = is_session_over(error)
    if not (over or device_key and is_device_forgotten(error)):
        raise error
    if device_key:
        try:
            reply = yield asked(rotates, None)
            return reply, rotates, None
        except CognitoError as without:
            if rotates:
                error = without
            else:
                try:
                    return (yield from _by_the_other(asked, None, without))
                except CognitoError as other:
                    error = other
            if not is_session_over(error):
                raise error
    if device and device.get("flow") and "invalid refresh token" in error.message.lower():
        # AWS re:Post, "Invalid refresh token", has it so. Not known to be so: `make test-aws` tries it.
        raise NotSignedIn(
            "the session is over: %s (at its first refresh: in a pool that remembers devices AWS names a sign-in by"
            " USER_PASSWORD_AUTH as a cause; sign in by USER_SRP_AUTH)" % error.message
        )
    raise NotSignedIn("the session is over: " + error.message)


def _by_the_other(asked, device_key: "str | None", refusal: CognitoError):
    """(reply, True, device_key) by GetTokensFromRefreshToken, where REFRESH_TOKEN_AUTH was refused with `refusal`."""
    # An app client that rotates its refresh tokens refuses that flow; and words that are in no table end nothing.
    rotates = refusal.code in ("InvalidParameterException", "UnsupportedOperationException")
    if not rotates and not is_unknown(refusal):
        raise refusal
    try:
        return (yield asked(True, device_key)), rotates, device_key
    except CognitoError as error:
        if is_session_over(error) or hasattr(error, "refresh_token"):  # the one in a reply that was too large
            raise
        raise error if rotates and error.code != refusal.code else refusal
