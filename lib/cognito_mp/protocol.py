"""Cognito's wire contract: to whom a request goes, what it holds, and what a reply says. No I/O and no clock.

Source: the API reference of Amazon Cognito user pools (InitiateAuth, RespondToAuthChallenge), JSON 1.1.
"""

import json
from binascii import a2b_base64, b2a_base64

if 0:  # for type checkers; unlike TYPE_CHECKING, it is nothing in a .mpy
    from .challenge import Challenge

# Where tokens are in an AuthenticationResult.
# The longest first: it finds the largest hole in the heap, and what is left of that does for a shorter one.
_TOKENS = ("RefreshToken", "IdToken", "AccessToken")

# A flow may yield this in place of a Request, or another function of the clock's, and is sent what that returns. This
# one is seconds since 1970, an int.
NOW = "now"


class Once:
    """`outcome = yield Once(key, flow)`: what `flow` returns, run once for all who ask for `key` at the same time.

    It runs to its end, and what it brings is committed, though whoever asked for it be cancelled.
    """

    def __init__(self, key, flow, parameters: "dict | None" = None) -> None:
        """
        key         str or tuple that says what is asked for
        flow        a generator, run unless one of this key is running
        parameters  what `flow` was given, if anything: one that was given something else is waited for, and not shared
        """
        self.key = key
        self.flow = flow
        self.parameters = parameters


def split_url(url: str) -> tuple:
    """`url` ("https://host:port/path") as (secure: bool, host: str, port: int, path: str).

    Raises ValueError if it is not such a URL, or is http to a host that is not this machine.
    """
    # As bytes: MicroPython makes a name, which stays, of each character of a str that it goes through.
    if not (url and isinstance(url, str) and min(url.encode()) > 32 and max(url.encode()) < 127):
        url = ""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    host, _, port = host.partition(":")
    secure = scheme == "https"
    port = port or str(443 if secure else 80)
    here = scheme == "http" and host in ("127.0.0.1", "localhost")
    name = host.replace(".", "").replace("-", "").lower()
    if (
        not (secure or here)
        or not name
        or name.strip("abcdefghijklmnopqrstuvwxyz0123456789")
        or not (port.isdigit() and len(port) < 6 and 0 < int(port) < 65536)
    ):
        from .unusual_urls import split

        return split(url)
    return secure, host, int(port), "/" + path


class App:
    """An app client of a Cognito user pool. Constant once it is made, but for which of two secrets served last.

    client_id: str; client_secret, user_pool_id: str or None; url: str, where its operations are posted;
    client_secrets: tuple of str, where it has two; hashed: str, the name of the SECRET_HASH that was made last.
    """

    def __init__(
        self,
        region: str,
        client_id: str,
        client_secret: "str | tuple | list | None" = None,
        user_pool_id: "str | None" = None,
        endpoint: "str | None" = None,
        fips: bool = False,
    ) -> None:
        """client_secret: one, or two; endpoint: str, "https://host:port" in place of AWS's own, or of its FIPS one.

        Raises ValueError that names the argument which can't be right.
        """
        # What most clients are given is told at a glance; all else is looked at with care.
        try:
            area, side, number = region.split("-")
            name, _, rest = (user_pool_id or region + "_" + client_id).partition("_")
            text = area + side + client_id + (client_secret or "") + rest  # type: ignore[operator]  # two secrets are a TypeError
            usual = (
                area.isalpha()
                and side.isalpha()
                and number.isdigit()
                and name == region == region.lower()
                and client_id
                and rest
                and not text.lower().strip("abcdefghijklmnopqrstuvwxyz0123456789")
                and area != "cn"
                and fips is False
            )
        except (AttributeError, TypeError, ValueError):
            usual = ""
        if not usual:
            from .arguments import app as check  # not `from . import`: the package has a __getattr__

            endpoint, client_secret = check(self, region, client_id, client_secret, user_pool_id, endpoint, fips)
        if endpoint is None:
            endpoint = "https://cognito-idp.%s.amazonaws.com" % region  # others: partitions.py
        split_url(endpoint)
        self.url = endpoint
        self.client_id = client_id
        self.client_secret = client_secret
        self.user_pool_id = user_pool_id


