"""Answers to challenges; and MFA_SETUP, where a new authenticator is set up before there are tokens.

Each function works with a Client and, awaited, with an AsyncClient.
"""

from ..flows import challenges


def respond(client, challenge, answers, **options):
    """Client.respond()."""
    device = _device_of(client.session, challenge)
    return client.run(client.signing_in(challenges.respond(client.app, device, challenge, answers, **options)))


def set_new_password(client, challenge, new_password: str, attributes: "dict | None" = None, **options):
    """Client.set_new_password()."""
    device = _device_of(client.session, challenge)
    flow = challenges.set_new_password(client.app, device, challenge, new_password, attributes, **options)
    return client.run(client.signing_in(flow))


def _device_of(session, challenge) -> "dict | None":
    """The remembered device that takes part in the sign-in of `challenge`, or None."""
    key = getattr(challenge, "device_key", None)  # it may be no Challenge: the flow says so
    device = session.device_for(challenge.sign_in_name) if key else None
    return device if device and device["key"] == key else None


def associate_software_token(client, challenge):
    """The base32 secret of a new authenticator, for MFA_SETUP (AssociateSoftwareToken by Session), a str.

    Show it, or keep it for totp.code(); then verify_software_token() with a code made of it.
    """
    return client.run(challenges.associate_software_token(challenge))


def verify_software_token(client, challenge, code: str, device_name: "str | None" = None, **options):
    """Tokens or the next Challenge, once `code` shows that the authenticator works (VerifySoftwareToken, MFA_SETUP).

    options  client_metadata, user_context_data and analytics_metadata, for the answer: see flows/options.py

    Raises CognitoError when it doesn't (EnableSoftwareTokenMFAException); the challenge can be tried again.
    """
    device = _device_of(client.session, challenge)
    flow = challenges.verify_software_token(client.app, device, challenge, code, device_name, **options)
    return client.run(client.signing_in(flow))
