"""What the fake Cognito remembers: pools, app clients, users, devices, sessions and tokens. No HTTP here.

The attributes of Pool, AppClient and User are the switches of the double: a test sets them, at any time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fake_cognito import srp

SESSION_SECONDS = 180
CODE_SECONDS = 24 * 3600
API_SCOPE = "aws.cognito.signin.user.admin"
USER_FLOWS = {
    "USER_PASSWORD_AUTH",
    "USER_SRP_AUTH",
    "CUSTOM_AUTH",
    "USER_AUTH",
    "REFRESH_TOKEN_AUTH",
}


class Refusal(Exception):
    """The service says no: an error code, a message, and the HTTP status that they come with."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def not_authorized(message: str = "Incorrect username or password.") -> Refusal:
    """NotAuthorizedException: most refusals are this one, and differ by their message alone."""
    return Refusal("NotAuthorizedException", message)


class World:
    """The clock and the dice of a fake Cognito; the test that made it holds both."""

    def __init__(self, now: Callable[[], float], randomness: random.Random) -> None:
        self.now = now
        self.user_agent = ""  # of the request at hand
        self._randomness = randomness

    def number(self, bits: int) -> int:
        """A random number of up to `bits` bits."""
        return self._randomness.getrandbits(bits)

    def digits(self, count: int) -> str:
        """A code such as goes out by SMS or e-mail."""
        return f"{self._randomness.randrange(10**count):0{count}d}"

    def text(self, length: int) -> str:
        """Random text of the URL-safe base64 alphabet."""
        return base64.urlsafe_b64encode(self._randomness.randbytes(length)).decode()[:length]

    def block(self, length: int) -> str:
        """`length` random bytes in base64, such as a SECRET_BLOCK."""
        return base64.b64encode(self._randomness.randbytes(length)).decode()

    def base32(self, length: int) -> str:
        """`length` random bytes in base32, such as a TOTP secret."""
        return base64.b32encode(self._randomness.randbytes(length)).decode()

    def uuid(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(int=self._randomness.getrandbits(128), version=4))


@dataclass
class Device:
    """A device that a pool tracks. It has a verifier from ConfirmDevice on, and passes for MFA once remembered."""

    key: str
    group_key: str
    salt: int = 0
    verifier: int = 0
    name: str = ""
    remembered: bool = False

    @property
    def confirmed(self) -> bool:
        return self.verifier != 0


@dataclass
class User:
    """A user. `username` is the `username` claim of the access token: the sub in pools with e-mail sign-in.

    status              FORCE_CHANGE_PASSWORD, CONFIRMED, UNCONFIRMED or RESET_REQUIRED
    mfa                 the second factors that are on, of SMS_MFA, SOFTWARE_TOKEN_MFA and EMAIL_OTP
    preferred_mfa       the one that is asked for when several are on; "" to be asked which (SELECT_MFA_TYPE)
    custom_challenges   for CUSTOM_AUTH: the public parameters and the ANSWER that passes, one pair a round
    inbox               what SMS and e-mail brought: (medium, code), the newest last
    """

    username: str
    password: str | None
    sub: str
    attributes: dict[str, str] = field(default_factory=dict)
    status: str = "CONFIRMED"
    enabled: bool = True
    mfa: list[str] = field(default_factory=list)
    preferred_mfa: str = ""
    totp_secret: str = ""
    groups: list[str] = field(default_factory=list)
    custom_challenges: list[tuple[dict[str, str], str]] = field(default_factory=list)
    salt: int = 0
    devices: dict[str, Device] = field(default_factory=dict)
    inbox: list[tuple[str, str]] = field(default_factory=list)
    codes: dict[str, tuple[str, float]] = field(default_factory=dict)
    pending_totp_secret: str = ""
    used_totp_steps: set[int] = field(default_factory=set)
    exists: bool = True

    @property
    def last_code(self) -> str:
        """The code of the newest message."""
        return self.inbox[-1][1]

    def all_attributes(self) -> dict[str, str]:
        """The attributes as the service lists them, `sub` first."""
        return {"sub": self.sub, **self.attributes}


