"""A person's account: signing up, a forgotten password, attributes, second factors; and call() for all the rest.

Each function works with a Client and, awaited, with an AsyncClient. Besides what it says it raises
what any call does: CognitoError, OSError and, where it needs a signed-in person, NotSignedIn. `options` are
client_metadata (dict of str for the pool's Lambda triggers) and, where the operation takes it, user_context_data: see
flows/options.py.
"""

from ..argument_types import (
    require_bool,
    require_methods,
    require_optional_text,
    require_text_dict,
)
from ..errors import CognitoError, NotSignedIn, require_text
from ..flows.options import add_options
from ..partitions import region_of
from ..protocol import Request, read_reply, split_url, with_secret_hash
from ..refusals import unreadable
from ..renewal import fresh_tokens

# Operations that take no AccessToken but a ClientId, and where the proof of the app client goes: the hash of a
# user name ("SecretHash", or SECRET_HASH inside a map of parameters) or the secret itself. Source: botocore's model.
_PROOFS = {
    "SignUp": "SecretHash",
    "ConfirmSignUp": "SecretHash",
    "ResendConfirmationCode": "SecretHash",
    "ForgotPassword": "SecretHash",
    "ConfirmForgotPassword": "SecretHash",
    "InitiateAuth": "AuthParameters",
    "AdminInitiateAuth": "AuthParameters",
    "RespondToAuthChallenge": "ChallengeResponses",
    "AdminRespondToAuthChallenge": "ChallengeResponses",
    "RevokeToken": "ClientSecret",
    "GetTokensFromRefreshToken": "ClientSecret",
    "GetClientToken": "Secret",
    "GetDerivedToken": "ClientSecret",
}


def _is_repeatable(operation: str) -> bool:
    """True when a lost reply may be asked for again: nothing is used up, made, or sent to the person twice."""
    if operation[:5] == "Admin":
        operation = operation[5:]
    if "Code" in operation or "UserAttributes" in operation:  # a new address gets a code
        return False
    return operation[:3] in ("Get", "Lis", "Des", "Ini", "Set", "Upd", "Glo", "Rev")


def _secret_hash(app, username: str) -> str:
    return with_secret_hash(app, {}, username)["SECRET_HASH"]


def _prove(app, parameters: dict, place: str) -> None:
    """Add the ClientId, and to `place` of `parameters` what proves that the app has the secret."""
    if parameters.setdefault("ClientId", app.client_id) != app.client_id or not app.client_secret:
        return
    if place in ("AuthParameters", "ChallengeResponses"):
        inner = parameters[place] = dict(parameters.get(place) or {})
        if inner.get("USERNAME"):
            inner.setdefault("SECRET_HASH", _secret_hash(app, inner["USERNAME"]))
    elif place == "SecretHash":
        if parameters.get("Username"):
            parameters.setdefault(place, _secret_hash(app, parameters["Username"]))
    else:
        parameters.setdefault(place, app.client_secret)


class _SignedRequest(Request):
    """A Request with AWS's signature, made anew at each try: it has a date of its own."""

    def __init__(self, operation: str, parameters: dict, repeatable: bool, region: str, credentials) -> None:
        super().__init__(operation, parameters, repeatable)
        self._region = region
        self._credentials = credentials

    def write(self, url: str, now: int) -> list:
        from ..crypto import sigv4

        url, headers, body = super().write(url, now)
        added = sigv4.sign(
            "POST",
            url,
            headers,
            body,
            self._credentials.access_key,
            self._credentials.secret_key,
            getattr(self._credentials, "session_token", None),
            self._region,
            "cognito-idp",
            sigv4.amz_date(now),
        )
        headers.update(added)
        return [url, headers, body]

    def read(self, status: int, headers: dict, body) -> dict:
        """The reply. To a wrong signature AWS answers with all that it should have been made of, a token among it."""
        keys = self._credentials
        token = getattr(keys, "session_token", None)
        return read_reply(status, headers, body, {"": [self.parameters, keys.secret_key, token]})


