"""Refusals whose words repeat what was sent: a password must not get into a log by way of the service's words.

AWS's own sentences don't, but those of a Lambda trigger, a gateway or an emulator may. Loaded when a refusal has words
that are not one of AWS's known sentences.
"""

import json

from .errors import CognitoError

_INSTEAD = "the reason is left out, for it repeats a value of the request"
# Parameters that hold no secret. All others may: an answer, a code, a token, an attribute, metadata for a trigger.
_OPEN = (
    " AttributeName AuthFlow CHALLENGE_NAME ChallengeName ClientId DEVICE_KEY DeliveryMedium DeviceKey DeviceName"
    " FriendlyDeviceName IdentityId IdentityPoolId Name PREFERRED_CHALLENGE TIMESTAMP USERNAME UserPoolId Username "
)
_DIGITS = "0123456789"
_SHORT = 4  # characters: what is shorter has to stand alone
_PIECE = 24  # characters of a token that are enough to know it by


def without_echoes(error: CognitoError, sent: dict) -> CognitoError:
    """`error`, the answer to a request whose parameters `sent` were; another one where it repeats one of their values.

    Its words give way as a whole: what is struck out of a sentence shows in what is left.
    """
    in_code = not error.code.endswith("Exception") and _repeats(error.code, sent)
    if not in_code and not _repeats(error.message, sent):
        return error
    return CognitoError("UnreadableReply" if in_code else error.code, _INSTEAD, error.status)


def _repeats(text: str, sent, name: str = "") -> bool:
    """True when `text` holds a value of `sent`, the value of `name`, in whatever form it is quoted."""
    if isinstance(sent, dict):
        return any([_repeats(text, sent[key], key) for key in sent])
    if isinstance(sent, (list, tuple)):
        return any([_repeats(text, value, name) for value in sent])
    if type(sent) is int:
        sent = str(sent)
    if " " + name + " " in _OPEN or not isinstance(sent, str) or not sent.strip():
        return False
    text = text.lower()
    # Of a token the ends alone: all of it percent-encoded is tens of kilobytes while it is being put together.
    for part in (sent,) if len(sent) <= _PIECE else (sent[:_PIECE], sent[-_PIECE:]):
        in_url = _percent_encoded(part)
        for form in (part, json.dumps(part)[1:-1], in_url, in_url.replace("%20", "+"), _html(part)):
            form = form.lower()
            if _holds(text, form) or len(form) > _PIECE and (form[:_PIECE] in text or form[-_PIECE:] in text):
                return True
    return False


def _holds(text: str, value: str) -> bool:
    """True when `value` is in `text`; a number of up to eight digits not as a part of another, which is chance."""
    others = ""
    if len(value) <= 8 and not value.strip(_DIGITS):
        others = _DIGITS
    elif len(value) < _SHORT:
        others = _DIGITS + "abcdefghijklmnopqrstuvwxyz"
    at = text.find(value)
    while at >= 0:
        end = at + len(value)
        around = text[max(at - 1, 0) : at] + text[end : end + 1]
        if around.strip(others) == around:
            return True
        at = text.find(value, at + 1)
    return False


def _percent_encoded(text: str) -> str:
    plain = b"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    # As bytes: MicroPython keeps each str of one character for good.
    return b"".join([bytes((byte,)) if byte in plain else b"%%%02X" % byte for byte in text.encode()]).decode()


def _html(text: str) -> str:
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(sign, name)
    return text
