"""The server's side of Cognito's SRP, written from the protocol and not from the library under test.

The group is the 3072-bit one of RFC 3526 (section 5), which RFC 5054 takes over with g = 5; Cognito takes g = 2.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"
    "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D"
    "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2

_TIMESTAMP = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"([1-9]\d?) (\d\d:\d\d:\d\d) UTC (\d{4})"
)


def padded(number: int) -> bytes:
    """`number` as Java's BigInteger.toByteArray: two's complement, hence a zero byte before a set top bit."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)


def _hashed(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


K = _hashed(padded(N), padded(G))


def verifier(identity: str, password: str, salt: int) -> int:
    """g^x. `identity`: pool name (after the _) and user id, or DeviceGroupKey and DeviceKey, run together."""
    inner = hashlib.sha256(f"{identity}:{password}".encode()).digest()
    return pow(G, _hashed(padded(salt), inner), N)


def timestamp_is_valid(text: str) -> bool:
    """Whether `text` is a TIMESTAMP: `Mon Jan 5 03:04:05 UTC 2026`, in English, the day unpadded and the right one."""
    matched = _TIMESTAMP.fullmatch(text)
    if not matched:
        return False
    weekday, month, day, time, year = matched.groups()
    try:
        moment = datetime.strptime(f"{month} {day} {time} {year}", "%b %d %H:%M:%S %Y")
    except ValueError:
        return False
    return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()] == weekday


@dataclass
class Exchange:
    """One proof of a password that a client has begun with A and the server answers with B.

    `identity` as for verifier(); `salt`, `verifier`, `a_public` (A) and `b` are numbers; `secret_block` is base64.
    """

    identity: str
    salt: int
    verifier: int
    a_public: int
    b: int
    secret_block: str

    @property
    def b_public(self) -> int:
        return (K * self.verifier + pow(G, self.b, N)) % N

    @property
    def parameters(self) -> dict[str, str]:
        """SALT, SRP_B and SECRET_BLOCK; numbers in hex without leading zeros, as AWS's server writes them."""
        return {"SALT": f"{self.salt:x}", "SRP_B": f"{self.b_public:x}", "SECRET_BLOCK": self.secret_block}

    @property
    def u(self) -> int:
        return _hashed(padded(self.a_public), padded(self.b_public))

    @property
    def shared(self) -> int:
        """S, which both sides come to."""
        return pow(self.a_public * pow(self.verifier, self.u, N), self.b, N)

    @property
    def key(self) -> bytes:
        return _keyed(_keyed(padded(self.u), padded(self.shared)), b"Caldera Derived Key\x01")[:16]

    def signature(self, timestamp: str) -> str:
        """The PASSWORD_CLAIM_SIGNATURE that only someone who knows the password can send."""
        message = self.identity.encode() + base64.b64decode(self.secret_block) + timestamp.encode()
        return base64.b64encode(_keyed(self.key, message)).decode()

    def accepts(self, responses: dict[str, str]) -> bool:
        """Whether `responses` echo the secret block and prove the password."""
        echoed = responses["PASSWORD_CLAIM_SECRET_BLOCK"] == self.secret_block
        return echoed and self.signature(responses["TIMESTAMP"]) == responses["PASSWORD_CLAIM_SIGNATURE"]


def read_public(text: str) -> int | None:
    """The number A in an SRP_A; None when it is not one that the protocol allows (hex, not 0 modulo N)."""
    if not re.fullmatch(r"[0-9a-fA-F]{1,768}", text) or int(text, 16) % N == 0:
        return None
    return int(text, 16)