def _signing_region(app) -> str:
    """The region that a signature names. Raises ValueError when neither the endpoint nor the pool's id tells."""
    region = region_of(split_url(app.url)[1])
    if region:
        return region
    name, underscore, _ = (app.user_pool_id or "").partition("_")
    if not underscore:
        raise ValueError("user_pool_id must be given to Client: this endpoint does not tell the region")
    return name


def _call(client, operation: str, parameters: "dict | None" = None, credentials=None, read=None, taken="AccessToken"):
    """The reply to `operation`, or what `read` makes of it, as a flow: see flows/password.py.

    taken  what it takes besides the proof of the app client: "AccessToken", "UserPoolId" or None
    """
    app = client.app
    parameters = dict(parameters or {})
    if operation in _PROOFS:
        _prove(app, parameters, _PROOFS[operation])
    elif taken == "AccessToken" and not ("AccessToken" in parameters or "Session" in parameters):
        parameters["AccessToken"] = (yield from fresh_tokens(app, client.session)).access_token
    if taken == "UserPoolId" and app.user_pool_id:
        parameters.setdefault("UserPoolId", app.user_pool_id)
    repeatable = _is_repeatable(operation)
    if credentials:
        reply = yield _SignedRequest(operation, parameters, repeatable, _signing_region(app), credentials)
    else:
        reply = yield Request(operation, parameters, repeatable)
    try:
        return read(reply) if read else reply
    except (AttributeError, KeyError, TypeError):
        raise unreadable("nothing that %s answers" % operation) from None


def call(client, operation: str, parameters: "dict | None" = None, credentials=None) -> dict:
    """The reply of any operation of the user pools API, a dict: Client.call().

    AccessToken (refreshed first when due) is filled in where the operation takes it; ClientId, with SecretHash or
    the secret, where it is the app client that asks, SECRET_HASH in AuthParameters and ChallengeResponses too. What
    the caller gives stays as it is. An operation newer than botocore 1.44.8 gets no AccessToken: give it.
    What the reply brings, tokens among it, is the caller's: the client keeps none of it.

    operation    Cognito's own name, such as "GetUserAuthFactors"
    parameters   dict, as the API reference has it
    credentials  AWS credentials (identity_pool.Credentials, or anything with access_key, secret_key and
                 session_token) to sign the request with, for a gateway that may use AdminInitiateAuth and its
                 like; those about a user pool get the client's UserPoolId. Which app client DescribeUserPoolClient
                 and its like are about is the caller's to say: no ClientId is added to these

    Raises NotSignedIn when it needs an access token and there is no session, and ValueError when the region
    to sign for can't be told.
    """
    require_text(operation=operation)
    if operation.lower().strip("abcdefghijklmnopqrstuvwxyz"):
        raise ValueError("operation must be a name such as GetUserAuthFactors, not %r" % operation)
    if not (parameters is None or isinstance(parameters, dict)):
        raise ValueError("parameters must be a dict, as the API reference has it")
    for name in parameters or ():
        require_text(parameters=name)
    if credentials is not None:
        require_methods("access_key secret_key", credentials=credentials)
    from .operations import taken

    owners = credentials is not None and (operation[:5] == "Admin" or operation not in _PROOFS)
    return client.run(_call(client, operation, parameters, credentials, None, taken(operation, owners)))


def _run(client, operation: str, parameters: "dict | None" = None, read=None):
    return client.run(_call(client, operation, parameters, None, read))


def _nothing(reply: dict) -> None:
    """For operations whose reply says no more than that it was done."""


def _of(kind: type, value):
    """`value`, which must be of `kind`."""
    if not isinstance(value, kind):
        raise unreadable("a member of the wrong type")
    return value


def _delivery(reply: dict) -> dict:
    return _of(dict, reply.get("CodeDeliveryDetails") or {})


def _listed(attributes: dict) -> list:
    return [{"Name": name, "Value": attributes[name]} for name in attributes]


