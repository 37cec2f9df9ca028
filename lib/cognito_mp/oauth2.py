"""Access tokens for a device that is nobody's: an app client with a secret signs in as itself (machine to machine).

Source: Cognito's GetClientToken; RFC 6749, 4.4 (client credentials), 2.3.1 (HTTP Basic) and 5.2 (errors).
"""

import json
from binascii import b2a_base64

from .elsewhere import drive, exchange
from .errors import CognitoError, require_text
from .protocol import loads, split_url
from .refreshing import _age


class _ClientToken:
    """An access token, and what tells its age."""

    def __init__(self, client, access_token: str, expires_in: int) -> None:
        require_text(access_token=access_token)
        self.access_token = access_token
        self._clock = client._clock
        self._start = client._clock.now(), client._clock.ticks_ms()
        self.expires_in = int(expires_in)
        # Three quarters of the life, give or take a tenth, as with a person's tokens.
        self.due = self.expires_in * (166 + client._clock.jitter() % 52) // 256


def client_token(client, scopes: list | None = None) -> str:
    """An access token of the app client itself that is good now (GetClientToken), asked for again when due.

    The app client has a secret, and ALLOW_CLIENT_TOKEN_AUTH as its only flow; no domain is needed. Works with
    a Client and, awaited, with an AsyncClient.

    scopes  list of str, such as ["watch/read"]; None for all that the app client may have

    Raises ValueError when the client has no client_secret, CognitoError and OSError as any call does.
    """
    require_text(client_secret=client.client_secret)
    parameters = {"ClientId": client.client_id, "Secret": client.client_secret}
    key = None, client.client_id, _joined(scopes)
    if scopes:
        parameters["Scopes"] = list(scopes)
    return client._drive(_current(client, key, client._exchange(_get_client_token(parameters))))


def _joined(scopes: list | None) -> str:
    if isinstance(scopes, str):
        raise ValueError("scopes must be a list of str")
    return " ".join(scopes or ())


def _get_client_token(parameters: dict):
    reply = yield "GetClientToken", parameters, True
    result = reply["ClientAuthenticationResult"]
    return result["AccessToken"], result["ExpiresIn"]


def token(
    client,
    domain_url: str,
    client_id: str | None = None,
    client_secret: str | None = None,
    scopes: list | None = None,
) -> str:
    """An access token of an app client that is good now, from the token endpoint of the pool's domain.

    POST <domain_url>/oauth2/token with grant_type=client_credentials; asked for again when due. Works with a
    Client and, awaited, with an AsyncClient, whose connection, retries and clock it uses.

    domain_url                "https://<domain>.auth.<region>.amazoncognito.com", or the pool's own domain
    client_id, client_secret  of the app client; None for those of `client`
    scopes                    list of str, such as ["watch/read"]; None for all that the app client may have

    Raises CognitoError with OAuth's code ("invalid_client", "invalid_scope"), OSError, and ValueError when an
    argument can't be right.
    """
    client_id = client_id or client.client_id
    client_secret = client_secret or client.client_secret
    require_text(domain_url=domain_url, client_id=client_id, client_secret=client_secret)
    try:
        split_url(domain_url)
    except ValueError:
        raise ValueError("domain_url must be https://host")
    wanted = _joined(scopes)
    proof = b2a_base64((_form(client_id) + ":" + _form(client_secret)).encode())[:-1].decode()
    body = "grant_type=client_credentials" + ("&scope=" + _form(wanted) if wanted else "")

    def write(request: list) -> None:
        request[0] = domain_url.rstrip("/") + "/oauth2/token"
        request[1] = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic " + proof}
        request[2] = body.encode()

    steps = _current(client, (domain_url, client_id, wanted), exchange(client, _post_token(), write))
    return drive(client, steps, _as_cognito)


def _post_token():
    reply = yield "oauth2/token", {}, True
    return reply["access_token"], reply["expires_in"]


def _current(client, key: tuple, steps):
    """The token that is kept under `key`, a generator for the client's driver; `steps` bring another when it is due."""
    if not hasattr(client, "_client_tokens"):
        client._client_tokens = {}
    held = client._client_tokens.get(key)
    if not held or _age(held) >= held.due:
        try:
            client._client_tokens[key] = held = _ClientToken(client, *(yield from steps))
        except (KeyError, TypeError, ValueError):
            raise CognitoError("UnreadableReply", "no token: is the endpoint right?", 200)
        except (OSError, CognitoError):
            if not held or _age(held) >= held.expires_in:
                raise
            held.due = _age(held) + 60  # seconds until the network is asked again
    return held.access_token


def _as_cognito(status: int, headers: dict, body: bytes) -> tuple:
    """The reply with OAuth's words for a refusal in the places of Cognito's."""
    if status != 200:
        try:
            reply = loads(body)
            reply = {"__type": reply["error"], "message": reply.get("error_description") or reply["error"]}
            body = json.dumps(reply).encode()
        except (KeyError, ValueError):
            pass
    return status, headers, bytes(body)


def _form(text: str) -> str:
    """`text` as application/x-www-form-urlencoded has it."""
    plain = b"-._*0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join([chr(byte) if byte in plain else "%%%02X" % byte for byte in text.encode()])
