"""SRP-6a as Cognito speaks it: RFC 5054's 3072-bit group, SHA-256, and a key of its own derivation.

Sources: RFC 5054 sections 2.5, 2.6 and appendix A; RFC 5869 for the key; RespondToAuthChallenge (PASSWORD_VERIFIER)
and ConfirmDevice of the user pools API. An RP2040 at 125 MHz takes 2.6 s for public_value() and 13.2 s for
claim(), where the built-in pow() would take 6.7 s and 21 s.
"""

from binascii import a2b_base64, b2a_base64, unhexlify
from os import urandom

from .hmac_sha256 import hmac_sha256, sha256
from .srp_group import N, power, two_to


def _padded(number: int) -> bytes:
    """`number` as Java's BigInteger.toByteArray() writes it: big-endian, no longer than a clear top bit needs."""
    digits = "%x" % number
    if len(digits) % 2:
        digits = "0" + digits
    elif digits > "8":
        digits = "00" + digits
    return unhexlify(digits)


def _hash(data: bytes) -> int:
    return int.from_bytes(sha256(data).digest(), "big")


def _x(identity: str, password: str, salt: int) -> int:
    """The private key x of RFC 5054, 2.6, with Cognito's identity."""
    return _hash(_padded(salt) + sha256((identity + ":" + password).encode()).digest())


def _base64(data: bytes) -> str:
    return b2a_base64(data)[:-1].decode()


def random_a() -> int:
    """A client's secret: 256 bits from os.urandom, never 0. One for each sign-in. Raises OSError without a source."""
    a = int.from_bytes(urandom(32), "big")
    if not a:
        raise OSError("os.urandom gave zeros alone")
    return a


def public_value(a: int) -> str:
    """SRP_A: A = g**a mod N in lower-case hex, without leading zeros (RFC 5054, 2.5.4)."""
    return "%x" % two_to(a)


def claim(
    pool_name: str,
    user_id: str,
    password: str,
    a: int,
    srp_b: str,
    salt: str,
    secret_block: str,
    timestamp: str,
    srp_a: "str | None" = None,
) -> str:
    """PASSWORD_CLAIM_SIGNATURE in base64: proof that the password is known (RFC 5054, 2.6; RespondToAuthChallenge).

    pool_name     the pool's id after "_"; for DEVICE_PASSWORD_VERIFIER the device group key
    user_id       USER_ID_FOR_SRP of the challenge; for a device its key
    a             the secret whose public_value() went out as SRP_A
    srp_b, salt, secret_block   SRP_B and SALT (hex) and SECRET_BLOCK (base64) of the challenge
    timestamp     what goes out as TIMESTAMP, of timestamp()
    srp_a         public_value(a) where it is at hand: working it out again costs 2.6 s on an RP2040
    Raises ValueError where the server's values are unreadable, or would betray the key (B % N == 0, u == 0).
    """
    b = int(srp_b, 16)
    n = int.from_bytes(N, "big")
    u = _hash(_padded(int(srp_a or public_value(a), 16)) + _padded(b))
    if not (b % n and u):
        raise ValueError("SRP_B of the server is unsafe")
    identity = pool_name + user_id
    x = _x(identity, password, int(salt, 16))
    k = _hash(b"\0" + N + b"\2")
    s = power((b - k * two_to(x)) % n, a + u * x)
    key = hmac_sha256(hmac_sha256(_padded(u), _padded(s)), b"Caldera Derived Key\1")[:16]
    message = identity.encode() + a2b_base64(secret_block) + timestamp.encode()
    return _base64(hmac_sha256(key, message))


def timestamp(unix_seconds: int) -> str:
    """TIMESTAMP for a moment in seconds since 1970: "Mon Jan 5 03:04:05 UTC 2026", English in every locale."""
    from ..calendar_utc import civil

    year, month, day, hour, minute, second, weekday = civil(unix_seconds)
    return "%s %s %d %02d:%02d:%02d UTC %d" % (
        "MonTueWedThuFriSatSun"[3 * weekday : 3 * weekday + 3],
        "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * month - 3 : 3 * month],
        day,
        hour,
        minute,
        second,
        year,
    )


def verifier(device_group_key: str, device_key: str, password: str, salt: str) -> tuple:
    """(Salt, PasswordVerifier) in base64, for ConfirmDevice's DeviceSecretVerifierConfig (RFC 5054, 2.5.3).

    password is the device's own secret, and salt 16 random bytes in hex; raises ValueError when salt is not hex.
    """
    number = int(salt, 16)
    v = two_to(_x(device_group_key + device_key, password, number))
    return _base64(_padded(number)), _base64(_padded(v))