# Before there is a sign-in


def sign_up(client, username: str, password: "str | None", attributes: "dict | None" = None, **options) -> dict:
    """Make a new account (SignUp): the reply, with UserConfirmed (bool), UserSub and CodeDeliveryDetails.

    password    None in pools that sign people in without one
    attributes  dict of str to str, such as {"email": "alice@example.com"}
    """
    require_text(username=username, password="-" if password is None else password)
    require_text_dict(attributes=attributes)
    parameters: dict = {"Username": username}
    if password:
        parameters["Password"] = password
    if attributes:
        parameters["UserAttributes"] = _listed(attributes)
    return _run(client, "SignUp", add_options(parameters, options))


def _session(reply: dict) -> "str | None":
    return _of(str, reply.get("Session") or "") or None


def confirm_sign_up(client, username: str, code: str, session: "str | None" = None, **options) -> "str | None":
    """Confirm a new account with the code that its owner was sent (ConfirmSignUp).

    session  str, the Session of sign_up()'s reply, where it has one

    Returns a Session, str, where the service gives one: sign_in(username, None, "USER_AUTH", session=...) then signs
    in without a password.
    """
    require_text(username=username, code=code)
    require_optional_text(session=session)
    parameters = {"Username": username, "ConfirmationCode": code}
    if session is not None:
        parameters["Session"] = session
    return _run(client, "ConfirmSignUp", add_options(parameters, options), _session)


def resend_code(client, username: str, **options) -> dict:
    """Send the code of a sign-up again (ResendConfirmationCode): Destination, DeliveryMedium and AttributeName."""
    require_text(username=username)
    return _run(client, "ResendConfirmationCode", add_options({"Username": username}, options), _delivery)


def forgot_password(client, username: str, **options) -> dict:
    """Send a code for a new password (ForgotPassword): Destination, DeliveryMedium and AttributeName."""
    require_text(username=username)
    return _run(client, "ForgotPassword", add_options({"Username": username}, options), _delivery)


def confirm_forgot_password(client, username: str, code: str, new_password: str, **options) -> None:
    """Set a new password with the code of forgot_password() (ConfirmForgotPassword)."""
    require_text(username=username, code=code, new_password=new_password)
    parameters = {"Username": username, "ConfirmationCode": code, "Password": new_password}
    return _run(client, "ConfirmForgotPassword", add_options(parameters, options), _nothing)


# Of the person who is signed in


def change_password(client, password: "str | None", new_password: str) -> None:
    """Replace `password` (None where the person has none yet) by `new_password` (ChangePassword)."""
    require_text(new_password=new_password)
    require_optional_text(password=password)
    parameters = {"ProposedPassword": new_password}
    if password:
        parameters["PreviousPassword"] = password
    return _run(client, "ChangePassword", parameters, _nothing)


def _attributes(listed: list) -> dict:
    return {_of(str, item["Name"]): _of(str, item.get("Value") or "") for item in listed}


def _user(reply: dict) -> dict:
    return {
        "username": _of(str, reply["Username"]),
        "attributes": _attributes(reply["UserAttributes"]),
        "mfa": _of(list, reply.get("UserMFASettingList") or []),
        "preferred_mfa": reply.get("PreferredMfaSetting"),
    }


def get_user(client) -> dict:
    """Who is signed in, as the service knows them now (GetUser).

    username: str; attributes: dict of str to str, `sub` among them; mfa: list of str, the second factors that
    are on; preferred_mfa: str or None.
    """
    return _run(client, "GetUser", None, _user)


def _deliveries(reply: dict) -> list:
    return _of(list, reply.get("CodeDeliveryDetailsList") or [])


def update_attributes(client, attributes: dict, client_metadata: "dict | None" = None) -> list:
    """Set attributes, a dict of str to str (UpdateUserAttributes).

    A list of where codes went (dicts as of resend_code()): a new address is verified with verify_attribute().
    """
    if attributes is None:
        raise ValueError("attributes must be a dict")
    require_text_dict(attributes=attributes)
    parameters = add_options({"UserAttributes": _listed(attributes)}, {"client_metadata": client_metadata})
    return _run(client, "UpdateUserAttributes", parameters, _deliveries)


