"""Answers to challenges; and MFA_SETUP, where a new authenticator is set up before there are tokens.

Each function works with a Client and, awaited, with an AsyncClient.
"""

from ..flows import challenges


def respond(client, challenge, answers, **options):
    """Client.respond()."""
    return _run(client, challenges.respond, challenge, options, answers)


def set_new_password(client, challenge, new_password: str, attributes: "dict | None" = None, **options):
    """Client.set_new_password()."""
    return _run(client, challenges.set_new_password, challenge, options, new_password, attributes)


def _run(client, answer, challenge, options: dict, *answers):
    """What the flow `answer` of a sign-in comes to; it is made, and the store read, when it runs."""

    def initiate():
        return answer(client.app, client.session.known_device(), challenge, *answers, **options)

    return client.run(client.signing_in(initiate))


def associate_software_token(client, challenge):
    """The base32 secret of a new authenticator, for MFA_SETUP (AssociateSoftwareToken by Session), a str.

    Show it, or keep it for totp.code(); then verify_software_token() with a code made of it.
    """
    return client.run(challenges.associate_software_token(challenge))


def verify_software_token(client, challenge, code: str, device_name: "str | None" = None, **options):
    """Tokens or the next Challenge, once `code` shows that the authenticator works (VerifySoftwareToken, MFA_SETUP).

    options  client_metadata and user_context_data, for the answer: see flows/options.py

    Raises CognitoError when it doesn't (EnableSoftwareTokenMFAException); the challenge can be tried again.
    """
    return _run(client, challenges.verify_software_token, challenge, options, code, device_name)
