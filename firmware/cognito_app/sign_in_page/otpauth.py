"""The key of an authenticator app, as its QR code and a person want it.

The URI is Google Authenticator's "Key Uri Format", which every authenticator app reads.
"""

from .html import quoted

ISSUER = "Cognito"
_LONGEST_LABEL = 64  # bytes as they are encoded: the QR code has to stay one that a phone reads from a small screen


def uri(secret: str, person: str) -> str:
    """`secret`: base32, as AssociateSoftwareToken gives it; `person`: their user name, or "" to leave it out."""
    label = _label(person)
    name = f"{ISSUER}:{label}" if label else ISSUER
    return f"otpauth://totp/{name}?secret={quoted(secret)}&issuer={ISSUER}"


def _label(person: str) -> str:
    """As much of `person` as fits: a letter of another alphabet takes up to twelve bytes."""
    label = ""
    for character in person:
        encoded = quoted(character)
        if len(label) + len(encoded) > _LONGEST_LABEL:
            break
        label += encoded
    return label


def grouped(secret: str) -> str:
    """`secret` in groups of four, to be typed."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
