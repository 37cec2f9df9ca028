"""The service, as a fleet sees it: a quota of requests a second for the whole account, and outages.

The quota is that of the category UserAuthentication: InitiateAuth, GetTokensFromRefreshToken and the token endpoint's
refreshes share it. (RespondToAuthChallenge has three times as much apart, RevokeToken is UserToken's.) Source:
https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html#category_operations
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cognito_mp import CognitoError

# What Cognito says when a quota is used up, and when it is down.
_THROTTLED = "TooManyRequestsException", "Rate exceeded", 400
_DOWN = "InternalErrorException", "down", 500


@dataclass
class Service:
    """Answers at once, and counts.

    quota       sign-ins and refreshes together that it takes in each second; the others are refused
    token_life  seconds that the tokens live which it gives
    outage      (from, to) in seconds, in which it refuses all
    says_why    False: a service that says 500 where it should say that it throttles
    """

    quota: float
    token_life: int
    seconds: int
    outage: tuple[float, float] = (0, 0)
    says_why: bool = True
    asked: list[int] = field(default_factory=list)  # requests in each second from the start
    accepted: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.asked = [0] * self.seconds
        self.accepted = [0] * self.seconds
        self._reply = {"AuthenticationResult": {"AccessToken": "token", "ExpiresIn": self.token_life}}
        # What one second leaves another may use, up to a second's worth; a small fleet has a handful more, for chance.
        self._credit = self._most = max(self.quota, 20)
        self._then = 0.0

    def answer(self, now: float) -> dict:
        """The reply to a sign-in or a refresh at `now`, in seconds. Raises CognitoError."""
        second = int(now)
        self.asked[second] += 1
        if self.outage[0] <= now < self.outage[1]:
            raise CognitoError(*_DOWN)
        self._credit = min(self._most, self._credit + (now - self._then) * self.quota)
        self._then = now
        if self._credit < 1:
            raise CognitoError(*(_THROTTLED if self.says_why else _DOWN))
        self._credit -= 1
        self.accepted[second] += 1
        return self._reply
