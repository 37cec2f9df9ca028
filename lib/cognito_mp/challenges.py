"""Challenges, and the answers to them as flows. See flows.py for what a flow is."""

import json

from .errors import CognitoError, require_text
from .protocol import Tokens, hashed, read_outcome

_PREFIX = "userAttributes."


class Challenge:
    """A step that the service asks for before it gives tokens.

    name: str, Cognito's ChallengeName; parameters: dict of str; session: str or None;
    username: str, the name that the answer must carry; required_attributes: list of str;
    choices: list of str, what may be chosen where the challenge is a choice.
    """

    def __init__(self, reply: dict, username: str) -> None:
        self.name = reply["ChallengeName"]
        self.parameters = reply.get("ChallengeParameters") or {}
        self.session = reply.get("Session")
        self._available = reply.get("AvailableChallenges") or []
        # The answer, and its SECRET_HASH, carry this name where it is given, not what was typed.
        self.username = self.parameters.get("USER_ID_FOR_SRP") or username

    def _list(self, name: str) -> list:
        value = self.parameters.get(name) or []
        return json.loads(value) if isinstance(value, str) else value  # AWS sends JSON in a string, some a real list

    @property
    def required_attributes(self) -> list:
        names = self._list("requiredAttributes")
        return [name[len(_PREFIX) :] if name.startswith(_PREFIX) else name for name in names]

    @property
    def choices(self) -> list:
        return self._available or self._list("MFAS_CAN_CHOOSE") or self._list("MFAS_CAN_SETUP")

    def __repr__(self) -> str:
        return "Challenge(%s)" % self.name


def _key(name: str) -> str:
    """The ChallengeResponses key that the one answer to the challenge `name` goes under."""
    if name.endswith(("_MFA", "_OTP")):
        return name + "_CODE"
    if name == "NEW_PASSWORD_REQUIRED":
        return "NEW_PASSWORD"
    return "PASSWORD" if name.startswith("PASSWORD") else "ANSWER"


def answer(app, challenge: Challenge, answers: dict):
    """RespondToAuthChallenge with `answers`, which need no USERNAME and no SECRET_HASH."""
    answers["USERNAME"] = challenge.username
    parameters = {
        "ClientId": app.client_id,
        "ChallengeName": challenge.name,
        "ChallengeResponses": hashed(app, answers, challenge.username),
    }
    if challenge.session:
        parameters["Session"] = challenge.session
    # Its Session is single-use: an answer that may have arrived must not be sent again.
    reply = yield "RespondToAuthChallenge", parameters, False
    return read_outcome(reply, challenge.username)


def respond(app, challenge: Challenge, answers: "dict | str"):
    """Answer `challenge` with ChallengeResponses, or with a str where it asks for one thing: a code, a password.

    The answers to PASSWORD_SRP, and to SELECT_CHALLENGE with it, hold the PASSWORD, which SRP then proves.
    """
    if not isinstance(challenge, Challenge):
        raise ValueError("challenge must be the Challenge that a sign-in returned")
    if isinstance(answers, str):
        require_text(answers=answers)
        answers = {_key(challenge.name): answers}
    if not isinstance(answers, dict):
        raise ValueError("answers must be a dict of ChallengeResponses, or a str where one thing is asked for")
    answers = dict(answers)
    if "PASSWORD" in answers and "PASSWORD_SRP" in (challenge.name, answers.get("ANSWER")):
        from .sign_ins import with_srp

        outcome = yield from with_srp(app, challenge, answers)
    else:
        outcome = yield from answer(app, challenge, answers)
    return (yield from with_device(app, outcome))


def with_device(app, outcome):
    """`outcome`, once a remembered device has proved itself where it is asked to."""
    if isinstance(outcome, Tokens):
        if app.device_key and app._load()["device"]["owner"] != outcome.username:
            app.device_key = None  # another user's
            del app._load()["device"]
    elif outcome.name == "DEVICE_SRP_AUTH" and app.device_key:
        from .device import prove

        outcome = yield from prove(app, outcome)
    return outcome


def set_new_password(app, challenge: Challenge, new_password: str, attributes: "dict | None"):
    """NEW_PASSWORD_REQUIRED. `attributes`: names without prefix to str; those required must be there."""
    if not isinstance(challenge, Challenge) or challenge.name != "NEW_PASSWORD_REQUIRED":
        raise ValueError("challenge must be a NEW_PASSWORD_REQUIRED Challenge")
    require_text(new_password=new_password)
    attributes = attributes or {}
    if not isinstance(attributes, dict):
        raise ValueError("attributes must be a dict of names, without prefix, to str")
    # Asked before the answer goes out: its Session is good for one answer only.
    for name in challenge.required_attributes:
        if name not in attributes:
            raise ValueError("attributes must hold %r, which the pool requires" % name)
    answers = {_PREFIX + name: attributes[name] for name in attributes}
    answers["NEW_PASSWORD"] = new_password
    return respond(app, challenge, answers)


def associate_software_token(client, challenge: Challenge) -> str:
    """The base32 secret of a new authenticator, for MFA_SETUP (AssociateSoftwareToken by Session).

    Show it, or keep it for totp.code(); then verify_software_token() with a code made of it.
    """
    return client._drive(client._exchange(_associate(challenge)))


def _associate(challenge: Challenge):
    reply = yield "AssociateSoftwareToken", {"Session": challenge.session}, False
    challenge.session = reply.get("Session")
    return reply["SecretCode"]


def verify_software_token(client, challenge: Challenge, code: str, device_name: "str | None" = None):
    """Tokens or the next Challenge, once `code` shows that the authenticator works (VerifySoftwareToken, MFA_SETUP).

    Raises CognitoError when it doesn't (EnableSoftwareTokenMFAException); the challenge can be tried again.
    """
    return client._drive(client._exchange(_verify(client, challenge, code, device_name)))


def _verify(app, challenge: Challenge, code: str, device_name: "str | None"):
    parameters = {"Session": challenge.session, "UserCode": code}
    if device_name:
        parameters["FriendlyDeviceName"] = device_name
    reply = yield "VerifySoftwareToken", parameters, False
    challenge.session = reply.get("Session") or challenge.session
    if reply.get("Status") != "SUCCESS":
        raise CognitoError("EnableSoftwareTokenMFAException", "the code was not accepted", 200)
    return (yield from respond(app, challenge, {}))