def with_secret_hash(app, parameters: dict, username: str, device_key: "str | None" = None) -> dict:
    """`parameters`, with the SECRET_HASH of `username` added where `app` has a client_secret, and the DEVICE_KEY."""
    if device_key:
        parameters["DEVICE_KEY"] = device_key
    if app.client_secret:
        from .crypto.hmac_sha256 import hmac_sha256

        app.hashed = username
        digest = hmac_sha256(app.client_secret.encode(), (username + app.client_id).encode())
        parameters["SECRET_HASH"] = b2a_base64(digest)[:-1].decode()
    return parameters


class Request:
    """One call of an operation of the user pools API; other services have kinds of their own.

    operation   str, the API's own name
    parameters  dict that goes out as JSON
    repeatable  bool: sent again when its reply is lost; False where the second would do harm, or can't succeed
    seconds     int, that one try may take in all, connecting with it; what the transport allows for if that is less
    """

    seconds = 9999

    def __init__(self, operation: str, parameters: dict, repeatable: bool = True) -> None:
        self.operation = operation
        self.parameters = parameters
        self.repeatable = repeatable

    def write(self, url: str, now: int) -> list:
        """[url, headers: dict, body: bytes] to post, anew at each try; `url` is the user pool's, `now` in Unix time.

        A list, so that a driver can clear it: its kilobytes are wanted for the reply.
        """
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService." + self.operation,
        }
        return [url, headers, json.dumps(self.parameters).encode()]

    def read(self, status: int, headers: dict, body) -> dict:
        """The reply. Raises CognitoError when the service refuses."""
        return read_reply(status, headers, body, self.parameters)


def loads(text: "bytes | bytearray") -> dict:
    """The JSON object in `text` (bytes-like, not copied). Raises ValueError when it is none."""
    # 1000 brackets are more than any reply has: a full page of ListDevices has some 800. Nested, they take stack on
    # CPython and heap on a chip. The commas of such a page are 900, and a pair is 42 bytes of a chip's heap.
    if text.count(b"[") + text.count(b"{") > 1000 or text.count(b",") > 1500:
        raise ValueError("no JSON object")
    if b"\\u" in text:
        from .surrogates import joined

        text = joined(text)
    try:
        value = json.loads(text)  # type: ignore[type-var]  # the stubs know no bytearray
    except RuntimeError:  # RecursionError on CPython
        value = None
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value


def read_reply(status: int, headers: dict, body: "bytes | bytearray", parameters: "dict | None" = None) -> dict:
    """The reply as a dict. `headers` have lower-case names. Raises CognitoError when the service refuses.

    A body that is a bytearray is used up. `parameters`: of the request, whose values the error does not repeat.
    """
    tokens: dict = {}
    try:
        if isinstance(body, bytearray) and b'"AuthenticationResult"' in body and b"\\" not in body:
            tokens = _cut_tokens(body)
        reply = loads(body or b"{}")
        if tokens:
            reply["AuthenticationResult"].update(tokens)
        if status == 200:
            return reply
    except (ValueError, KeyError, AttributeError):  # UnicodeError is a ValueError
        reply = None
    from .refusals import error_from_reply

    raise error_from_reply(status, headers, reply, parameters)


def _cut_tokens(body: bytearray) -> dict:
    """The tokens in `body`, cut out of it: json would grow one buffer for all strings.

    Each token in turn outgrows the hole that the one before it left in the heap.
    """
    tokens: dict = {}
    for name in _TOKENS:
        at = body.find(b'"' + name.encode() + b'":')
        if at < 0:
            continue
        at += len(name) + 3
        start = body.find(b'"', at) + 1
        end = body.find(b'"', start)
        if start and end >= 0 and not body[at : start - 1].strip():
            tokens[name] = str(memoryview(body)[start:end], "utf-8")
            body[start:end] = b""
    return tokens


