"""Errors in words for a person. Loaded when there is one."""

from cognito_mp import CognitoError, StoreError

from ..backoff import PASSING, describe
from .asking import Problem

# Cognito's code -> a key of the words
PROBLEMS = {
    "UserNotFoundException": "wrong_password",
    "CodeMismatchException": "wrong_code",
    "EnableSoftwareTokenMFAException": "wrong_code",
    "ExpiredCodeException": "expired_code",
    "InvalidPasswordException": "weak_password",
    "PasswordHistoryPolicyViolationException": "weak_password",
    "UsernameExistsException": "exists",
    "AliasExistsException": "exists",
    "LimitExceededException": "too_many",
    "TooManyRequestsException": "too_many",
    "TooManyFailedAttemptsException": "too_many",
}
# NotAuthorizedException is told apart by its message alone.
NOT_AUTHORIZED = (
    ("a few seconds", "late_proof"),  # the library's own words, with the service's among them
    ("ncorrect username or password", "wrong_password"),
    ("attempts exceeded", "locked_out"),
    ("disabled", "disabled"),
    ("emporary password has expired", "expired_temporary"),
    ("nvalid session", "took_too_long"),
    ("ession is expired", "took_too_long"),
    ("ignUp is not permitted", "no_sign_up"),
)
# Their words say it all: the service's own would say it twice.
_PLAIN = ("wrong_password", "took_too_long", "no_sign_up", "wrong_code", "exists")
# After these the same page can be answered again.
_REPEATABLE = (
    "CodeMismatchException",
    "EnableSoftwareTokenMFAException",
    "InvalidPasswordException",
    "PasswordHistoryPolicyViolationException",
    "InvalidParameterException",
    "UsernameExistsException",
    "ExpiredCodeException",
)


def problem_of(error: Exception) -> Problem:
    """`error` in words for a person."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, CognitoError):
        key = PROBLEMS.get(error.code, "service_said")
        if error.code == "NotAuthorizedException":
            for words, name in NOT_AUTHORIZED:
                if words in error.message:
                    key = name
                    break
        by_service = key != "late_proof"
        return Problem(key, "" if key in _PLAIN else error.message, by_service, error.code in _REPEATABLE)
    if isinstance(error, StoreError):
        return Problem("unsaved", describe(error), again=False)
    if isinstance(error, PASSING):  # it may not have got there: another try costs nothing
        return Problem("network_failed", describe(error))
    return Problem("internal", type(error).__name__, again=False)
