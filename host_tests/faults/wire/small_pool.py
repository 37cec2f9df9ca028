"""A user pool that rotates refresh tokens and has short tokens, so that thousands of refreshes take no time."""

from __future__ import annotations

import json
import threading
from typing import Any

from cognito_mp_tools.local.tls_front import Request, Response
from fake_cognito.service_model import request_violations

PASSWORD = "Correct-Horse-9"
CLIENT_ID = "1example23456789abcdefghij"


class SmallPool:
    """`handle` is a handler for TlsFront. Every sign-in begins a chain of refresh tokens, each for one refresh.

    Its clock stands still: a token is good again until the client has shown a later one of its chain, as in the grace
    of a pool whose replies get lost. One that comes after that is a client that went back, and noted.

    token_bytes  int, how long an access token is
    violations   list of str, every breach of the service's model, and every client that went back
    rotations    int, refresh tokens given out for another
    """

    def __init__(self, token_bytes: int = 60) -> None:
        self.token_bytes = token_bytes
        self.violations: list[str] = []
        self.rotations = 0
        self._given: list[int] = []  # of each chain, the number of the newest token
        self._shown: list[int] = []  # and of the newest that came back
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """The answer to `request`."""
        with self._lock:
            self.violations += request_violations(request)
            said = json.loads(request.body)
            if request.operation == "GetTokensFromRefreshToken":
                return self._refreshed(said["RefreshToken"])
            if said["AuthFlow"] == "REFRESH_TOKEN_AUTH":
                return _refusal("UnsupportedOperationException", "Refresh token rotation is on for this app client")
            self._given.append(0)
            self._shown.append(0)
            return self._tokens(len(self._given) - 1)

    def _refreshed(self, token: str) -> Response:
        chain, number = map(int, token.split(".")[:2])
        if not self._shown[chain] <= number <= self._given[chain]:
            self.violations.append(f"refresh token {number} after {self._shown[chain]} of {self._given[chain]}")
            return _refusal("RefreshTokenReuseException", "Refresh token reuse detected")
        self._shown[chain] = number
        self.rotations += 1
        return self._tokens(chain)

    def _tokens(self, chain: int) -> Response:
        self._given[chain] += 1
        number = f"{chain}.{self._given[chain]}."
        result: dict[str, Any] = {
            "AccessToken": number + "a" * (self.token_bytes - len(number)),
            "IdToken": number + "i" * (self.token_bytes - len(number)),
            "RefreshToken": number + "r" * (self.token_bytes - len(number)),
            "ExpiresIn": 3600,
            "TokenType": "Bearer",
        }
        return Response(body=json.dumps({"AuthenticationResult": result, "ChallengeParameters": {}}).encode())


def _refusal(code: str, message: str) -> Response:
    return Response(400, json.dumps({"__type": code, "message": message}).encode())
