"""Cognito's wire contract: what a request looks like, and what a reply says. No I/O and no clock.

Source: the API reference of Amazon Cognito user pools (InitiateAuth, RespondToAuthChallenge), JSON 1.1.
"""

import json
from binascii import a2b_base64, b2a_base64

if 0:  # for type checkers; unlike TYPE_CHECKING, it is nothing in a .mpy
    from .challenges import Challenge


def split_url(url: str) -> tuple:
    """`url` ("https://host:port/path") as (secure: bool, host: str, port: int, path: str).

    Raises ValueError when it is no such URL, or http to a host that is not this machine.
    """
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    host, _, port = host.partition(":")
    secure = scheme == "https"
    port = port or ("443" if secure else "80")
    if not (secure or scheme == "http" and host in ("127.0.0.1", "localhost")) or not (host and port.isdigit()):
        raise ValueError("endpoint must be https://host:port")
    return secure, host, int(port), "/" + path


def hashed(app, parameters: dict, username: str) -> dict:
    """`parameters`, with the SECRET_HASH of `username` added where `app` has a client_secret, and its DEVICE_KEY."""
    if app.device_key:
        parameters["DEVICE_KEY"] = app.device_key
    if app.client_secret:
        from .hmac_sha256 import hmac_sha256

        digest = hmac_sha256(app.client_secret.encode(), (username + app.client_id).encode())
        parameters["SECRET_HASH"] = b2a_base64(digest)[:-1].decode()
    return parameters


class Tokens:
    """What a sign-in or a refresh brought.

    access_token, id_token, refresh_token: str (refresh_token is the one now in force);
    expires_in: int, seconds from when they came; token_type: str, "Bearer";
    username: str, the name that a refresh must hash; new_device: dict of a device to confirm, or None.
    """

    def __init__(self, result: dict, username: str, refresh_token: str | None) -> None:
        self.access_token = result["AccessToken"]
        self.id_token = result.get("IdToken")
        self.refresh_token = result.get("RefreshToken") or refresh_token
        self.expires_in = result["ExpiresIn"]
        self.token_type = result["TokenType"]
        self.new_device = result.get("NewDeviceMetadata")
        # A refresh knows the name already; decoding the token costs 2 kB for a moment.
        self.username = username if refresh_token else username_claim(self.access_token) or username


def write_request(url: str, operation: str, parameters: dict) -> list:
    """[url, headers: dict, body: bytes] of one call of `operation` of the user pools API; a list, to be cleared."""
    return [
        url,
        {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService." + operation,
        },
        json.dumps(parameters).encode(),
    ]


def loads(text: "bytes | bytearray") -> dict:
    """The JSON object in `text` (bytes-like, not copied). Raises ValueError when it is none."""
    if b"\\u" in text:
        from .surrogates import joined

        text = joined(text)
    value = json.loads(text)  # type: ignore[type-var]  # the stubs know no bytearray
    if not isinstance(value, dict):
        raise ValueError
    return value


def read_reply(status: int, headers: dict, body: "bytes | bytearray") -> dict:
    """The reply as a dict. `headers` have lower-case names. Raises CognitoError when the service refuses.

    A body that is a bytearray is used up.
    """
    tokens: dict[str, str] = {}
    if isinstance(body, bytearray) and b'"AuthenticationResult"' in body and b"\\" not in body:
        # json would grow one buffer for all strings, and each token in turn outgrows the hole that it left.
        for name in ("AccessToken", "IdToken", "RefreshToken"):
            at = body.find(b'"' + name.encode() + b'":')
            if at >= 0:
                at += len(name) + 3
                start = body.find(b'"', at) + 1
                if not body[at : start - 1].strip():
                    end = body.find(b'"', start)
                    tokens[name] = str(memoryview(body)[start:end], "utf-8")
                    body[start:end] = b""
    try:
        reply = loads(body or b"{}")
        if tokens:
            reply["AuthenticationResult"].update(tokens)
        if status == 200:
            return reply
    except (ValueError, KeyError, AttributeError):
        reply = None
    from .refusals import refusal

    raise refusal(status, headers, reply)


def read_outcome(reply: dict, username: str, refresh_token: str | None = None) -> "Tokens | Challenge":
    """Tokens or Challenge, whichever `reply` holds. Raises CognitoError when it holds neither."""
    try:
        if "ChallengeName" in reply:
            from .challenges import Challenge

            return Challenge(reply, username)
        return Tokens(reply["AuthenticationResult"], username, refresh_token)
    except (KeyError, TypeError, AttributeError):
        from .refusals import refusal

        raise refusal(200, {}, reply)


def username_claim(access_token: str) -> str | None:
    """The `username` claim of an access token, read without trust; None when there is none.

    In pools with e-mail sign-in it is the user's `sub`, and a refresh must hash it, not the alias.
    """
    try:
        payload = access_token.split(".")[1].replace("-", "+").replace("_", "/")
        return loads(a2b_base64(payload + "=" * (-len(payload) % 4)))["username"]
    except (ValueError, IndexError, KeyError):
        return None