def request_attribute_code(client, name: str, client_metadata: "dict | None" = None) -> dict:
    """Send a code to verify the attribute `name`, "email" or "phone_number" (GetUserAttributeVerificationCode).

    Returns as resend_code().
    """
    require_text(name=name)
    parameters = add_options({"AttributeName": name}, {"client_metadata": client_metadata})
    return _run(client, "GetUserAttributeVerificationCode", parameters, _delivery)


def verify_attribute(client, name: str, code: str) -> None:
    """Verify the attribute `name` with the code that was sent (VerifyUserAttribute)."""
    require_text(name=name, code=code)
    return _run(client, "VerifyUserAttribute", {"AttributeName": name, "Code": code}, _nothing)


def _deleted(client):
    session = client.session
    access_token = (yield from fresh_tokens(client.app, session)).access_token
    user = session.username
    try:
        yield from _call(client, "DeleteUser", {"AccessToken": access_token})
    except CognitoError as error:
        if error.code != "UserNotFoundException":  # gone already: its reply was lost, or somebody else did it
            raise
    try:
        if session.begin_refresh()["username"] != user:
            return  # somebody else has signed in meanwhile
    except (OSError, NotSignedIn):
        pass
    session.erase()
    client.cache.clear()


def delete_user(client) -> None:
    """Delete the account for good (DeleteUser), and erase the session here."""
    return client.run(_deleted(client))


# Second factors and devices

_MFA_SETTINGS = {
    "SMS_MFA": "SMSMfaSettings",
    "SOFTWARE_TOKEN_MFA": "SoftwareTokenMfaSettings",
    "EMAIL_OTP": "EmailMfaSettings",
}


def set_mfa_preference(client, factor: str, enabled: bool = True, preferred: bool = False) -> None:
    """Switch a second factor on or off, and make it the one that is asked for (SetUserMFAPreference).

    factor  "SMS_MFA", "SOFTWARE_TOKEN_MFA" or "EMAIL_OTP"; the others stay as they are
    """
    require_bool(enabled=enabled, preferred=preferred)
    if not isinstance(factor, str) or factor not in _MFA_SETTINGS:
        raise ValueError("factor must be SMS_MFA, SOFTWARE_TOKEN_MFA or EMAIL_OTP")
    settings = {_MFA_SETTINGS[factor]: {"Enabled": enabled, "PreferredMfa": preferred}}
    return _run(client, "SetUserMFAPreference", settings, _nothing)


def _secret_code(reply: dict) -> str:
    return _of(str, reply["SecretCode"])


def associate_software_token(client) -> str:
    """A new secret, base32, for an authenticator app or totp.code() (AssociateSoftwareToken); show it, store it safely.

    It counts once verify_software_token() has proved that it arrived.
    """
    return _run(client, "AssociateSoftwareToken", None, _secret_code)


def _verified(reply: dict) -> None:
    if reply.get("Status") != "SUCCESS":
        raise CognitoError("EnableSoftwareTokenMFAException", "the code was not accepted", 200)


def verify_software_token(client, code: str, device_name: "str | None" = None) -> None:
    """Prove with a code, six digits, that the secret arrived (VerifySoftwareToken); then set_mfa_preference().

    device_name  str, what the person calls the authenticator
    """
    require_text(code=code)
    require_optional_text(device_name=device_name)
    parameters = {"UserCode": code}
    if device_name:
        parameters["FriendlyDeviceName"] = device_name
    return _run(client, "VerifySoftwareToken", parameters, _verified)


def _described(device: dict) -> dict:
    key = _of(str, device["DeviceKey"])
    return {"key": key, "attributes": _attributes(device.get("DeviceAttributes") or [])}


def _page(reply: dict) -> tuple:
    devices = [_described(device) for device in reply.get("Devices") or []]
    return devices, _of(str, reply.get("PaginationToken") or "")


