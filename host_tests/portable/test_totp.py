"""TOTP against appendix B of RFC 6238 (SHA-1), and base32 against section 10 of RFC 4648."""

import sys

from checks import Skip, raises
from cognito_mp import totp
from cognito_mp.crypto.totp import code

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890"
RFC_6238 = (
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
)


def new_sha1(data: bytes):
    """hashlib's SHA-1, by whichever name this port has it."""
    import hashlib

    if hasattr(hashlib, "sha1"):
        return hashlib.sha1(data)
    try:
        return hashlib.new("sha1", data)
    except (AttributeError, ValueError):
        raise Skip("this port's hashlib has no SHA-1")


def test_rfc_6238():
    new_sha1(b"")
    for moment, digits in RFC_6238:
        assert code(SECRET, moment, 8) == digits
        assert code(SECRET, moment) == digits[2:]


def test_a_code_lasts_30_seconds():
    new_sha1(b"")
    assert code(SECRET, 30) == code(SECRET, 59) != code(SECRET, 60)


def test_base32_as_people_and_services_write_it():
    for secret, value in (
        ("MY======", b"f"),
        ("MZXQ====", b"fo"),
        ("MZXW6===", b"foo"),
        ("MZXW6YQ=", b"foob"),
        ("MZXW6YTB", b"fooba"),
        ("MZXW6YTBOI======", b"foobar"),
        ("mzxw6ytboi", b"foobar"),
        (" mzxw 6ytb oi ", b"foobar"),
    ):
        assert totp._base32(secret) == value


def test_bad_secrets():
    for secret in ("", "====", "M", "MZX", "MZXW6Y", "MZXW6YT1", "MZXW6YT0", "MZXW-6YTB", "MZ=W6YTB", "MZXW6YTÉ"):
        error = raises(ValueError, code, secret, 59)
        assert str(error) == "the secret is not base32"


def test_ports_without_sha1():
    """CircuitPython's hashlib has `new` alone, and some ports' has no SHA-1 at all."""
    import hashlib as real

    new_sha1(b"")

    class CircuitPython:
        @staticmethod
        def new(name, data):
            assert name == "sha1"
            return real.sha1(data) if hasattr(real, "sha1") else real.new(name, data)

    class Unsupported:
        @staticmethod
        def new(name, data):
            raise ValueError("Unsupported hash algorithm")

    class Without:
        pass

    old = sys.modules.get("hashlib")
    try:
        sys.modules["hashlib"] = CircuitPython
        assert code(SECRET, 59, 8) == "94287082"
        for port in (Unsupported, Without):
            sys.modules["hashlib"] = port
            error = raises(NotImplementedError, code, SECRET, 59)
            assert "SHA-1" in str(error) and SECRET not in str(error)
    finally:
        if old:
            sys.modules["hashlib"] = old
        else:
            del sys.modules["hashlib"]


def test_lazy_import():
    import cognito_mp

    assert cognito_mp.__getattr__("totp") is totp
