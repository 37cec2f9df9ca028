"""The proofs of Secure Remote Password: a password, or a remembered device's secret, is known and not sent.

Flows, as in flows/password.py. Source: RespondToAuthChallenge, PASSWORD_VERIFIER and DEVICE_PASSWORD_VERIFIER.
"""

from ..challenge import Challenge, unreadable
from ..errors import CognitoError
from ..protocol import NOW
from .answer import answer

# As NOW, the name of a clock's function: what it returns is sent.
TICKS = "ticks_ms"
_HEX_DIGITS = "0123456789abcdefABCDEF"


def pool_name(app) -> str:
    """The part of the pool's id that SRP signs. Raises ValueError when `app` has no id."""
    pool_id = app.user_pool_id
    if not (isinstance(pool_id, str) and "_" in pool_id):
        raise ValueError("user_pool_id must be given to the Client for SRP, such as eu-west-1_AbCdEf123")
    return pool_id.split("_", 1)[1]


def prove(app, device, challenge: Challenge, password: str, secret, extra: dict, of_device: bool = False):
    """Answer PASSWORD_VERIFIER, or DEVICE_PASSWORD_VERIFIER for `device` itself; Tokens or the next Challenge.

    secret   the srp.Secret whose `public` went out as SRP_A
    extra    dict, what goes out beside the answers: ClientMetadata and the like
    Raises CognitoError where the service refuses, or its numbers can't be right.
    """
    from ..crypto import srp

    started = yield TICKS
    given = challenge.parameters
    numbers: list = [given.get(name) for name in ("SRP_B", "SALT", "SECRET_BLOCK")]
    for number in numbers:
        if not (number and isinstance(number, str)):
            raise unreadable("an SRP challenge without its numbers")
    srp_b, salt, block = numbers
    if (srp_b + salt).strip(_HEX_DIGITS):
        raise unreadable("an SRP challenge whose numbers are not hex")
    timestamp = srp.timestamp((yield NOW))
    try:
        signature = yield from srp.claim_in_steps(
            device["group"] if of_device else pool_name(app),
            device["key"] if of_device else challenge.username,
            password,
            secret.number,
            srp_b,
            salt,
            block,
            timestamp,
            secret.public,
        )
    except ValueError:
        raise unreadable("an SRP challenge whose numbers can't be right") from None
    answers = {
        "PASSWORD_CLAIM_SIGNATURE": signature,
        "PASSWORD_CLAIM_SECRET_BLOCK": block,
        "TIMESTAMP": timestamp,
    }
    try:
        return (yield from answer(app, device, challenge, answers, extra))
    except CognitoError as error:
        refused = error
    from .late_proof import explained

    raise explained(refused, started, (yield TICKS), of_device)


def prove_password(app, device, named, challenge: Challenge, password: str, secret, extra: dict):
    """Answer PASSWORD_VERIFIER, which says who signs in: (the device that was named with the answer or None, outcome).

    device, named  as for with_device()
    """
    if device:
        from .whose_device import told

        named = told(device, named, challenge)
    return named, (yield from prove(app, named, challenge, password, secret, extra))


def answer_with_srp(app, device, named, challenge: Challenge, answers: dict, extra: dict):
    """Answer PASSWORD_SRP, or SELECT_CHALLENGE with it, for `answers` that hold the PASSWORD: it stays here.

    As prove_password().
    """
    from ..crypto import srp

    password = answers.pop("PASSWORD")
    pool_name(app)  # before anything is sent
    secret = yield from srp.secret_in_steps()
    answers["SRP_A"] = secret.public
    outcome = yield from answer(app, named, challenge, answers, extra)
    if isinstance(outcome, Challenge) and outcome.name == "PASSWORD_VERIFIER":
        return (yield from prove_password(app, device, named, outcome, password, secret, extra))
    return named, outcome
