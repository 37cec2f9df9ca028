"""The sign-ins beyond a plain password: SRP, CUSTOM_AUTH, USER_AUTH, and any of them on a remembered device.

Flows, as in flows/password.py; `device` is the remembered device, a dict, or None. It goes out with the name of its
owner alone: flows/whose_device.py.
"""

from ..challenge import Challenge
from ..errors import CognitoError, require_text
from ..protocol import read_outcome
from .password import initiate
from .with_device import goes_on_without, with_device

_WITH_PASSWORD = ("PASSWORD", "PASSWORD_SRP")


def sign_in(
    app,
    device: "dict | None",
    username: str,
    password: "str | None",
    flow: str,
    preferred: "str | None" = None,
    session: "str | None" = None,
    secret=None,
    **options,
):
    """InitiateAuth by `flow`, and the SRP proofs that follow it.

    flow       USER_PASSWORD_AUTH; USER_SRP_AUTH; CUSTOM_AUTH, with SRP first when there is a password; USER_AUTH
    preferred  for USER_AUTH: PASSWORD, PASSWORD_SRP (either with the password), EMAIL_OTP, SMS_OTP, WEB_AUTHN or
               None, which lets the user choose: the Challenge SELECT_CHALLENGE has `choices`
    session    str, for USER_AUTH: what account.confirm_sign_up() returned, which signs in at once
    secret     the Secret of srp.secret_in_steps(), made ahead for this one sign-in; None: SRP makes its own
    options    client_metadata, user_context_data: dicts, see flows/options.py
    Raises ValueError where an argument is missing.
    """
    require_text(username=username, flow=flow)
    if password is not None or flow in ("USER_PASSWORD_AUTH", "USER_SRP_AUTH") or preferred in _WITH_PASSWORD:
        require_text(password=password)
    if preferred is not None:
        require_text(preferred=preferred)
    if secret is not None and not hasattr(secret, "take"):
        raise ValueError("secret must be a Secret of srp.secret_in_steps()")
    extra: dict = {}
    if options:
        from .options import add_options

        add_options(extra, options)
    if session is not None:
        require_text(session=session)
        extra["Session"] = session
    if secret:
        secret.take()
    named = None
    if device:
        from .whose_device import is_named

        named = device if is_named(device, username) else None
    try:
        return (yield from _sign_in(app, device, named, username, password, flow, preferred, extra, secret))
    except CognitoError as error:
        if not (device and goes_on_without(error)):
            raise
    # To the service this is a new device from here on.
    return (yield from _sign_in(app, None, None, username, password, flow, preferred, extra))


def _sign_in(app, device, named, username, password, flow, preferred, extra, made_ahead=None):
    parameters = {"USERNAME": username}
    secret = None
    if flow == "USER_SRP_AUTH" or preferred == "PASSWORD_SRP" or flow == "CUSTOM_AUTH" and password:
        from ..crypto.srp import secret_in_steps
        from .srp import pool_name

        pool_name(app)  # before anything is sent
        secret = made_ahead or (yield from secret_in_steps())
        parameters["SRP_A"] = secret.public
        if flow == "CUSTOM_AUTH":
            parameters["CHALLENGE_NAME"] = "SRP_A"
    elif flow == "USER_PASSWORD_AUTH" or preferred == "PASSWORD":
        parameters["PASSWORD"] = password
    if preferred:
        parameters["PREFERRED_CHALLENGE"] = preferred
    request = initiate(app, flow, parameters, username, named["key"] if named else None)
    request.parameters.update(extra)
    outcome = read_outcome((yield request), username)
    if secret and isinstance(outcome, Challenge) and outcome.name == "PASSWORD_VERIFIER":
        from .srp import prove_password

        named, outcome = yield from prove_password(app, device, named, outcome, password, secret, extra)
    return (yield from with_device(app, device, named, outcome, extra, flow))
