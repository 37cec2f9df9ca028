"""SRP-6a as Cognito speaks it: RFC 5054's 3072-bit group, SHA-256, and a key of its own derivation.

Sources: RFC 5054 sections 2.5, 2.6 and appendix A; RFC 5869 for the key; RespondToAuthChallenge (PASSWORD_VERIFIER)
and ConfirmDevice of the user pools API.

Each long piece of arithmetic is there twice: as a function, and as a generator (*_in_steps) that yields 0 between
products, as a flow does to let others have their turn, and returns the same.
"""

from binascii import a2b_base64, b2a_base64, hexlify, unhexlify
from os import urandom

from .hmac_sha256 import hmac_sha256, sha256
from .srp_group import N, at_once, power, two_to


def _padded(number: int, size: int = 384) -> bytes:
    """`number` as Java's BigInteger.toByteArray() writes it: big-endian, no longer than a clear top bit needs.

    size  bytes that are enough for it; writing it in hex instead would take an RP2040 50 ms
    """
    if number < 0:
        raise ValueError("SRP has no negative numbers")
    digits = number.to_bytes(size, "big").lstrip(b"\0")
    return digits if digits and digits[0] < 0x80 else b"\0" + digits


def _from_hex(digits: str) -> int:
    """int(digits, 16), for which an RP2040 takes 6 ms longer."""
    return int.from_bytes(unhexlify("0" * (len(digits) & 1) + digits), "big")


def _hash(data: bytes) -> int:
    return int.from_bytes(sha256(data).digest(), "big")


def _x(identity: str, password: str, salt: str) -> int:
    """The private key x of RFC 5054, 2.6, with Cognito's identity."""
    return _hash(_padded(int(salt, 16), len(salt)) + sha256((identity + ":" + password).encode()).digest())


def _base64(data: bytes) -> str:
    return b2a_base64(data)[:-1].decode()


def random_a() -> int:
    """A client's secret: 256 bits from os.urandom, never 0. One for each sign-in. Raises OSError without a source."""
    a = int.from_bytes(urandom(32), "big")
    if not a:
        raise OSError("os.urandom gave zeros alone")
    return a


class Secret:
    """The secret of one sign-in, made ahead of it: see secret_in_steps().

    number  int, a
    public  str, the SRP_A made of it
    """

    def __init__(self, number: int, public: str) -> None:
        self.number = number
        self.public = public
        self._taken = False

    def take(self) -> None:
        """To be called by the sign-in that uses it. Raises ValueError the second time: it is for one only."""
        if self._taken:
            raise ValueError("secret has been used: make a new one for each sign-in")
        self._taken = True


def secret_in_steps():
    """A flow: a new Secret, for the `secret` of a sign-in. `client.run(srp.secret_in_steps())` makes one.

    It needs neither the person's name nor the network, so it can be made while they type: an RP2040 takes 0.6 s.
    """
    a = random_a()
    return Secret(a, (yield from public_value_in_steps(a)))


def public_value(a: int) -> str:
    """SRP_A: A = g**a mod N in lower-case hex, without leading zeros (RFC 5054, 2.5.4)."""
    from .srp_arguments import public_value as check

    check(a)
    return at_once(public_value_in_steps(a))


def public_value_in_steps(a: int):
    """public_value() as a generator."""
    value = yield from two_to(a)
    return hexlify(_padded(value)).decode().lstrip("0")


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
    srp_a         public_value(a) where it is at hand: it takes as long as a quarter of all this
    Raises ValueError where the server's values are unreadable, or would betray the key (B % N == 0, u == 0).
    """
    from .srp_arguments import claim as check

    check(pool_name, user_id, password, a, srp_b, salt, secret_block, timestamp, srp_a)
    return at_once(
        claim_in_steps(pool_name, user_id, password, a, srp_b, salt, secret_block, timestamp, srp_a or public_value(a))
    )


def claim_in_steps(
    pool_name: str,
    user_id: str,
    password: str,
    a: int,
    srp_b: str,
    salt: str,
    secret_block: str,
    timestamp: str,
    srp_a: str,
):
    """claim() as a generator."""
    b = _from_hex(srp_b)
    n = int.from_bytes(N, "big")
    u = _hash(_padded(_from_hex(srp_a)) + _padded(b, len(srp_b)))
    if not (b % n and u):
        raise ValueError("SRP_B of the server is unsafe")
    identity = pool_name + user_id
    x = _x(identity, password, salt)
    k = _hash(b"\0" + N + b"\2")
    v = yield from two_to(x)
    s = yield from power((b - k * v) % n, a + u * x)
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
    from .srp_arguments import verifier as check

    check(device_group_key, device_key, password, salt)
    return at_once(verifier_in_steps(device_group_key, device_key, password, salt))


def verifier_in_steps(device_group_key: str, device_key: str, password: str, salt: str):
    """verifier() as a generator."""
    v = yield from two_to(_x(device_group_key + device_key, password, salt))
    return _base64(_padded(int(salt, 16), len(salt))), _base64(_padded(v))
