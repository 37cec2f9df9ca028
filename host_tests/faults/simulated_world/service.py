"""Cognito in a simulated world: the strict double, its administrator, its quotas, and what became of each rotation."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cognito_mp_tools.local.tls_front import Request, Response
from fake_cognito.endpoint import HTML, INTERNAL_ERROR, THROTTLE, FakeCognito
from fake_cognito.pools import AppClient, SignIn, User
from fake_cognito.sign_in import totp

from faults.simulated_world.clocks import Time

PASSWORD = "CANARY-Passw0rd-of-"
SECRET_START = "canarysecret"


@dataclass
class Rotation:
    """One use of a refresh token that brought a newer one."""

    at_ms: int
    newer: str
    delivered: bool = False  # the device has read the reply whole


@dataclass
class Setting:
    """What kind of pool it is."""

    rotation: int | None = None
    tracking: str = ""
    mfa: str = ""
    email: bool = False
    secret: bool = False
    token_seconds: int = 3600
    refresh_seconds: int = 30 * 86400
    error_form: str = "aws"
    empty_bodies: bool = False
    burn_sessions: bool = False
    real_lists: bool = False
    quota: int = 0  # requests that it takes in a second; 0 for any number


@dataclass
class Delivery:
    """A reply on its way: what the device's session hangs on is noted when it was read whole."""

    response: Response
    operation: str = ""
    rotation: Rotation | None = None