def read_outcome(
    reply: dict, username: str, refresh_token: "str | None" = None, sign_in_name: "str | None" = None
) -> "Tokens | Challenge":
    """Tokens or Challenge, whichever `reply` holds. Raises CognitoError when it holds neither.

    refresh_token  the one that was used; None for a sign-in
    sign_in_name   what the person typed; None when it is `username`
    """
    if reply.get("ChallengeName") is not None:
        from .challenge import Challenge

        return Challenge(reply, username, sign_in_name)
    result = reply.get("AuthenticationResult")
    return Tokens(result, username, refresh_token, sign_in_name)  # type: ignore[arg-type]  # it looks


class Tokens:
    """What a sign-in or a refresh brought.

    access_token: str; id_token: str or None; refresh_token: str, the one now in force, or None;
    expires_in: int, seconds from when they came; token_type: str, "Bearer";
    username: str, the name that a refresh must hash; sign_in_name: str, the name that the person signed in with, or
    None where a refresh brought them;
    device: dict of the remembered device that took part in this sign-in, or None;
    new_device: NewDeviceMetadata as it came, a device to confirm, or None;
    auth_time: of a sign-in, that claim of the access token as it came: seconds since 1970. None of a refresh.
    flow: str, the AuthFlow of the sign-in that brought them; a plain one by USER_PASSWORD_AUTH has none.
    """

    flow: str

    def __init__(
        self, result: dict, username: str, refresh_token: "str | None", sign_in_name: "str | None" = None
    ) -> None:
        """`result`: an AuthenticationResult, in which no member is required. Raises CognitoError when it is none.

        refresh_token  the one that brought them; None for a sign-in
        sign_in_name   what the person typed; None when it is `username`, or nothing was typed
        """
        if not isinstance(result, dict):
            result = {}
        problem = None if result.get("AccessToken") else "neither tokens nor a challenge"
        for name in _TOKENS:
            if not isinstance(result.get(name) or "", str):
                problem = name + " is not a string"
        if problem:
            from .refusals import unreadable

            raise unreadable(problem)
        self.access_token: str = result["AccessToken"]
        self.id_token: str | None = result.get("IdToken") or None
        self.refresh_token: str | None = result.get("RefreshToken") or refresh_token
        self.token_type = "Bearer"
        self.new_device = result.get("NewDeviceMetadata")
        self.device: dict | None = None
        # In pools with e-mail sign-in a refresh must hash the user's `sub`, which is this claim, and not the alias.
        # A refresh knows it already; decoding the token costs 2 kB for a moment.
        claims = {} if refresh_token else _claims(self.access_token)
        self.auth_time = claims.get("auth_time")
        named = claims.get("username")
        self.username = named if named and isinstance(named, str) else username
        self.sign_in_name = sign_in_name or (None if refresh_token else username)
        self.expires_in = lifetime(result.get("ExpiresIn"), self.access_token)


def _claims(token: str) -> dict:
    """The claims of a token, read without trust; {} when there are none."""
    try:
        payload = token.split(".")[1].replace("-", "+").replace("_", "/")
        return loads(a2b_base64(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError):
        return {}


def lifetime(expires_in, token: str) -> int:
    """Seconds that `token` is good for: `expires_in` as a reply has it, else what `token` says, else 3600."""
    if type(expires_in) is not int:
        claims = _claims(token)
        try:
            expires_in = claims["exp"] - claims["iat"] or None
        except (KeyError, TypeError):
            expires_in = None
    # No token of Cognito's is good for longer than a day (botocore's model, AccessTokenValidityType).
    return expires_in if type(expires_in) is int and 0 <= expires_in <= 86400 else 3600
