"""Signing a person in on this computer: the password, and the steps that the pool asks for after it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

import click
from cognito_mp.challenge import Challenge
from cognito_mp.client import Client
from cognito_mp.errors import CognitoError, NotSignedIn
from cognito_mp.protocol import Tokens

from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.terminal import plain, say

# Cognito's AuthFlows with a password that a tool or a console can go through.
FLOWS = ("USER_PASSWORD_AUTH", "USER_SRP_AUTH")
PASSWORD_VARIABLE = "COGNITO_MP_PASSWORD"
NEW_PASSWORD_VARIABLE = "COGNITO_MP_NEW_PASSWORD"
CODE_VARIABLE = "COGNITO_MP_CODE"

# The key of the answer to each challenge that is a code, and where the code comes from.
_CODES = {
    "SMS_MFA": ("SMS_MFA_CODE", "the text message"),
    "SMS_OTP": ("SMS_OTP_CODE", "the text message"),
    "EMAIL_OTP": ("EMAIL_OTP_CODE", "the e-mail"),
    "SOFTWARE_TOKEN_MFA": ("SOFTWARE_TOKEN_MFA_CODE", "the authenticator app"),
}
_SECOND_FACTORS = {"SMS_MFA": "a text message", "SOFTWARE_TOKEN_MFA": "an authenticator app", "EMAIL_OTP": "an e-mail"}


def ask(question: str, variable: str, *, secret: bool = False, twice: bool = False, optional: bool = False) -> str:
    """What the environment `variable` holds, else what the person types (not echoed when it is a secret).

    optional: nothing at all is an answer too.

    Raises ToolFailed when there is neither.
    """
    value = os.environ.get(variable)
    if value or (optional and value is not None):
        return value
    if secret and not _terminal():
        raise _unasked(question, variable)
    try:
        default = "" if optional else None
        answer = click.prompt(
            plain(question), hide_input=secret, confirmation_prompt=twice, default=default, show_default=False
        )
        return str(answer)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise _unasked(question, variable) from None


def _terminal() -> bool:
    """True where a password can be typed without being shown: getpass asks the terminal, not the standard input."""
    try:
        os.close(os.open("CONIN$" if os.name == "nt" else "/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True


def _unasked(question: str, variable: str) -> ToolFailed:
    what = question[0].lower() + question[1:]
    return ToolFailed(f"the {what} is needed, and there is nobody to ask: set {variable}.")


def sign_in(client: Client, username: str, password: str, flow: str = FLOWS[0]) -> Tokens:
    """Sign in with `client`, asking the person whatever the pool asks. Raises ToolFailed with Cognito's own words."""
    with _explained(), client:
        outcome = client.sign_in(username, password, flow)
        while not isinstance(outcome, Tokens):
            outcome = _answer(client, outcome)
        return outcome


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Turn what the library raises into ToolFailed."""
    try:
        yield
    except CognitoError as problem:
        secret_is_missing = "SECRET_HASH was not received" in problem.message
        hint = " Its secret goes into COGNITO_MP_CLIENT_SECRET." if secret_is_missing else ""
        raise ToolFailed(f"Cognito refuses: {problem.message or problem.code} ({problem.code}).{hint}") from problem
    except (NotSignedIn, OSError, ValueError) as problem:
        raise ToolFailed(f"signing in failed: {problem}.") from problem


def _answer(client: Client, challenge: Challenge) -> Tokens | Challenge:
    if challenge.name in _CODES:
        return _answer_code(client, challenge)
    answer = _ANSWERS.get(challenge.name)
    if answer is None:
        raise ToolFailed(f"this user has to answer {challenge.name} first, which cognito-mp can't: use a browser.")
    return answer(client, challenge)


def _answer_code(client: Client, challenge: Challenge) -> Tokens | Challenge:
    key, source = _CODES[challenge.name]
    where = challenge.parameters.get("CODE_DELIVERY_DESTINATION") or challenge.parameters.get("FRIENDLY_DEVICE_NAME")
    say(f"Cognito asks for the code from {source}" + (f" ({where})." if where else "."))
    return client.respond(challenge, {key: ask("Code", CODE_VARIABLE)})


def _answer_new_password(client: Client, challenge: Challenge) -> Tokens | Challenge:
    say("The password was a temporary one: Cognito asks for a new one.")
    password = ask("New password", NEW_PASSWORD_VARIABLE, secret=True, twice=True)
    attributes = {name: ask(name, f"COGNITO_MP_{name.upper()}") for name in challenge.required_attributes}
    return client.set_new_password(challenge, password, attributes)


def _answer_choice(client: Client, challenge: Challenge) -> Tokens | Challenge:
    choices = challenge.choices
    if not choices:
        raise ToolFailed("Cognito asks for a choice of second factors, and names none: use a browser.")
    say("Cognito asks how to confirm that it is you:")
    for choice in choices:
        say(f"  {choice}: {_SECOND_FACTORS.get(choice, choice)}")
    return client.respond(challenge, {"ANSWER": click.prompt("Which", type=click.Choice(choices))})


_ANSWERS: dict[str, Callable[[Client, Challenge], Tokens | Challenge]] = {
    "NEW_PASSWORD_REQUIRED": _answer_new_password,
    "SELECT_MFA_TYPE": _answer_choice,
}
