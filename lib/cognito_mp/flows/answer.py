"""RespondToAuthChallenge, which every answer to a challenge goes out by, and the device that takes part.

Flows, as in flows/password.py; `device` is the remembered device of the person who signs in, a dict, or None.
"""

from ..challenge import Challenge
from ..protocol import Request, Tokens, read_outcome, with_secret_hash


def answer(app, device: "dict | None", challenge: Challenge, answers: dict, extra: dict):
    """RespondToAuthChallenge with `answers`, which need no USERNAME and no SECRET_HASH; `extra` goes beside them."""
    key = device["key"] if device else None
    parameters = dict(
        extra,
        ClientId=app.client_id,
        ChallengeName=challenge.name,
        ChallengeResponses=with_secret_hash(app, dict(answers, USERNAME=challenge.username), challenge.username, key),
    )
    if challenge.session:
        parameters["Session"] = challenge.session
    # Its Session is single-use: an answer that may have arrived must not be sent again.
    reply = yield Request("RespondToAuthChallenge", parameters, False)
    return read_outcome(reply, challenge.username, None, challenge.sign_in_name)


def with_device(app, device: "dict | None", outcome: "Tokens | Challenge", extra: dict):
    """`outcome`, which says what device took part, once that device has proved itself where it is asked to."""
    if isinstance(outcome, Challenge) and outcome.name == "DEVICE_SRP_AUTH" and device:
        from .device import prove

        outcome = yield from prove(app, device, outcome, extra)
    if isinstance(outcome, Challenge):
        outcome.device_key = device["key"] if device else None
    elif device and device["owner"] == outcome.username:
        outcome.device = device
    return outcome
