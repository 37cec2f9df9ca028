"""What the settings of a user pool and its app client mean for a device, in plain words: `cognito-mp pool --check`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cognito_mp_tools.pool.session_days import DAY, SECONDS, life, session_days, session_seconds

FINE, LOOK, STOPS = "fine", "look", "stops"

# Sign-ins and refreshes a second together (UserAuthentication) that an account has in a region, unless more is
# bought (UpdateProvisionedLimit).
_QUOTA = 120
# MaxPerUser where nobody has set it.
_USUAL_SESSIONS = 20
# How App clients are changed: the API's UpdateUserPoolClient resets all that it is not given.
_EDIT = "in the AWS console, at App clients, edit the app client:"
# What an app client has that names no flows (CreateUserPoolClient in the API reference).
_DEFAULT_FLOWS = ("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH")


@dataclass(frozen=True)
class Finding:
    """One setting: its name, what was found, how good that is for a device, and what to change."""

    name: str
    found: str
    verdict: str = FINE
    advice: str = ""


@dataclass(frozen=True)
class Pool:
    """A pool and an app client as DescribeUserPool, DescribeUserPoolClient and GetUserPoolMfaConfig have them.

    tracking: what GetUserPoolSessionConfiguration says, or {"Refused": code}.
    secret, days: what the saved file holds as the app client's, and as session_days, "" for none; None where there is
    no file to compare with.
    """

    pool: dict[str, Any]
    client: dict[str, Any]
    mfa: dict[str, Any]
    secret: str | None = None
    days: str | None = None
    tracking: dict[str, Any] = field(default_factory=dict)

    @property
    def flows(self) -> set[str]:
        named = self.client.get("ExplicitAuthFlows") or _DEFAULT_FLOWS
        return {name if name.startswith("ALLOW_") else f"ALLOW_{name}" for name in named}  # old ones have no ALLOW_

    @property
    def grace(self) -> int | None:
        """Seconds in which a refresh token that was replaced is still good; None without rotation."""
        rotation = self.client.get("RefreshTokenRotation") or {}
        return int(rotation.get("RetryGracePeriodSeconds", 0)) if rotation.get("Feature") == "ENABLED" else None

    @property
    def access_seconds(self) -> int:
        """How long an access token lives."""
        return life(self.client, "Access", "hours", 3600)


def read(admin: Any, pool_id: str, client_id: str, secret: str | None, days: str | None = None) -> Pool:
    """Ask the service for all that findings() needs. Raises what boto3 does."""
    return Pool(
        admin.describe_user_pool(UserPoolId=pool_id)["UserPool"],
        admin.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)["UserPoolClient"],
        admin.get_user_pool_mfa_config(UserPoolId=pool_id),
        secret,
        days,
        _tracking(admin, pool_id),
    )


def _tracking(admin: Any, pool_id: str) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    try:
        return dict(admin.get_user_pool_session_configuration(UserPoolId=pool_id))
    except ClientError as problem:  # it is of 2026: a key may lack the right, and another server not know it
        return {"Refused": problem.response.get("Error", {}).get("Code", "")}


def findings(pool: Pool) -> list[Finding]:
    """What each setting means for a device."""
    return [check(pool) for check in _CHECKS]


def _sign_in(pool: Pool) -> Finding:
    name = "sign-in"
    password = "ALLOW_USER_PASSWORD_AUTH" in pool.flows
    proof = "ALLOW_USER_SRP_AUTH" in pool.flows
    choice = "ALLOW_USER_AUTH" in pool.flows
    if password:
        return Finding(name, "with a password" + (", or with SRP, which never sends it" if proof else ""))
    if proof:
        advice = "say --flow USER_SRP_AUTH to `cognito-mp provision`; it sets the device's sign_in_flow too."
        return Finding(name, "with SRP alone, which never sends the password", LOOK, advice)
    if choice:
        advice = f"{_EDIT} allow ALLOW_USER_PASSWORD_AUTH, or say flow=“USER_AUTH” in your program."
        return Finding(name, "with USER_AUTH alone, which `cognito-mp provision` does not use", LOOK, advice)
    if "ALLOW_CUSTOM_AUTH" in pool.flows:
        return Finding(name, "with CUSTOM_AUTH alone: your Lambda functions decide", LOOK, "say flow=“CUSTOM_AUTH”.")
    return Finding(
        name, "no flow that a device can use", STOPS, f"{_EDIT} allow ALLOW_USER_PASSWORD_AUTH or ALLOW_USER_SRP_AUTH."
    )


def _refresh(pool: Pool) -> Finding:
    if pool.grace is not None:
        if "ALLOW_REFRESH_TOKEN_AUTH" in pool.flows:
            advice = f"{_EDIT} take ALLOW_REFRESH_TOKEN_AUTH away; AWS refuses it where tokens rotate."
            return Finding("refresh", "by rotation, and by a flow that rotation rules out", LOOK, advice)
        return Finding("refresh", "by rotation (GetTokensFromRefreshToken)")
    if "ALLOW_REFRESH_TOKEN_AUTH" in pool.flows:
        return Finding("refresh", "allowed: the password is asked for once")
    advice = f"{_EDIT} allow ALLOW_REFRESH_TOKEN_AUTH."
    minutes = pool.access_seconds // 60
    return Finding("refresh", f"not allowed: a sign-in ends after {minutes} minutes", STOPS, advice)


def _rotation(pool: Pool) -> Finding:
    if pool.grace is None:
        return Finding("rotation", "off, though AWS recommends it: a lost reply costs nothing")
    signs_out = f"a device that loses a reply and stays offline for more than {pool.grace} s is signed out"
    if pool.grace < 60:
        return Finding("rotation", f"on; {signs_out}", LOOK, f"{_EDIT} set the grace to 60 s, or rotation off.")
    return Finding("rotation", f"on, with the longest grace; {signs_out}, and no client can help that")


def _secret(pool: Pool) -> Finding:
    needed = pool.client.get("ClientSecret", "")
    if pool.secret is None or needed in (pool.secret if isinstance(pool.secret, list) else [pool.secret]):
        what = "the app client has one: the device's settings need it" if needed else "none is needed"
        return Finding("secret", what)
    if not needed:
        advice = "take client_secret out of the file: one that is not asked for is refused."
        return Finding("secret", "the file has one, and the app client has none", STOPS, advice)
    advice = "copy the app client's secret from the AWS console into the file, as client_secret."
    return Finding("secret", "the file lacks it" if not pool.secret else "the file has another one", STOPS, advice)


_FACTORS = {
    "SmsMfaConfiguration": "a text message",
    "SoftwareTokenMfaConfiguration": "an authenticator app",
    "EmailMfaConfiguration": "an e-mail",
}


def _second_factor(pool: Pool) -> Finding:
    how = pool.mfa.get("MfaConfiguration", "OFF")
    if how == "OFF":
        return Finding("MFA", "off: the password alone")
    # That of the authenticator says itself whether it is on, the others are on when they are there.
    factors = [
        words for name, words in _FACTORS.items() if pool.mfa.get(name) and pool.mfa[name].get("Enabled") is not False
    ]
    listed = " or ".join(factors)
    if how == "OPTIONAL":
        return Finding("MFA", f"for those who want it: {listed or 'nothing to choose from'}")
    if not factors:
        advice = "in the AWS console, at Sign-in, add authenticator apps to the methods of MFA."
        return Finding("MFA", "required, by nothing that a device can answer", STOPS, advice)
    found = f"required, by {listed}: somebody has to type a code at each sign-in"
    if factors == ["an authenticator app"]:
        advice = "somebody without an authenticator sets one up in a browser, or with lib/examples/second_factor.py."
        return Finding("MFA", found, LOOK, advice)
    return Finding("MFA", found)


def _devices(pool: Pool) -> Finding:
    config = pool.pool.get("DeviceConfiguration")
    if config is None:
        return Finding("devices", "not tracked: a second factor is asked for at each sign-in")
    if config.get("DeviceOnlyRememberedOnUserPrompt"):
        advice = "choose “Always remember” in the AWS console, at Sign-in, or call account.remember_device in programs."
        return Finding("devices", "remembered only when their owner says so", LOOK, advice)
    if "ALLOW_USER_PASSWORD_AUTH" in pool.flows:
        # AWS re:Post, "Invalid refresh token"; whether it is so, `make test-aws` tries.
        advice = (
            "let devices sign in by SRP: AWS names a sign-in by a password, in such a pool, as a cause of"
            " “Invalid Refresh Token”. `make test-aws` tries whether it is."
        )
        return Finding("devices", "tracked, and passwords may go out without SRP", LOOK, advice)
    if not config.get("ChallengeRequiredOnNewDevice"):
        return Finding("devices", "always remembered; each is still asked for the second factor")
    return Finding("devices", "always remembered: a device is asked for the second factor once")


def _tokens(pool: Pool) -> Finding:
    refresh, access = session_seconds(pool.client), pool.access_seconds
    found = (
        f"an access token lives {_words(access)}; a device stays signed in for {_words(refresh)} from the sign-in on"
    )
    if refresh < 30 * DAY:
        advice = f"{_EDIT} let refresh tokens expire later: 365 days is what `cognito-mp pool` sets."
        return Finding("tokens", found, LOOK, advice)
    if access < 15 * 60:
        return Finding("tokens", found, LOOK, f"{_EDIT} an hour saves battery: each refresh is a TLS handshake.")
    return Finding("tokens", found)


def _end(pool: Pool) -> Finding:
    """A refresh token's life counts from the sign-in, and neither use nor rotation makes it longer."""
    told = session_days(pool.client)
    if not told and not pool.days:
        return Finding("session's end", "within a day of the sign-in: no device warns of that")
    if pool.days in (told, None):
        return Finding("session's end", "devices that are told session_days warn of it two weeks ahead")
    found = (
        f"the file says {pool.days} days" if pool.days else "the file does not say when, so no device can warn of it"
    )
    advice = f"put “session_days”: “{told}” into the file" if told else "take session_days out of the file"
    return Finding("session's end", found, LOOK, f"{advice}; `cognito-mp provision` gives it to a device.")