def list_devices(client) -> list:
    """The person's remembered devices (ListDevices): dicts of key (str) and attributes (dict of str to str).

    Raises CognitoError too where the service's pages have no end: one comes again, or there are more than twenty.
    """
    from .pages import listed

    def ask(parameters: dict):
        return _call(client, "ListDevices", parameters, None, _page)

    return client.run(listed(ask, "PaginationToken", "key", "devices"))


def forget_device(client, device_key: str) -> None:
    """Take a device off the list of remembered ones (ForgetDevice): it will be asked for a second factor again."""
    require_text(device_key=device_key)
    return _run(client, "ForgetDevice", {"DeviceKey": device_key}, _nothing)


def _about(client, device_key: "str | None"):
    """AccessToken and DeviceKey of a request about a device; this one where `device_key` is None. A flow."""
    # Refreshed first: until then the store may not have been read.
    access_token = (yield from fresh_tokens(client.app, client.session)).access_token
    device = {"key": device_key} if device_key else client.session.device
    if not device:
        raise ValueError("device_key must be given: this device has none, for the pool remembers no devices")
    return {"AccessToken": access_token, "DeviceKey": device["key"]}


def _got(client, device_key: "str | None"):
    parameters = yield from _about(client, device_key)
    return (yield from _call(client, "GetDevice", parameters, None, lambda reply: _described(reply["Device"])))


def get_device(client, device_key: "str | None" = None) -> dict:
    """A remembered device (GetDevice), as list_devices() gives them.

    device_key  None: this device, which came with the sign-in; ValueError if no device did
    """
    require_optional_text(device_key=device_key)
    return client.run(_got(client, device_key))


def _remembered(client, remembered: bool, device_key: "str | None"):
    parameters = yield from _about(client, device_key)
    parameters["DeviceRememberedStatus"] = "remembered" if remembered else "not_remembered"
    yield from _call(client, "UpdateDeviceStatus", parameters, None, _nothing)
    device = client.session.device
    if device and device["key"] == parameters["DeviceKey"] and "unremembered" in device:
        client.session.keep(device={name: device[name] for name in device if name != "unremembered"})


def remember_device(client, remembered: bool = True, device_key: "str | None" = None) -> None:
    """The person's answer to whether the device may stand for a second factor from now on (UpdateDeviceStatus).

    To be asked for where the pool leaves it to them: then client.session.device has "unremembered" after a sign-in.

    remembered  False: not, and a code goes on being asked for
    device_key  None: this device, which came with the sign-in; ValueError if no device did
    """
    require_bool(remembered=remembered)
    require_optional_text(device_key=device_key)
    return client.run(_remembered(client, remembered, device_key))


def list_sessions(client) -> list:
    """Where the person is signed in, in all app clients of the pool (ListUserSessions): a list of dicts.

    id, type ("TOKEN", or "SSO" of a managed login), client_id, device (what made the last request, by its User-Agent),
    address (its IP address), city, country: str, "" where the service does not say; created, last_active: int, seconds
    since 1970; current: bool, this very session. A session is in it some seconds after its sign-in.

    Raises CognitoError OperationNotEnabledException too where the pool does not track sessions, as none does that is
    not told to: `cognito-mp pool --session-tracking`.
    """
    from .user_sessions import sessions

    return client.run(sessions(client))


def revoke_session(client, session_id: str, linked: bool = False) -> None:
    """End another session of the person, such as that of a lost device, with all its tokens (RevokeUserSession).

    session_id  str, `id` of one that list_sessions() gave, and not the current one: that is what sign_out() is for
    linked      bool: those that came of one sign-in with managed login, too
    """
    require_text(session_id=session_id)
    require_bool(linked=linked)
    parameters = {"SessionId": session_id}
    if linked:
        parameters["RevokeAssociatedSessions"] = "LINKED"
    return _run(client, "RevokeUserSession", parameters, _nothing)
