"""InitiateAuth, RespondToAuthChallenge and the set-up of TOTP in the fake Cognito: how a person signs in.

A sign-in is a chain: a first factor (password, SRP proof, one-time password, custom challenges), a new password
where one is due, then a remembered device or a second factor, then tokens. Each link answers with the next
challenge and a Session for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from fake_cognito import srp
from fake_cognito.pools import AppClient, Device, Pool, Refusal, Session, SignIn, User, World, not_authorized
from fake_cognito.refresh import RefreshOperations

Reply = dict[str, Any]

_ATTRIBUTE = "userAttributes."
_TOTP_STEP = 30
# The code that each second factor, and each one-time password, is answered with.
_SENT_BY = {"SMS_MFA": "SMS", "EMAIL_OTP": "EMAIL", "SMS_OTP": "SMS"}


class Breach(Refusal):
    """A request that AWS might let pass, but that a correct client does not send: recorded as a violation."""

    def __init__(self, message: str) -> None:
        super().__init__("InvalidParameterException", message)


def totp(secret: str, step: int) -> str:
    """The code of RFC 6238 for `secret` (base32), six digits, in the 30-second step of that number."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 1000000:06d}"


class SignInOperations:
    """The operations by which a person signs in."""

    def __init__(
        self,
        world: World,
        find_app: Callable[[str], AppClient],
        find_sign_in: Callable[[str], SignIn],
        find_session: Callable[[str, str], Session],
        refreshing: RefreshOperations,
    ) -> None:
        self._world = world
        self._find_app = find_app
        self._find_sign_in = find_sign_in
        self._find_session = find_session
        self._refreshing = refreshing
        self.operations = {
            "InitiateAuth": self.initiate_auth,
            "RespondToAuthChallenge": self.respond_to_auth_challenge,
            "AssociateSoftwareToken": self.associate_software_token,
            "VerifySoftwareToken": self.verify_software_token,
        }
        self._flows = {
            "USER_PASSWORD_AUTH": self._user_password_auth,
            "USER_SRP_AUTH": self._user_srp_auth,
            "CUSTOM_AUTH": self._custom_auth,
            "USER_AUTH": self._user_auth,
        }
        self._answers = {
            "NEW_PASSWORD_REQUIRED": self._new_password_required,
            "SMS_MFA": self._sent_code,
            "EMAIL_OTP": self._sent_code,
            "SMS_OTP": self._sent_code,
            "SOFTWARE_TOKEN_MFA": self._software_token_mfa,
            "SELECT_MFA_TYPE": self._select_mfa_type,
            "MFA_SETUP": self._mfa_setup,
            "SELECT_CHALLENGE": self._select_challenge,
            "PASSWORD": self._password,
            "PASSWORD_SRP": self._password_srp,
            "PASSWORD_VERIFIER": self._password_verifier,
            "DEVICE_SRP_AUTH": self._device_srp_auth,
            "DEVICE_PASSWORD_VERIFIER": self._device_password_verifier,
            "CUSTOM_CHALLENGE": self._custom_challenge,
        }

    # The first call.

    def initiate_auth(self, call: Reply) -> Reply:
        app, given = self._find_app(call["ClientId"]), call.get("AuthParameters", {})
        flow = "REFRESH_TOKEN_AUTH" if call["AuthFlow"] == "REFRESH_TOKEN" else call["AuthFlow"]
        if flow not in app.flows:
            raise Refusal("InvalidParameterException", f"{flow} flow not enabled for this client")
        if flow == "REFRESH_TOKEN_AUTH":
            return self._refreshing.refresh_token_auth(app, given)
        app.check_no_needless_hash(given.get("SECRET_HASH"))
        app.check_hash(given["USERNAME"], given.get("SECRET_HASH"))
        return self._flows[flow](app, self._admitted(app, given["USERNAME"]), given)

    def _admitted(self, app: AppClient, typed: str) -> User:
        """The user of that name; a stranger gets a decoy that no password fits, so that names can't be probed."""
        user = app.pool.find_user(typed)
        if user is None:
            if not app.prevent_user_existence_errors:
                raise Refusal("UserNotFoundException", "User does not exist.")
            return User(typed, None, self._world.uuid(), salt=self._world.number(128))
        _check_state(user)
        return user

    def _user_password_auth(self, app: AppClient, user: User, given: dict[str, str]) -> Reply:
        _check_password(user, given["PASSWORD"])
        return self._after_password(app, user, given.get("DEVICE_KEY", ""))

    def _user_srp_auth(self, app: AppClient, user: User, given: dict[str, str]) -> Reply:
        reply = self._ask_proof(app, user, given["SRP_A"], device_key=given.get("DEVICE_KEY", ""))
        if app.pool.srp_session:
            return reply
        # AWS sends no Session in this flow: the secret block tells it which exchange an answer is about.
        return _without_session(app.pool, reply, reply["ChallengeParameters"]["SECRET_BLOCK"])

    def _custom_auth(self, app: AppClient, user: User, given: dict[str, str]) -> Reply:
        if "SRP_A" in given:
            return self._ask_proof(app, user, given["SRP_A"], custom=True)
        return self._ask_custom(app, user, 0, 0)

    def _user_auth(self, app: AppClient, user: User, given: dict[str, str]) -> Reply:
        preferred, offered = given.get("PREFERRED_CHALLENGE"), _first_factors(app.pool, user)
        if preferred not in offered:
            reply = self._ask("SELECT_CHALLENGE", app, user, {}, choices=tuple(offered))
            return {**reply, "AvailableChallenges": offered}
        inline = {"PASSWORD": "PASSWORD", "PASSWORD_SRP": "SRP_A"}.get(preferred)
        if inline and inline not in given:
            return self._ask(preferred, app, user, {}, device_key=given.get("DEVICE_KEY", ""))
        return self._first_factor(preferred, app, user, given)

    def _first_factor(self, chosen: str, app: AppClient, user: User, given: dict[str, str]) -> Reply:
        inline = {"PASSWORD": "PASSWORD", "PASSWORD_SRP": "SRP_A"}.get(chosen)
        if inline and inline not in given:
            raise Refusal("InvalidParameterException", f"Missing required parameter {inline}")
        device_key = given.get("DEVICE_KEY", "")
        if chosen == "PASSWORD":
            _check_password(user, given["PASSWORD"])
            return self._after_password(app, user, device_key)
        if chosen == "PASSWORD_SRP":
            return self._ask_proof(app, user, given["SRP_A"], device_key=device_key)
        return self._ask_sent_code(chosen, app, user, digits=8, device_key=device_key)

    # Asking.

    def _ask(self, name: str, app: AppClient, user: User, parameters: dict[str, Any], **more: Any) -> Reply:
        more.setdefault("username_to_echo", parameters.get("USER_ID_FOR_SRP", ""))
        session = app.pool.open_session(name, app, user, **more)
        return {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}

    def _ask_proof(self, app: AppClient, user: User, srp_a: str, **more: Any) -> Reply:
        identity = app.pool.name + user.username
        known = user.password is not None
        fits = srp.verifier(identity, user.password or "", user.salt) if known else self._world.number(3000)
        exchange = self._exchange(identity, user.salt, fits, srp_a)
        parameters = {**exchange.parameters, "USERNAME": user.username, "USER_ID_FOR_SRP": user.username}
        return self._ask("PASSWORD_VERIFIER", app, user, parameters, exchange=exchange, **more)

    def _exchange(self, identity: str, salt: int, verifier: int, srp_a: str) -> srp.Exchange:
        a_public = srp.read_public(srp_a)
        if a_public is None:
            raise Refusal("InvalidParameterException", "SRP_A is not a public value: hex, not 0 modulo N")
        return srp.Exchange(identity, salt, verifier, a_public, self._world.number(1024), self._world.block(800))

    def _ask_sent_code(self, name: str, app: AppClient, user: User, digits: int = 6, **more: Any) -> Reply:
        medium = _SENT_BY[name]
        code = self._world.digits(digits)
        user.inbox.append((medium, code))
        delivery = {
            "CODE_DELIVERY_DELIVERY_MEDIUM": medium,
            "CODE_DELIVERY_DESTINATION": app.pool.masked(user, medium),
            "USER_ID_FOR_SRP": user.username,
        }
        return self._ask(name, app, user, delivery, code=code, **more)

    def _ask_custom(self, app: AppClient, user: User, number: int, failures: int) -> Reply:
        if user.password is None and not user.custom_challenges:
            raise not_authorized()
        if number == len(user.custom_challenges):
            return self._finish(app, user)
        public, answer = user.custom_challenges[number]
        # The number of this round and of the failures in it, in one: both belong to the session.
        choices = (str(number), str(failures))
        parameters = {**public, "USERNAME": user.username}
        return self._ask("CUSTOM_CHALLENGE", app, user, parameters, code=answer, choices=choices)

    def _ask_mfa(self, factor: str, app: AppClient, user: User) -> Reply:
        if factor == "SOFTWARE_TOKEN_MFA":
            parameters = {"FRIENDLY_DEVICE_NAME": "watch", "USER_ID_FOR_SRP": user.username}
            return self._ask(factor, app, user, parameters)
        return self._ask_sent_code(factor, app, user)

    # What comes after the first factor.

    def _after_password(self, app: AppClient, user: User, device_key: str) -> Reply:
        if user.status == "RESET_REQUIRED":
            raise Refusal("PasswordResetRequiredException", "Password reset required for the user")
        if user.status == "FORCE_CHANGE_PASSWORD":
            return self._ask_new_password(app, user)
        return self._second_factor(app, user, device_key)

    def _ask_new_password(self, app: AppClient, user: User) -> Reply:
        pool = app.pool
        missing = [_ATTRIBUTE + name for name in pool.required_attributes if name not in user.attributes]
        parameters = {
            "USER_ID_FOR_SRP": user.username,
            "requiredAttributes": _nested(pool, missing),
            "userAttributes": _nested(pool, user.attributes),
        }
        return self._ask("NEW_PASSWORD_REQUIRED", app, user, parameters)

    def _second_factor(self, app: AppClient, user: User, device_key: str) -> Reply:
        device = _device(app.pool, user, device_key)
        if device and device.remembered:
            # This double's assumption: no parameters here, so that a client must know names and keys by itself.
            reply = self._ask("DEVICE_SRP_AUTH", app, user, {}, device_key=device.key)
            return reply if app.pool.device_session else _without_session(app.pool, reply, device.key)
        factors = [] if app.pool.mfa == "OFF" else user.mfa
        if not factors and app.pool.mfa == "ON":
            return self._ask_mfa_setup(app, user)
        if not factors:
            return self._finish(app, user)
        if len(factors) > 1 and not user.preferred_mfa:
            return self._ask_mfa_type(app, user, factors)
        return self._ask_mfa(user.preferred_mfa or factors[0], app, user)

    def _ask_mfa_setup(self, app: AppClient, user: User) -> Reply:
        parameters = {"MFAS_CAN_SETUP": _nested(app.pool, ["SOFTWARE_TOKEN_MFA"]), "USER_ID_FOR_SRP": user.username}
        return self._ask("MFA_SETUP", app, user, parameters)

    def _ask_mfa_type(self, app: AppClient, user: User, factors: list[str]) -> Reply:
        names = [app.pool.email_mfa_name if factor == "EMAIL_OTP" else factor for factor in factors]
        parameters = {"MFAS_CAN_CHOOSE": _nested(app.pool, names), "USER_ID_FOR_SRP": user.username}
        return self._ask("SELECT_MFA_TYPE", app, user, parameters, choices=tuple(names))

    def _finish(self, app: AppClient, user: User, device_key: str = "") -> Reply:
        return {"ChallengeParameters": {}, "AuthenticationResult": app.pool.sign_in(app, user, device_key)}

    # Answers.

    def respond_to_auth_challenge(self, call: Reply) -> Reply:
        app, given, name = self._find_app(call["ClientId"]), call["ChallengeResponses"], call["ChallengeName"]
        key = call.get("Session") or given.get("PASSWORD_CLAIM_SECRET_BLOCK") or given["DEVICE_KEY"]
        session = app.pool.session(key, name, app)
        app.check_hash(_name_to_hash(session, given["USERNAME"]), given.get("SECRET_HASH"))
        _check_name(session, given["USERNAME"])
        _check_state(session.user)
        try:
            reply = self._answers[name](session, given)
        except Refusal:
            session.used = session.used or app.pool.burn_sessions
            raise
        session.used = True
        return reply

    def _new_password_required(self, session: Session, given: dict[str, str]) -> Reply:
        app, user = session.app, session.user
        app.pool.check_password(given["NEW_PASSWORD"])
        offered = {key[len(_ATTRIBUTE) :]: value for key, value in given.items() if key.startswith(_ATTRIBUTE)}
        for name in app.pool.required_attributes:
            if name in user.attributes and name in offered:
                raise not_authorized(f"Cannot modify an already provided {name}")
            if name not in user.attributes and not offered.get(name):
                raise Refusal("InvalidParameterException", f"Invalid attributes given, {name} is missing")
        user.attributes.update(offered)
        user.password, user.status = given["NEW_PASSWORD"], "CONFIRMED"
        return self._second_factor(app, user, given.get("DEVICE_KEY", ""))

    def _sent_code(self, session: Session, given: dict[str, str]) -> Reply:
        if given[session.challenge + "_CODE"] != session.code:
            raise Refusal("CodeMismatchException", "Invalid code or auth state for the user.")
        return self._finish(session.app, session.user)

    def _software_token_mfa(self, session: Session, given: dict[str, str]) -> Reply:
        step = self._totp_step(session.user.totp_secret, given["SOFTWARE_TOKEN_MFA_CODE"])
        if step is None:
            raise Refusal("CodeMismatchException", "Invalid code received for user")
        if step in session.user.used_totp_steps:
            raise Refusal("ExpiredCodeException", "Your software token has already been used once.")
        session.user.used_totp_steps.add(step)
        return self._finish(session.app, session.user)

    def _totp_step(self, secret: str, code: str) -> int | None:
        """The step that `code` belongs to, of the present one and its two neighbours."""
        now = int(self._world.now()) // _TOTP_STEP
        return next((step for step in (now, now - 1, now + 1) if secret and totp(secret, step) == code), None)

    def _select_mfa_type(self, session: Session, given: dict[str, str]) -> Reply:
        if given["ANSWER"] not in session.choices:
            raise Refusal("InvalidParameterException", "ANSWER is none of MFAS_CAN_CHOOSE")
        factor = "EMAIL_OTP" if given["ANSWER"] == session.app.pool.email_mfa_name else given["ANSWER"]
        return self._ask_mfa(factor, session.app, session.user)

    def _mfa_setup(self, session: Session, given: dict[str, str]) -> Reply:
        if not session.totp_verified:
            raise not_authorized("Invalid session for the user.")
        return self._finish(session.app, session.user)

    def _select_challenge(self, session: Session, given: dict[str, str]) -> Reply:
        if given["ANSWER"] not in session.choices:
            raise Refusal("InvalidParameterException", "ANSWER is none of the AvailableChallenges")
        return self._first_factor(given["ANSWER"], session.app, session.user, given)

    def _password(self, session: Session, given: dict[str, str]) -> Reply:
        return self._first_factor("PASSWORD", session.app, session.user, given)

    def _password_srp(self, session: Session, given: dict[str, str]) -> Reply:
        return self._first_factor("PASSWORD_SRP", session.app, session.user, given)

    def _password_verifier(self, session: Session, given: dict[str, str]) -> Reply:
        app, user = session.app, session.user
        device_key = given.get("DEVICE_KEY") or session.device_key
        # Before the proof: a client whose device was forgotten answers again without it, in the same session.
        _device(app.pool, user, device_key)
        _check_proof(session, given)
        if user.password is None:
            raise not_authorized()
        if session.custom:
            return self._ask_custom(app, user, 0, 0)
        return self._after_password(app, user, device_key)

    def _device_srp_auth(self, session: Session, given: dict[str, str]) -> Reply:
        device = _session_device(session, given)
        exchange = self._exchange(device.group_key + device.key, device.salt, device.verifier, given["SRP_A"])
        parameters = {**exchange.parameters, "DEVICE_KEY": device.key, "USERNAME": session.user.username}
        more = {"exchange": exchange, "device_key": device.key}
        reply = self._ask("DEVICE_PASSWORD_VERIFIER", session.app, session.user, parameters, **more)
        pool = session.app.pool
        return reply if pool.device_session else _without_session(pool, reply, exchange.secret_block)

    def _device_password_verifier(self, session: Session, given: dict[str, str]) -> Reply:
        device = _session_device(session, given)
        _check_proof(session, given)
        return self._finish(session.app, session.user, device.key)

    def _custom_challenge(self, session: Session, given: dict[str, str]) -> Reply:
        number, failures = (int(choice) for choice in session.choices)
        if given["ANSWER"] == session.code:
            return self._ask_custom(session.app, session.user, number + 1, 0)
        if failures + 1 >= session.app.pool.custom_attempts:
            session.used = True
            raise not_authorized()
        return self._ask_custom(session.app, session.user, number, failures + 1)

    # Setting up TOTP, with an access token or in the middle of a sign-in.

    def associate_software_token(self, call: Reply) -> Reply:
        secret = self._world.base32(20)
        if "AccessToken" in call:
            self._find_sign_in(call["AccessToken"]).user.pending_totp_secret = secret
            return {"SecretCode": secret}
        session = self._setup_session(call)
        return {"SecretCode": secret, "Session": self._next_setup(session, totp_secret=secret)}

    def verify_software_token(self, call: Reply) -> Reply:
        if "AccessToken" in call:
            user = self._find_sign_in(call["AccessToken"]).user
            self._enrol(user, user.pending_totp_secret, call["UserCode"])
            return {"Status": "SUCCESS"}
        session = self._setup_session(call)
        self._enrol(session.user, session.totp_secret, call["UserCode"])
        session.user.mfa.append("SOFTWARE_TOKEN_MFA")
        return {"Status": "SUCCESS", "Session": self._next_setup(session, totp_verified=True)}

    def _setup_session(self, call: Reply) -> Session:
        if "Session" not in call:
            raise Refusal("InvalidParameterException", "AccessToken or Session is required")
        return self._find_session(call["Session"], "MFA_SETUP")

    def _next_setup(self, session: Session, **more: Any) -> str:
        session.used = True
        more["username_to_echo"] = session.username_to_echo
        return session.app.pool.open_session("MFA_SETUP", session.app, session.user, **more)

    def _enrol(self, user: User, secret: str, code: str) -> None:
        step = self._totp_step(secret, code)
        if step is None:
            raise Refusal("EnableSoftwareTokenMFAException", "Code mismatch")
        user.totp_secret, user.pending_totp_secret = secret, ""
        user.used_totp_steps.add(step)


