"""RespondToAuthChallenge, which every answer to a challenge goes out by, as a flow: see flows/password.py."""

from ..challenge import Challenge
from ..protocol import Request, read_outcome, with_secret_hash


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
