"""The sign-ins beyond a plain password: SRP, CUSTOM_AUTH, USER_AUTH, and any of them on a remembered device.

Flows, as in flows.py; here `app` is the client itself, whose clock gives the time that SRP signs.
"""

from .challenges import Challenge, answer, respond, with_device
from .errors import CognitoError, require_text
from .flows import initiate
from .protocol import read_outcome

_WITH_PASSWORD = ("PASSWORD", "PASSWORD_SRP")


def sign_in(
    app,
    username: str,
    password: "str | None",
    flow: str,
    preferred: "str | None" = None,
    client_metadata: "dict | None" = None,
):
    """InitiateAuth by `flow`, and the SRP proofs that follow it.

    flow             USER_PASSWORD_AUTH; USER_SRP_AUTH; CUSTOM_AUTH, with SRP first when there is a password;
                     USER_AUTH
    preferred        for USER_AUTH: PASSWORD, PASSWORD_SRP (either with the password), EMAIL_OTP, SMS_OTP or None,
                     which lets the user choose: the Challenge SELECT_CHALLENGE has `choices`
    client_metadata  dict of str for the pool's Lambda triggers
    Raises ValueError where an argument is missing.
    """
    require_text(username=username)
    if password is not None or flow in ("USER_PASSWORD_AUTH", "USER_SRP_AUTH") or preferred in _WITH_PASSWORD:
        require_text(password=password)
    device = app._load().get("device")
    if device:
        app.device_key = device["key"]
    try:
        return (yield from _sign_in(app, username, password, flow, preferred, client_metadata))
    except CognitoError as error:
        # It is another user's, or its owner has forgotten it: this is a new device from here on.
        if not (device and error.code == "ResourceNotFoundException" and "evice" in error.message):
            raise
    app.device_key = None
    del app._load()["device"]
    return (yield from _sign_in(app, username, password, flow, preferred, client_metadata))


def _sign_in(app, username, password, flow, preferred, client_metadata):
    parameters = {"USERNAME": username}
    a = None
    if flow == "USER_SRP_AUTH" or preferred == "PASSWORD_SRP" or flow == "CUSTOM_AUTH" and password:
        _pool_name(app)
        a = Secret()
        parameters["SRP_A"] = a.public
        if flow == "CUSTOM_AUTH":
            parameters["CHALLENGE_NAME"] = "SRP_A"
    elif flow == "USER_PASSWORD_AUTH" or preferred == "PASSWORD":
        parameters["PASSWORD"] = password
    if preferred:
        parameters["PREFERRED_CHALLENGE"] = preferred
    operation, body, repeatable = initiate(app, flow, parameters, username)
    if client_metadata:
        body["ClientMetadata"] = client_metadata
    # A repeated request for a code would send a second one, which makes the first worthless.
    outcome = read_outcome((yield operation, body, repeatable and preferred is None), username)
    if a and isinstance(outcome, Challenge) and outcome.name == "PASSWORD_VERIFIER":
        return (yield from prove(app, outcome, password, a))
    return (yield from with_device(app, outcome))


def _pool_name(app) -> str:
    """What SRP signs of the user_pool_id. Raises ValueError when `app` has none."""
    pool_id = app.user_pool_id
    if not (isinstance(pool_id, str) and "_" in pool_id):
        raise ValueError("user_pool_id must be given to the Client for SRP, such as eu-west-1_AbCdEf123")
    return pool_id.split("_", 1)[1]


class Secret:
    """One sign-in's secret `a` and the SRP_A made of it."""

    def __init__(self) -> None:
        from . import srp

        self.a = srp.random_a()
        self.public = srp.public_value(self.a)


def prove(app, challenge, password: str, secret: Secret, identity: "tuple | None" = None):
    """Answer PASSWORD_VERIFIER, or DEVICE_PASSWORD_VERIFIER for `identity`, (device group key, device key)."""
    from . import srp

    given = challenge.parameters
    pool_name, user_id = identity or (_pool_name(app), challenge.username)
    timestamp = srp.timestamp(app._clock.now())
    try:
        block, srp_b, salt = given["SECRET_BLOCK"], given["SRP_B"], given["SALT"]
    except KeyError:
        raise CognitoError("UnreadableReply", "an SRP challenge without its numbers: is the endpoint right?", 200)
    signature = srp.claim(pool_name, user_id, password, secret.a, srp_b, salt, block, timestamp, secret.public)
    proof = {
        "PASSWORD_CLAIM_SIGNATURE": signature,
        "PASSWORD_CLAIM_SECRET_BLOCK": block,
        "TIMESTAMP": timestamp,
    }
    return (yield from (answer if identity else respond)(app, challenge, proof))


def with_srp(app, challenge, answers: dict):
    """Answer PASSWORD_SRP, or SELECT_CHALLENGE with it, for `answers` that hold the PASSWORD: it stays here."""
    password = answers.pop("PASSWORD")
    _pool_name(app)
    secret = Secret()
    answers["SRP_A"] = secret.public
    outcome = yield from answer(app, challenge, answers)
    if isinstance(outcome, Challenge) and outcome.name == "PASSWORD_VERIFIER":
        return (yield from prove(app, outcome, password, secret))
    return outcome
