"""What a person does at the challenge MFA_SETUP: a new authenticator is set up before there are tokens.

Each function works with a Client and, awaited, with an AsyncClient.
"""

from ..flows import challenges


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
    device = client.device_of(challenge)
    flow = challenges.verify_software_token(client.app, device, challenge, code, device_name, **options)
    return client.signing_in(flow)
