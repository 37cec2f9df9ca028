"""The codes of an authenticator app (RFC 6238), for SOFTWARE_TOKEN_MFA and VerifySoftwareToken."""

from ..argument_types import require_whole
from .hmac_sha256 import hmac_sha256


def _sha1(data: bytes):
    """A SHA-1 state that has taken in `data`. Raises NotImplementedError where hashlib has none."""
    import hashlib

    if hasattr(hashlib, "sha1"):
        return hashlib.sha1(data)
    try:
        return hashlib.new("sha1", data)  # type: ignore[attr-defined]  # CircuitPython has it
    except (AttributeError, ValueError):
        raise NotImplementedError("this port's hashlib has no SHA-1") from None


def _base32(text: str) -> bytes:
    """The bytes of RFC 4648 base32; case, spaces and padding are free. ValueError when it is none."""
    bits = 0
    count = 0
    for character in text.upper().replace(" ", "").rstrip("="):
        value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(character)
        if value < 0:
            count = 1
            break
        bits = bits << 5 | value
        count += 5
    # One, three or six characters beyond whole groups of eight are the end of nothing.
    if count % 8 > 4 or not count > 4:
        raise ValueError("the secret is not base32")
    return (bits >> count % 8).to_bytes(count // 8, "big")


def code(secret_base32: str, unix_seconds: int, digits: int = 6) -> str:
    """The code for a moment: HMAC-SHA1, steps of 30 s, as Cognito wants them (AssociateSoftwareToken).

    secret_base32  SecretCode of AssociateSoftwareToken, or what another service shows
    unix_seconds   int, seconds since 1970; the clock must be right to some 30 s
    digits         of the code, 6 to 8
    Raises ValueError when the secret is not base32 and NotImplementedError where the port has no SHA-1.
    """
    if not isinstance(secret_base32, str):
        raise ValueError("secret_base32 must be a string")
    require_whole(0, 1 << 40, unix_seconds=unix_seconds)
    require_whole(6, 8, digits=digits)
    digest = hmac_sha256(_base32(secret_base32), (unix_seconds // 30).to_bytes(8, "big"), _sha1)
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return ("0" * digits + str(number))[-digits:]