def _fleet(pool: Pool) -> Finding:
    """How many devices fit in the quota: a token is replaced at three quarters of its life, and a quarter of the quota
    is left free, for people who sign in, and so that all can come back after an outage. See docs/fleet.md.
    """
    access = pool.access_seconds
    found = f"{_fleet_size(access)} devices fit in Cognito's default quota of {_QUOTA} sign-ins and refreshes a second"
    if access < DAY:
        found += f"; with access tokens of a day, {_fleet_size(DAY)}"
    return Finding("fleet", found)


def _fleet_size(access: int) -> str:
    return f"{_QUOTA * access * 3 // 4 * 3 // 4:,}"


def _sessions(pool: Pool) -> Finding:
    refused = pool.tracking.get("Refused")
    if refused:
        return Finding("sessions", f"whether they are tracked is not known ({refused})")
    if pool.tracking.get("UserSessionTracking") != "ENABLED":
        return Finding("sessions", "not tracked: each device stays signed in until its session ends")
    most = (pool.tracking.get("TokenSession") or {}).get("MaxPerUser", _USUAL_SESSIONS)
    found = f"tracked, {most} for each person; the next sign-in, a browser's too, ends the one used least recently"
    if most < _USUAL_SESSIONS:
        advice = "that is the watch in the drawer: raise MaxPerUser (SetUserPoolSessionConfiguration), up to 100."
        return Finding("sessions", found, LOOK, advice)
    return Finding("sessions", found)


def _sign_out(pool: Pool) -> Finding:
    if pool.client.get("EnableTokenRevocation", True):
        return Finding("sign-out", "revokes the refresh token")
    advice = f"{_EDIT} enable token revocation."
    return Finding("sign-out", "leaves the refresh token good for whoever has a copy of it", LOOK, advice)


def _sign_up(pool: Pool) -> Finding:
    if (pool.pool.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"):
        return Finding("sign-up", "closed: you make the accounts")
    advice = "in the AWS console, at Sign-up, disable self-registration, unless strangers are welcome."
    return Finding("sign-up", "open: whoever reads the app client's id out of a device can make accounts", LOOK, advice)


def _words(seconds: int) -> str:
    for unit in ("days", "hours", "minutes"):
        if seconds >= SECONDS[unit] and seconds % SECONDS[unit] == 0:
            number = seconds // SECONDS[unit]
            return f"{number} {unit if number > 1 else unit[:-1]}"
    return f"{seconds} seconds"


_CHECKS = (
    _sign_in,
    _refresh,
    _rotation,
    _secret,
    _second_factor,
    _devices,
    _tokens,
    _end,
    _fleet,
    _sessions,
    _sign_out,
    _sign_up,
)
