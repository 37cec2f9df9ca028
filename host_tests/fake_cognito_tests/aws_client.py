"""A correct client of the double, on top of boto3: it signs in, answers challenges, proves passwords by SRP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fake_cognito.pools import AppClient, Pool

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "cognito_srp.json").read_text())
PASSWORD = "Passw0rd!"
FORM = "application/x-www-form-urlencoded"
PHONE = "+31600001234"
TIMESTAMP = "Mon Jan 5 03:04:05 UTC 2026"
TOTP_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
Reply = dict[str, Any]


def refusal(call: Callable[..., Any], **parameters: Any) -> str:
    """`Code: message` of the error that AWS's client reads in the answer."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    error = raised.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def start(aws: Any, app: AppClient, flow: str, **parameters: str) -> Reply:
    if app.secret and "USERNAME" in parameters:
        parameters.setdefault("SECRET_HASH", app.secret_hash(parameters["USERNAME"]))
    return aws.initiate_auth(AuthFlow=flow, ClientId=app.id, AuthParameters=parameters)


def sign_in(aws: Any, app: AppClient, username: str = "alice", **more: str) -> Reply:
    return start(aws, app, "USER_PASSWORD_AUTH", USERNAME=username, PASSWORD=PASSWORD, **more)


def answer(aws: Any, app: AppClient, challenge: Reply, username: str = "alice", **responses: str) -> Reply:
    """Answer as a correct client does: with USER_ID_FOR_SRP where it is given, and its SECRET_HASH."""
    name = challenge["ChallengeParameters"].get("USER_ID_FOR_SRP", username)
    responses = {"USERNAME": name, **responses}
    if app.secret:
        responses.setdefault("SECRET_HASH", app.secret_hash(name))
    session = {"Session": challenge["Session"]} if "Session" in challenge else {}
    return aws.respond_to_auth_challenge(
        ClientId=app.id, ChallengeName=challenge["ChallengeName"], ChallengeResponses=responses, **session
    )


def claims(token: str) -> Reply:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class SrpClient:
    """The client's side of SRP, as amazon-cognito-identity-js does it: in hex, with its own padding."""

    N = int(VECTORS["N"], 16)
    K = int(VECTORS["k"], 16)

    def __init__(self, small_a: int = 0xA5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5) -> None:
        self._a = small_a
        self.public = pow(2, small_a, self.N)
        self.srp_a = f"{self.public:x}"

    @staticmethod
    def padded(number: int) -> str:
        digits = f"{number:x}"
        if len(digits) % 2:
            return "0" + digits
        return "00" + digits if digits[0] in "89abcdef" else digits

    @classmethod
    def hashed(cls, hexadecimal: str) -> int:
        return int(hashlib.sha256(bytes.fromhex(hexadecimal)).hexdigest(), 16)

    def claim(self, parameters: Reply, identity: str, password: str, timestamp: str = TIMESTAMP) -> Reply:
        salt, b_public = int(parameters["SALT"], 16), int(parameters["SRP_B"], 16)
        u = self.hashed(self.padded(self.public) + self.padded(b_public))
        inner = hashlib.sha256(f"{identity}:{password}".encode()).hexdigest()
        x = self.hashed(self.padded(salt) + inner)
        shared = pow((b_public - self.K * pow(2, x, self.N)) % self.N, self._a + u * x, self.N)
        first = hmac.new(bytes.fromhex(self.padded(u)), bytes.fromhex(self.padded(shared)), "sha256").digest()
        key = hmac.new(first, b"Caldera Derived Key" + b"\x01", "sha256").digest()[:16]
        block = base64.b64decode(parameters["SECRET_BLOCK"])
        signature = hmac.new(key, identity.encode() + block + timestamp.encode(), "sha256").digest()
        return {
            "TIMESTAMP": timestamp,
            "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(signature).decode(),
        }

    def user_claim(self, pool: Pool, challenge: Reply, password: str = PASSWORD, timestamp: str = TIMESTAMP) -> Reply:
        parameters = challenge["ChallengeParameters"]
        return self.claim(parameters, pool.name + parameters["USER_ID_FOR_SRP"], password, timestamp)


def authenticator(time: float, secret: str = TOTP_SECRET) -> str:
    """What an authenticator shows (RFC 6238)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time // 30)), "sha1").digest()
    number = struct.unpack_from(">I", digest, digest[19] & 15)[0] & 0x7FFFFFFF
    return str(number % 10**6).zfill(6)