def _without_session(pool: Pool, reply: Reply, key: str) -> Reply:
    """`reply` with no Session in it: what the answer holds besides, `key`, will lead to it."""
    pool.sessions[key] = pool.sessions.pop(reply.pop("Session"))
    return reply


def _nested(pool: Pool, value: Any) -> Any:
    """`value` as ChallengeParameters hold it: JSON in a string, or itself with the pool's switch real_lists."""
    return value if pool.real_lists else json.dumps(value)


def _first_factors(pool: Pool, user: User) -> list[str]:
    """What USER_AUTH offers this user, of what the pool allows. A stranger is offered what most users are."""
    needs = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
    has_password = user.password is not None or not user.attributes
    return [
        factor
        for factor in pool.first_factors
        if (needs[factor] in user.attributes if factor in needs else has_password)
    ]


def _check_state(user: User) -> None:
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status == "UNCONFIRMED":
        raise Refusal("UserNotConfirmedException", "User is not confirmed.")


def _check_password(user: User, password: str) -> None:
    if user.password is None or password != user.password:
        raise not_authorized()


def _check_proof(session: Session, given: dict[str, str]) -> None:
    if not srp.timestamp_is_valid(given["TIMESTAMP"]):
        message = "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."
        raise Refusal("InvalidParameterException", message)
    assert session.exchange is not None
    if not session.exchange.accepts(given):
        raise not_authorized()


def _name_to_hash(session: Session, username: str) -> str:
    """The name whose SECRET_HASH an answer must carry: USER_ID_FOR_SRP where the challenge gave one."""
    return session.username_to_echo or username


def _check_name(session: Session, username: str) -> None:
    if session.username_to_echo and username != session.username_to_echo:
        raise Breach("USERNAME is not the USER_ID_FOR_SRP of the challenge")
    user, pool = session.user, session.app.pool
    if username != user.username and pool.find_user(username) is not user:
        raise not_authorized("Invalid session for the user.")


def _device(pool: Pool, user: User, key: str) -> Device | None:
    if not key or not pool.device_tracking:
        return None
    device = user.devices.get(key)
    if device is None or not device.confirmed:
        raise Refusal("ResourceNotFoundException", "Device does not exist.")
    return device


def _session_device(session: Session, given: dict[str, str]) -> Device:
    device = _device(session.app.pool, session.user, given["DEVICE_KEY"])
    if device is None or device.key != session.device_key:
        raise not_authorized("Invalid session for the user.")
    return device