@dataclass
class Service:
    """The pool and its people, alice and bob."""

    time: Time
    setting: Setting
    randomness: random.Random
    violate: Callable[[str, str], None]
    rotations: dict[str, list[Rotation]] = field(default_factory=dict)  # by the token that was used
    revoked_by: dict[int, str] = field(default_factory=dict)  # id(SignIn) -> the operation that ended it
    trouble: str = ""  # THROTTLE, INTERNAL_ERROR or HTML while the service is in it
    answers: list[tuple[str, str]] = field(default_factory=list)  # (Session or device key, answer) so far

    def __post_init__(self) -> None:
        self.cognito = FakeCognito(lambda: self.time.seconds, self.randomness)
        self.cognito.error_form = self.setting.error_form
        self.cognito.empty_bodies = self.setting.empty_bodies
        self.pool = self.cognito.add_pool(email_sign_in=self.setting.email)
        self.pool.device_tracking = self.setting.tracking
        self.pool.session_length = 60 + self.randomness.randrange(200)
        self.pool.burn_sessions = self.setting.burn_sessions
        self.pool.real_lists = self.setting.real_lists
        secret: bool | str = SECRET_START + self.pool.world.text(30).replace("-", "a").replace("_", "b").lower()
        self.app: AppClient = self.pool.add_app(secret=secret if self.setting.secret else False)
        self.app.rotation = self.setting.rotation
        self.app.token_seconds = self.setting.token_seconds
        self.app.refresh_seconds = self.setting.refresh_seconds
        self._second, self._in_second = 0, 0
        self.people = {name: self._add(name) for name in ("alice", "bob")}

    def _add(self, name: str) -> User:
        user = self.pool.add_user(self.typed(name), PASSWORD + name, phone_number="+31600000001")
        self._set_mfa(user, self.setting.mfa)
        return user

    def _set_mfa(self, user: User, mfa: str) -> None:
        user.mfa = [factor for factor in mfa.split("+") if factor]
        user.totp_secret = "JBSWY3DPEHPK3PXP"

    def typed(self, name: str) -> str:
        """What the person `name` types as user name."""
        return name + "@example.com" if self.setting.email else name

    def code(self, name: str, challenge: str) -> str:
        """The code that the person `name` has been sent, or reads from the authenticator."""
        user = self.people[name]
        if challenge == "SOFTWARE_TOKEN_MFA":
            return totp(user.totp_secret, int(self.time.seconds) // 30)
        return user.last_code if user.inbox else "000000"

    # Requests

    def answer(self, request: Request) -> Delivery:
        """What the service does with `request` now, and what it says."""
        operation = request.operation
        call = json.loads(request.body or b"{}")
        self._watch_answers(operation, call)
        trouble = self.trouble or (THROTTLE if self._is_over_quota() else "")
        if trouble:
            self.cognito.fail_next("*", trouble)
        ended = {id(one) for one in self.pool.sign_ins if one.revoked}
        response = self.cognito.handle(request)
        self.cognito.requests.clear()
        for one in self.pool.sign_ins:
            if one.revoked and id(one) not in ended:
                self.revoked_by[id(one)] = operation
        for breach in self.cognito.violations:
            self.violate("g", f"the request is not Cognito's: {breach}")
        return Delivery(response, operation, self._rotation(operation, call, response))

    def _is_over_quota(self) -> bool:
        second = int(self.time.seconds)
        self._in_second = self._in_second + 1 if second == self._second else 1
        self._second = second
        return bool(self.setting.quota) and self._in_second > self.setting.quota

    def _watch_answers(self, operation: str, call: dict[str, Any]) -> None:
        if operation == "RespondToAuthChallenge":
            said = json.dumps([call.get("Session"), call["ChallengeName"], call["ChallengeResponses"]], sort_keys=True)
            self.answers.append((call["ChallengeName"], said))

    def _rotation(self, operation: str, call: dict[str, Any], response: Response) -> Rotation | None:
        if operation != "GetTokensFromRefreshToken" or response.status != 200 or self.app.rotation is None:
            return None
        newer = json.loads(response.body)["AuthenticationResult"].get("RefreshToken")
        if not newer:
            return None
        rotation = Rotation(self.time.ms, newer)
        self.rotations.setdefault(call["RefreshToken"], []).append(rotation)
        return rotation

    # What is true

    def sign_in_of(self, refresh_token: str | None) -> SignIn | None:
        """The sign-in that the token came of."""
        return next((one for one in reversed(self.pool.sign_ins) if refresh_token in one.refresh_tokens), None)

    def is_over(self, sign_in: SignIn) -> bool:
        """True when nothing can continue it any more, whoever holds what."""
        if sign_in.revoked or not sign_in.user.exists or self.time.seconds >= sign_in.expires_at:
            return True
        return bool(sign_in.device_key) and sign_in.device_key not in sign_in.user.devices

    def wants_confirmation(self, sign_in: SignIn) -> bool:
        """True while it can't be refreshed before its device is confirmed."""
        device = sign_in.user.devices.get(sign_in.device_key)
        return device is not None and not device.confirmed

    def is_good(self, sign_in: SignIn, refresh_token: str) -> bool:
        """True while `refresh_token` is not too old to be used."""
        replaced_at = sign_in.refresh_tokens[refresh_token]
        return replaced_at is None or self.time.seconds < replaced_at + (self.app.rotation or 0)

    def claims(self, access_token: str) -> dict[str, Any]:
        """What is in the token, by the service's own word."""
        payload = access_token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))

    # The administrator

    def set_mfa(self, mfa: str) -> None:
        for user in self.people.values():
            self._set_mfa(user, mfa)

    def delete_user(self, name: str) -> None:
        """The user is gone; somebody of the same name is there at once."""
        user = self.people[name]
        del self.pool.users[user.username]
        user.exists = False
        self.people[name] = self._add(name)

    def revoke_all(self, name: str) -> None:
        """GlobalSignOut from the person's phone."""
        for sign_in in self.pool.sign_ins:
            if sign_in.user is self.people[name] and not sign_in.revoked:
                sign_in.revoked = True
                self.revoked_by[id(sign_in)] = "the person's phone"

    def force_new_password(self, name: str) -> None:
        self.people[name].status = "FORCE_CHANGE_PASSWORD"


TROUBLES = (THROTTLE, INTERNAL_ERROR, HTML)
