"""The key of an authenticator app, as its QR code and a person want it.

The URI is Google Authenticator's "Key Uri Format", which every authenticator app reads.
"""

from .html import quoted

ISSUER = "Cognito"
_LONGEST_NAME = 64  # characters: the QR code has to stay one that a phone reads from a small screen


def uri(secret: str, person: str) -> str:
    """`secret`: base32, as AssociateSoftwareToken gives it; `person`: who signs in."""
    label = quoted(person[:_LONGEST_NAME])
    return f"otpauth://totp/{ISSUER}:{label}?secret={quoted(secret)}&issuer={ISSUER}"


def grouped(secret: str) -> str:
    """`secret` in groups of four, to be typed."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
