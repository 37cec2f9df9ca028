"""Finds sign-ins in which one number of SRP lies on a boundary of how Java, and so Cognito, writes numbers.

    cd host_tests && ../.venv/bin/python -m vectors.srp_boundaries     writes srp_boundaries.json anew (3 minutes)

A fault in writing A, B, u, S, salt, verifier or key shows only where such a number begins with certain bits: as one
sign-in in sixty that fails. The arithmetic is that of fake_cognito/srp.py, which shares nothing with the library.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fake_cognito.srp import Exchange, G, N, verifier

FILE = Path(__file__).with_suffix(".json")
NUMBERS = {"A": 384, "B": 384, "u": 32, "S": 384, "salt": 16, "verifier": 384, "key": 16}  # and their bytes, at most
# By name: what the first byte, of as many bytes as the number may have, has to be.
BOUNDARIES: dict[str, Callable[[int], bool]] = {
    "first byte 00": lambda first: first == 0x00,
    "first byte 7f": lambda first: first == 0x7F,
    "first byte 80": lambda first: first == 0x80,
    "first byte ff": lambda first: first == 0xFF,
    "odd number of digits": lambda first: 0 < first < 0x10,
}
_TIMESTAMP = "Mon Jan 5 03:04:05 UTC 2026"
_PASSWORD = "Correct-Horse-9"


@dataclass
class SignIn:
    """A sign-in: what both sides have chosen. Numbers are ints."""

    user_id: str
    salt: int
    a: int
    b: int
    pool_name: str = "AbCdEf123"
    password: str = _PASSWORD
    secret_block: str = "c2VjcmV0IGJsb2NrIG9mIHRoZSBzZXJ2ZXI="

    def exchange(self) -> Exchange:
        identity = self.pool_name + self.user_id
        known = verifier(identity, self.password, self.salt)
        return Exchange(identity, self.salt, known, pow(G, self.a, N), self.b, self.secret_block)

    def number(self, name: str, exchange: Exchange) -> int:
        """The number `name` of NUMBERS."""
        if name == "salt":
            return self.salt
        if name == "A":
            return exchange.a_public
        return {
            "B": lambda: exchange.b_public,
            "verifier": lambda: exchange.verifier,
            "u": lambda: exchange.u,
            "S": lambda: exchange.shared,
            "key": lambda: int.from_bytes(exchange.key, "big"),
        }[name]()


def lies_on(boundary: str, name: str, number: int) -> bool:
    """Whether `number`, which is the one of that name, lies on `boundary`."""
    return BOUNDARIES[boundary](number.to_bytes(NUMBERS[name], "big")[0])


def read() -> Iterator[tuple[dict[str, str], SignIn]]:
    """Each vector of the file, and the sign-in that it tells of."""
    for vector in json.loads(FILE.read_text()):
        salt, a, b = (int(vector[name], 16) for name in ("salt", "a", "b"))
        yield vector, SignIn(vector["user_id"], salt, a, b)


def _found(name: str, boundary: str, chance: random.Random) -> dict[str, str]:
    while True:
        salt = chance.getrandbits(128)
        sign_in = SignIn(f"{chance.getrandbits(48):012x}", salt, chance.getrandbits(256), chance.getrandbits(256))
        if name == "salt" and not lies_on(boundary, name, salt):
            continue
        exchange = sign_in.exchange()
        if lies_on(boundary, name, sign_in.number(name, exchange)):
            return {
                "number": name,
                "boundary": boundary,
                "pool_name": sign_in.pool_name,
                "user_id": sign_in.user_id,
                "password": sign_in.password,
                "secret_block": sign_in.secret_block,
                "timestamp": _TIMESTAMP,
                "salt": f"{salt:x}",
                "a": f"{sign_in.a:x}",
                "b": f"{sign_in.b:x}",
                "SRP_A": f"{exchange.a_public:x}",
                "SRP_B": exchange.parameters["SRP_B"],
                "signature": exchange.signature(_TIMESTAMP),
            }


def main() -> None:
    chance = random.Random(3072)
    found = [_found(name, boundary, chance) for name in NUMBERS for boundary in BOUNDARIES]
    FILE.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
