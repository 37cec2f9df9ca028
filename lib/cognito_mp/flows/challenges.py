"""Answers to challenges, as flows: see flows/password.py for what a flow is.

`device` is the remembered device, a dict, or None: it goes out where it takes part in the sign-in of the challenge.
"""

from ..argument_types import require_optional_text, require_text_dict
from ..challenge import ATTRIBUTE_PREFIX, Challenge, unreadable
from ..errors import CognitoError, require_text
from ..protocol import Request
from .answer import answer
from .with_device import goes_on_without, with_device


def _key(name: str) -> str:
    """The ChallengeResponses key that the one answer to the challenge `name` goes under."""
    if name.endswith("_MFA") or name.endswith("_OTP"):
        return name + "_CODE"
    if name == "NEW_PASSWORD_REQUIRED":
        return "NEW_PASSWORD"
    if name == "WEB_AUTHN":
        return "CREDENTIAL"
    return "PASSWORD" if name.startswith("PASSWORD") else "ANSWER"


def _require_challenge(challenge) -> None:
    if not isinstance(challenge, Challenge):
        raise ValueError("challenge must be the Challenge that a sign-in returned")


def respond(app, device: "dict | None", challenge: Challenge, answers: "dict | str", **options):
    """Answer `challenge` with ChallengeResponses, or with a str where it asks for one thing: a code, a password.

    The answers to PASSWORD_SRP, and to SELECT_CHALLENGE with it, hold the PASSWORD, which SRP then proves.

    options  client_metadata, user_context_data: dicts, see flows/options.py
    """
    _require_challenge(challenge)
    if isinstance(answers, str):
        require_text(answers=answers)
        answers = {_key(challenge.name): answers}
    if not isinstance(answers, dict):
        raise ValueError("answers must be a dict of ChallengeResponses, or a str where one thing is asked for")
    for key in answers:
        if not (isinstance(key, str) and isinstance(answers[key], str)):
            raise ValueError("answers must hold strings alone")
    extra: dict = {}
    if options:
        from .options import add_options

        add_options(extra, options)
    named = device if device and device["key"] == challenge.device_key else None
    try:
        named, outcome = yield from _responded(app, device, named, challenge, dict(answers), extra)
    except CognitoError as error:
        if not (device and goes_on_without(error)):
            raise
        # The service may take the same answer from a device that it does not know.
        device = named = None
        named, outcome = yield from _responded(app, None, None, challenge, dict(answers), extra)
    return (yield from with_device(app, device, named, outcome, extra, challenge.flow))


def _responded(app, device, named, challenge, answers, extra):
    """(the device that was named at last or None, outcome)."""
    if "PASSWORD" in answers and "PASSWORD_SRP" in (challenge.name, answers.get("ANSWER")):
        from .srp import answer_with_srp

        return (yield from answer_with_srp(app, device, named, challenge, answers, extra))
    return named, (yield from answer(app, named, challenge, answers, extra))


def set_new_password(
    app, device: "dict | None", challenge: Challenge, new_password: str, attributes: "dict | None", **options
):
    """NEW_PASSWORD_REQUIRED. `attributes`: names without prefix to str; those required must be there."""
    if not isinstance(challenge, Challenge) or challenge.name != "NEW_PASSWORD_REQUIRED":
        raise ValueError("challenge must be a NEW_PASSWORD_REQUIRED Challenge")
    require_text(new_password=new_password)
    require_text_dict(attributes=attributes)
    attributes = attributes or {}
    # Asked before the answer goes out: its Session is good for one answer only.
    for name in challenge.required_attributes:
        if name not in attributes:
            raise ValueError("attributes must hold %r, which the pool requires" % name)
    answers = {ATTRIBUTE_PREFIX + name: attributes[name] for name in attributes}
    answers["NEW_PASSWORD"] = new_password
    return respond(app, device, challenge, answers, **options)


def _next_session(reply: dict) -> "str | None":
    session = reply.get("Session")
    if not (session is None or isinstance(session, str)):
        raise unreadable("a Session that is not a string")
    return session


def associate_software_token(challenge: Challenge):
    """AssociateSoftwareToken with the Session of `challenge` (MFA_SETUP), whose next Session it keeps: the secret."""
    _require_challenge(challenge)
    reply = yield Request("AssociateSoftwareToken", {"Session": challenge.session}, False)
    challenge.session = _next_session(reply)
    if not isinstance(reply.get("SecretCode"), str):
        raise unreadable("no SecretCode")
    return reply["SecretCode"]


def verify_software_token(app, device, challenge: Challenge, code: str, device_name: "str | None", **options):
    """VerifySoftwareToken with the Session of `challenge` (MFA_SETUP), then the answer to the challenge."""
    _require_challenge(challenge)
    require_text(code=code)
    require_optional_text(device_name=device_name)
    if options:
        from .options import add_options

        add_options({}, options)  # before the Session is used up
    parameters = {"Session": challenge.session, "UserCode": code}
    if device_name:
        parameters["FriendlyDeviceName"] = device_name
    reply = yield Request("VerifySoftwareToken", parameters, False)
    challenge.session = _next_session(reply) or challenge.session
    if reply.get("Status") != "SUCCESS":
        raise CognitoError("EnableSoftwareTokenMFAException", "the code was not accepted", 200)
    return (yield from respond(app, device, challenge, {}, **options))
