"""Root certificates as makers have them."""

import sys
from binascii import a2b_base64


def roots(cadata: bytes) -> tuple:
    """The certificates of a PEM bundle, in DER. Raises ValueError when there is none."""
    found = cadata.split(b"-----BEGIN CERTIFICATE-----") if isinstance(cadata, bytes) else ()
    certificates = [a2b_base64(part.split(b"-")[0]) for part in found[1:]]
    if not certificates or b"" in certificates:
        raise ValueError("cadata must be bytes: one DER certificate, or a PEM bundle")
    if sys.implementation.name == "cpython":  # it takes them all at once
        return (b"".join(certificates),)
    return tuple(certificates)
