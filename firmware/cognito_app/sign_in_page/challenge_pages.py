"""The part of a sign-in in which the service asks for more than a password. Loaded when it does."""

from cognito_mp import Challenge

from . import forms
from .answers import same, until_done
from .asking import Do, Page, Problem

_SELECT, _MFA_SETUP = "SELECT_MFA_TYPE", "MFA_SETUP"
_TOTP = "SOFTWARE_TOKEN_MFA"
_CODES = ("SMS_MFA", "SMS_OTP", "EMAIL_OTP", _TOTP)


def answered(challenge: Challenge, name: str, notes: list):
    """Tokens, or the next Challenge."""
    if challenge.name == "NEW_PASSWORD_REQUIRED":
        return (yield from _new_password(challenge, notes))
    if challenge.name in _CODES:
        return (yield from _code(challenge, notes))
    choices = challenge.choices if challenge.name in (_SELECT, _MFA_SETUP) else []
    if challenge.name == _MFA_SETUP and (_TOTP in choices or not choices):
        return (yield from _authenticator(challenge, name, notes))
    if challenge.name == _SELECT and choices:
        return (yield from _choice(challenge, choices, notes))
    raise Problem("unknown_challenge", challenge.name)


def _page(name: str, notes: list, **values) -> Page:
    """A page in the middle of a sign-in."""
    page = Page(name, ("confirm", "again"), **values)
    page.notes = notes
    return page


def _new_password(challenge: Challenge, notes: list):
    attributes = challenge.required_attributes

    def set_it(said: dict):
        given = {name: said[forms.ATTRIBUTE + str(number)] for number, name in enumerate(attributes)}
        return (yield Do("set_new_password", challenge, same(said), given))

    return (yield from until_done(_page("new_password", notes, attributes=attributes), set_it))


def _code(challenge: Challenge, notes: list):
    sent_to = str(challenge.parameters.get("CODE_DELIVERY_DESTINATION") or "")

    def give(said: dict):
        return (yield Do("respond", challenge, {challenge.name + "_CODE": said["code"]}))

    return (yield from until_done(_page("code", notes, by=challenge.name, sent_to=sent_to), give))


def _choice(challenge: Challenge, choices: list, notes: list):
    def choose(said: dict):
        if said["choice"] not in choices:
            raise Problem("empty")
        return (yield Do("respond", challenge, {"ANSWER": said["choice"]}))

    return (yield from until_done(_page("choose", notes, choices=choices), choose))


def _authenticator(challenge: Challenge, name: str, notes: list):
    secret = yield Do("new_authenticator", challenge)

    def confirm(said: dict):
        return (yield Do("confirm_authenticator", challenge, said["code"]))

    return (yield from until_done(_page("totp_setup", notes, secret=secret, person=name), confirm))