@dataclass
class SignIn:
    """One sign-in and all that came of it by refreshing: what RevokeToken ends and rotation watches over.

    refresh_tokens: each refresh token it ever had, and when a newer one took its place (None: it has not).
    last_active, user_agent: of the sign-in or the last refresh.
    """

    user: User
    app: AppClient
    origin_jti: str
    auth_time: int
    expires_at: float
    device_key: str = ""
    revoked: bool = False
    refresh_tokens: dict[str, float | None] = field(default_factory=dict)
    last_active: float = 0.0
    user_agent: str = ""

    @property
    def session_id(self) -> str:
        """What ListUserSessions calls it."""
        return "tkn" + hashlib.sha256(self.origin_jti.encode()).hexdigest()[:25]


@dataclass
class Session:
    """A Session string that is out: which challenge it is for, and all that the answer is judged by."""

    challenge: str
    app: AppClient
    user: User
    expires_at: float
    username_to_echo: str = ""
    device_key: str = ""
    code: str = ""
    exchange: srp.Exchange | None = None
    totp_secret: str = ""
    totp_verified: bool = False
    rounds: int = 0
    choices: tuple[str, ...] = ()
    custom: bool = False
    used: bool = False


class AppClient:
    """An app client.

    secret                      str, "" for a public client
    other_secret                str, a second one that is as good, "" for none (AddUserPoolClientSecret)
    flows                       set of AuthFlow; GetClientToken wants {"ALLOW_CLIENT_TOKEN_AUTH"} and nothing else
    rotation                    None, or the grace in seconds (0..60) for which a replaced refresh token stays good
    rotation_refusal            the code that REFRESH_TOKEN_AUTH is refused with under rotation
    token_seconds               ExpiresIn of access and id token
    refresh_seconds             life of a refresh token
    scopes                      the custom scopes that client_credentials may have
    prevent_user_existence_errors   False: an unknown user gets UserNotFoundException
    """

    def __init__(self, pool: Pool, client_id: str, secret: str, rotation: int | None) -> None:
        if rotation is not None and not 0 <= rotation <= 60:
            raise ValueError("rotation is None or a grace of 0 to 60 seconds")
        self.pool = pool
        self.id = client_id
        self.secret = secret
        self.other_secret = ""
        self.flows = set(USER_FLOWS)
        self.rotation = rotation
        self.rotation_refusal = "InvalidParameterException"
        self.token_seconds = 3600
        self.refresh_seconds = 30 * 24 * 3600
        self.scopes = ["watch/read", "watch/write"]
        self.prevent_user_existence_errors = True

    @property
    def secrets(self) -> list[str]:
        """Those that are good now."""
        return [secret for secret in (self.secret, self.other_secret) if secret]

    def secret_hash(self, username: str, secret: str = "") -> str:
        """The SECRET_HASH of `username` that this client must send."""
        digest = hmac.new((secret or self.secret).encode(), (username + self.id).encode(), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def check_hash(self, username: str, given: str | None) -> None:
        """Raise Refusal unless `given` is the SECRET_HASH of `username`; a public client needs none."""
        if not self.secret:
            return
        if not given:
            raise not_authorized(f"Client {self.id} is configured with secret but SECRET_HASH was not received")
        if given not in [self.secret_hash(username, secret) for secret in self.secrets]:
            raise not_authorized(f"Unable to verify secret hash for client {self.id}")

    def check_no_needless_hash(self, given: str | None) -> None:
        """Raise Refusal when a public client sends a SECRET_HASH with its first call."""
        if given and not self.secret:
            message = f"Client {self.id} is not configured with secret but SECRET_HASH was received"
            raise Refusal("InvalidParameterException", message)


class Pool:
    """A user pool.

    email_sign_in         bool, USERNAME is the e-mail address, and the username proper is the sub
    aliases               attributes by which a user can sign in as well as by username: email and phone_number where
                          they are verified, preferred_username (botocore's model, AliasAttributeType)
    case_sensitive        bool, names and aliases differ by case; False is what AWS makes a pool with (botocore's model,
                          UsernameConfigurationType)
    mfa                   OFF, OPTIONAL or ON (then a user without any gets MFA_SETUP)
    first_factors         what USER_AUTH offers: PASSWORD, PASSWORD_SRP, EMAIL_OTP, SMS_OTP
    required_attributes   names that NEW_PASSWORD_REQUIRED asks for where the user lacks them
    device_tracking       "" (off), "always" (a confirmed device is remembered) or "opt-in" (UpdateDeviceStatus)
    real_lists            bool, ChallengeParameters hold lists and objects instead of JSON in strings, as some servers
    srp_session           bool, USER_SRP_AUTH replies with a Session, which AWS leaves out
    device_session        bool, so do the two challenges of a device (pycognito gets by without); a Session that
                          was given must come back
    burn_sessions         bool, a refused answer uses its Session up (on AWS a wrong code can be tried again)
    custom_attempts       int, how often CUSTOM_CHALLENGE is asked before a wrong ANSWER ends the sign-in
    email_mfa_name        what SELECT_MFA_TYPE calls e-mail: AWS's documents say EMAIL_OTP here and EMAIL_MFA there
    session_length        int, characters of a Session
    minimum_password      int, characters
    max_sessions          None, or MaxPerUser (1..100): sessions are tracked, and the one of a user that was used least
                          recently ends when there would be more
    sessions_in_page      int, of ListUserSessions
    """

    def __init__(self, world: World, pool_id: str, email_sign_in: bool) -> None:
        self.world = world
        self.id = pool_id
        self.region, _, self.name = pool_id.partition("_")
        self.email_sign_in = email_sign_in
        self.aliases: tuple[str, ...] = ("email", "phone_number") if email_sign_in else ()
        self.case_sensitive = False
        self.mfa = "OPTIONAL"
        self.first_factors: tuple[str, ...] = ("PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP")
        self.required_attributes: tuple[str, ...] = ()
        self.device_tracking = ""
        self.device_group_key = "-" + world.text(9).replace("-", "x").replace("_", "y")
        self.real_lists = False
        self.srp_session = False
        self.device_session = True
        self.burn_sessions = False
        self.custom_attempts = 1
        self.email_mfa_name = "EMAIL_OTP"
        self.session_length = 1543
        self.minimum_password = 8
        self.max_sessions: int | None = None
        self.sessions_in_page = 125
        self.apps: dict[str, AppClient] = {}
        self.users: dict[str, User] = {}
        self.sessions: dict[str, Session] = {}
        self.sign_ins: list[SignIn] = []
        self._access_tokens: dict[str, tuple[SignIn, float]] = {}

    # What tests set up.

    def add_app(self, client_id: str = "", secret: bool | str = False, rotation: int | None = None) -> AppClient:
        """A new app client. secret: True for one of AWS's form. rotation: grace in seconds, None for no rotation."""
        made = self.world.text(52).replace("-", "a").replace("_", "b").lower() if secret is True else secret or ""
        made_id = client_id or f"{self.world.number(125):026x}"[:26]
        app = self.apps[made_id] = AppClient(self, made_id, made, rotation)
        return app

    def add_user(self, username: str, password: str | None = None, **attributes: Any) -> User:
        """A new user. `attributes` are fields of User (status=, mfa=, ...) or else user attributes (email=, ...)."""
        fields = {name: attributes.pop(name) for name in list(attributes) if name in User.__dataclass_fields__}
        sub = fields.pop("sub", self.world.uuid())
        if self.email_sign_in:
            attributes.setdefault("email", username)
            username = sub
        if "email" in attributes:
            attributes.setdefault("email_verified", "true")
        user = User(username, password, sub, {**attributes, **fields.pop("attributes", {})}, **fields)
        user.salt = user.salt or self.world.number(128)
        self.users[username] = user
        return user

    # What the service asks.

    def find_user(self, typed: str) -> User | None:
        """The user whose username or alias is `typed`."""
        wanted = self._folded(typed)
        for user in self.users.values():
            if self._folded(user.username) == wanted:
                return user
        return next((user for user in self.users.values() if wanted in self._aliases(user)), None)

    def _folded(self, name: str) -> str:
        return name if self.case_sensitive else name.lower()

    def _aliases(self, user: User) -> list[str]:
        """What `user` can sign in by besides the username. Where addresses are the names, they need no verifying."""
        verified = (
            name
            for name in self.aliases
            if self.email_sign_in or name == "preferred_username" or user.attributes.get(name + "_verified") == "true"
        )
        return [self._folded(user.attributes[name]) for name in verified if name in user.attributes]

    def check_password(self, password: str) -> None:
        """Raise Refusal unless `password` is one that a user may choose."""
        if len(password) < self.minimum_password:
            message = "Password did not conform with policy: Password not long enough"
            raise Refusal("InvalidPasswordException", message)

    def send_code(self, user: User, purpose: str, medium: str, digits: int = 6) -> dict[str, str]:
        """Send a code; returns the CodeDeliveryDetails."""
        code = self.world.digits(digits)
        user.codes[purpose] = (code, self.world.now() + CODE_SECONDS)
        user.inbox.append((medium, code))
        attribute = "phone_number" if medium == "SMS" else "email"
        return {"Destination": self.masked(user, medium), "DeliveryMedium": medium, "AttributeName": attribute}

    @staticmethod
    def masked(user: User, medium: str) -> str:
        """Where a code went, as far as a stranger may know."""
        if medium == "SMS":
            return "+*******" + user.attributes.get("phone_number", "0000")[-4:]
        name, _, domain = user.attributes.get("email", "?@?").partition("@")
        return f"{name[:1]}***@{domain[:1]}***"

    def take_code(self, user: User, purpose: str, given: str) -> None:
        """Raise Refusal unless `given` is the code sent for `purpose`; a code is good once."""
        sent, expires_at = user.codes.get(purpose, ("", 0.0))
        if not sent or self.world.now() >= expires_at:
            raise Refusal("ExpiredCodeException", "Invalid code provided, please request a code again.")
        if given != sent:
            raise Refusal("CodeMismatchException", "Invalid verification code provided, please try again.")
        del user.codes[purpose]

    # Sessions.

    def open_session(self, challenge: str, app: AppClient, user: User, **more: Any) -> str:
        """A new Session string, good for one answer to `challenge` within three minutes."""
        text = "AYABe" + self.world.text(self.session_length - 5)
        self.sessions[text] = Session(challenge, app, user, self.world.now() + SESSION_SECONDS, **more)
        return text

    def session(self, text: str, challenge: str, app: AppClient | None = None) -> Session:
        """The session of that string, not used up yet. Raises Refusal when it isn't good for `challenge`."""
        session = self.sessions.get(text)
        if session is None or session.challenge != challenge or (app is not None and session.app is not app):
            raise not_authorized("Invalid session for the user.")
        if session.used:
            raise not_authorized("Invalid session for the user, session can only be used once.")
        if self.world.now() >= session.expires_at:
            raise not_authorized("Invalid session for the user, session is expired.")
        return session

    # Tokens.

    def sign_in(self, app: AppClient, user: User, device_key: str = "") -> dict[str, Any]:
        """The AuthenticationResult of a sign-in that is complete."""
        now = self.world.now()
        self._evict(user)
        sign_in = SignIn(user, app, self.world.uuid(), int(now), now + app.refresh_seconds, device_key)
        result: dict[str, Any] = {}
        if self.device_tracking and not device_key:
            device = self._new_device(user)
            sign_in.device_key = device.key
            result["NewDeviceMetadata"] = {"DeviceKey": device.key, "DeviceGroupKey": device.group_key}
        self.sign_ins.append(sign_in)
        result.update(self.tokens(sign_in))
        result["RefreshToken"] = self.new_refresh_token(sign_in)
        return result

    def living_sessions(self, user: User) -> list[SignIn]:
        """The sessions of `user` that a refresh would be answered in."""
        now = self.world.now()
        return [one for one in self.sign_ins if one.user is user and not one.revoked and now < one.expires_at]

    def _evict(self, user: User) -> None:
        """Make room for one more session, at a sign-in that has succeeded. What its tokens are then refused with, AWS's
        documents do not say: here with what a revocation brings."""
        if self.max_sessions is not None:
            living = sorted(self.living_sessions(user), key=lambda one: one.last_active)
            for sign_in in living[: max(0, len(living) + 1 - self.max_sessions)]:
                sign_in.revoked = True

    def _new_device(self, user: User) -> Device:
        device = Device(f"{self.region}_{self.world.uuid()}", self.device_group_key)
        user.devices[device.key] = device
        return device

    def new_refresh_token(self, sign_in: SignIn) -> str:
        """Another refresh token of `sign_in`. It is a JWE, of which a client can read nothing."""
        header = "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ"
        token = ".".join([header, *(self.world.text(length) for length in (342, 16, 1330, 22))])
        sign_in.refresh_tokens[token] = None
        return token

    def tokens(self, sign_in: SignIn) -> dict[str, Any]:
        """AccessToken, IdToken, ExpiresIn and TokenType, newly made."""
        sign_in.last_active, sign_in.user_agent = self.world.now(), self.world.user_agent
        seconds = sign_in.app.token_seconds
        access = self._jwt(self._access_claims(sign_in))
        self._access_tokens[access] = (sign_in, self.world.now() + seconds)
        id_token = self._jwt(self._id_claims(sign_in))
        return {"AccessToken": access, "IdToken": id_token, "ExpiresIn": seconds, "TokenType": "Bearer"}

    def client_token(self, app: AppClient, scopes: list[str]) -> str:
        """The access token of an app that signed in as itself. It has no user, so no operation here takes it."""
        claims = {"sub": app.id, "client_id": app.id, "scope": " ".join(scopes), **self._times(app), **self._issue()}
        return self._jwt({**claims, "token_use": "access", "version": 2})

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{self.region}.amazonaws.com/{self.id}"

    def _issue(self) -> dict[str, str]:
        return {"iss": self.issuer, "jti": self.world.uuid()}

    def _times(self, app: AppClient) -> dict[str, int]:
        now = int(self.world.now())
        return {"iat": now, "auth_time": now, "exp": now + app.token_seconds}

    def _common_claims(self, sign_in: SignIn) -> dict[str, Any]:
        groups = {"cognito:groups": sign_in.user.groups} if sign_in.user.groups else {}
        ids = {"origin_jti": sign_in.origin_jti, "event_id": self.world.uuid()}
        times = {**self._times(sign_in.app), "auth_time": sign_in.auth_time}
        return {"sub": sign_in.user.sub, **groups, **self._issue(), **ids, **times}

    def _access_claims(self, sign_in: SignIn) -> dict[str, Any]:
        device = {"device_key": sign_in.device_key} if sign_in.device_key else {}
        own = {"client_id": sign_in.app.id, "token_use": "access", "scope": API_SCOPE}
        return {**self._common_claims(sign_in), **device, **own, "username": sign_in.user.username}

    def _id_claims(self, sign_in: SignIn) -> dict[str, Any]:
        user = sign_in.user
        flags = {name: value == "true" for name, value in user.attributes.items() if name.endswith("_verified")}
        own = {"aud": sign_in.app.id, "token_use": "id", "cognito:username": user.username}
        # The roles of a group, as many have them, bring the token to the 1.3 kB of a real one.
        role = f"arn:aws:iam::123456789012:role/{self.name}-people-who-wear-a-watch"
        roles = {"cognito:roles": [role], "cognito:preferred_role": role}
        return {**self._common_claims(sign_in), **own, **roles, **user.attributes, **flags}

    def _jwt(self, claims: dict[str, Any]) -> str:
        header = {"kid": hashlib.sha256(self.id.encode()).hexdigest()[:43] + "=", "alg": "RS256"}
        # The last part has the size of an RSA-2048 signature; nobody here checks it.
        return ".".join([_encoded(header), _encoded(claims), self.world.text(342)])

    def bearer(self, access_token: str) -> SignIn:
        """The sign-in that `access_token` stands for. Raises Refusal when it is good no more."""
        sign_in, expires_at = self._access_tokens[access_token]
        if self.world.now() >= expires_at:
            raise not_authorized("Access Token has expired")
        if not sign_in.user.exists:
            raise Refusal("UserNotFoundException", "User does not exist.")
        if not sign_in.user.enabled:
            raise not_authorized("User is disabled.")
        if sign_in.revoked:
            raise not_authorized("Access Token has been revoked")
        return sign_in

    def knows_access_token(self, token: str) -> bool:
        """Whether this pool made `token`."""
        return token in self._access_tokens


def _encoded(part: dict[str, Any]) -> str:
    # json.dumps writes an emoji as an escaped surrogate pair, which MicroPython's json gets wrong.
    text = json.dumps(part, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
