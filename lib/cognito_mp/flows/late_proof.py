"""What to tell of a proof of SRP that was refused: it may be right, and late. Loaded when one was refused.

Botocore's model, RespondToAuthChallenge, has PASSWORD_VERIFIER answered "within a few seconds", and
NotAuthorizedException for a later one: the code, and maybe the words, of a wrong password.
"""

from ..errors import CognitoError

LATE = 5000  # milliseconds
# With these words it was judged, and neither for being late nor for being wrong.
_JUDGED = ("disabled", "attempts exceeded", "password has expired", "secret hash")


def is_refusal(error: CognitoError) -> bool:
    """True when `error`, the answer to a proof, may be about the proof itself: it is wrong, or late."""
    return error.code == "NotAuthorizedException" and not any([words in error.message for words in _JUDGED])


def explained(error: CognitoError, started: int, ended: int, of_device: bool) -> CognitoError:
    """`error`, or in its place one with the same code that says what else may be the reason.

    started, ended  ticks: when the challenge came, and when its answer was refused
    of_device       the proof was the remembered device's own
    """
    if not is_refusal(error):
        return error
    ms = (ended - started) & 0x1FFFFFFF  # ticks wrap, on every port at this power of two or a higher one
    if ms <= LATE:
        if not of_device:
            return error
        return CognitoError(
            error.code,
            "the remembered device was refused, not the password: sign in again, without it. The service said: %s"
            % error.message,
            error.status,
        )
    advice = "let the pool remember no devices" if of_device else "sign in by USER_PASSWORD_AUTH"
    return CognitoError(
        error.code,
        "Cognito gives SRP's answer a few seconds, and this board took %d s: that alone may be why it was refused. "
        "If it stays so, %s, or see docs/user_pool.md for what is fast enough. The service said: %s"
        % (ms // 1000, advice, error.message),
        error.status,
    )
