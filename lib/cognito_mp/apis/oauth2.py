"""Access tokens for a device that is nobody's: an app client with a secret signs in as itself (machine to machine).

Source: Cognito's GetClientToken; RFC 6749, 4.4 (client credentials), 2.3.1 (HTTP Basic) and 5.2 (errors).
"""

import json
from binascii import b2a_base64

from ..argument_types import require_optional_text, require_text_list
from ..clock import Lifetime
from ..errors import CognitoError, require_text
from ..flows.options import add_options
from ..protocol import Once, Request, lifetime, loads, read_reply, split_url
from ..refusals import unreadable
from .kept import keep

# Seconds until a token that could not be replaced, and is still good, is asked for again.
_TRY_AGAIN = 60


class _ClientToken:
    """An access token, its Lifetime, and when it ends, in seconds since 1970."""

    def __init__(self, clock, access_token: str, expires_in) -> None:
        require_text(access_token=access_token)
        self.access_token = access_token
        self.life = Lifetime(clock, lifetime(expires_in, access_token))
        self.expiration = clock.now() + self.life.left()


def client_token(client, scopes: "list | None" = None, client_metadata: "dict | None" = None) -> str:
    """An access token of the app client itself that is good now (GetClientToken), asked for again when due.

    The app client has a secret, and ALLOW_CLIENT_TOKEN_AUTH as its only flow; no domain is needed. Works with
    a Client and, awaited, with an AsyncClient.

    scopes           list of str, such as ["watch/read"]; None for all that the app client may have
    client_metadata  dict of str for the pool's Lambda triggers; each has a token of its own

    Raises ValueError when the client has no client_secret, CognitoError and OSError as any call does.
    """
    require_text(client_secret=client.app.client_secret)
    require_text_list(scopes=scopes)
    parameters = {"ClientId": client.app.client_id, "Secret": client.app.client_secret}
    add_options(parameters, {"client_metadata": client_metadata})
    key = None, client.app.client_id, " ".join(scopes or ()), repr(sorted((client_metadata or {}).items()))
    if scopes:
        parameters["Scopes"] = list(scopes)
    return client.run(_current(client, key, _get_client_token(parameters)))


def _get_client_token(parameters: dict):
    reply = yield Request("GetClientToken", parameters)
    result = reply["ClientAuthenticationResult"]
    return result["AccessToken"], result.get("ExpiresIn")


def token(
    client,
    domain_url: str,
    client_id: "str | None" = None,
    client_secret: "str | None" = None,
    scopes: "list | None" = None,
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
    require_optional_text(client_id=client_id, client_secret=client_secret)
    require_text_list(scopes=scopes)
    client_id = client_id or client.app.client_id
    client_secret = client_secret or client.app.client_secret
    require_text(domain_url=domain_url, client_id=client_id, client_secret=client_secret)
    try:
        split_url(domain_url)
    except ValueError:
        raise ValueError("domain_url must be https://host")
    wanted = " ".join(scopes or ())
    body = "grant_type=client_credentials" + ("&scope=" + _form(wanted) if wanted else "")
    request = _TokenRequest(domain_url.rstrip("/") + "/oauth2/token", client_id, client_secret, body)
    return client.run(_current(client, (domain_url, client_id, wanted), _post_token(request)))


class _TokenRequest(Request):
    """A Request to a token endpoint."""

    def __init__(self, url: str, client_id: str, client_secret: str, body: str) -> None:
        # Not sent as they are: what an error must not repeat.
        super().__init__("oauth2/token", {"Secret": client_secret})
        self._url = url
        self._client_id = client_id
        self._body = body

    def write(self, url: str, now: int) -> list:
        pair = _form(self._client_id) + ":" + _form(self.parameters["Secret"])
        proof = self.parameters["Authorization"] = b2a_base64(pair.encode())[:-1].decode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic " + proof}
        return [self._url, headers, self._body.encode()]

    def read(self, status: int, headers: dict, body) -> dict:
        """The reply; OAuth's words for a refusal go where Cognito's are."""
        if status != 200:
            try:
                reply = loads(body)
                reply = {"__type": reply["error"], "message": reply.get("error_description") or reply["error"]}
                body = json.dumps(reply).encode()
            except (KeyError, ValueError):
                pass
        return read_reply(status, headers, body, self.parameters)


def _post_token(request: Request):
    reply = yield request
    return reply["access_token"], reply.get("expires_in")


def _current(client, key: tuple, flow):
    """The token that is kept under `key`; `flow` brings another when it is due. A flow."""
    held = client.cache.get(key)
    if held and held.life.until_due():
        return held.access_token
    try:
        held = yield Once(key, _held(client.clock, flow))
        keep(client.cache, key, held)
    except (OSError, CognitoError):
        if not held or not held.life.left():
            raise
        held.life.postpone(_TRY_AGAIN)
    return held.access_token


def _held(clock, flow):
    try:
        return _ClientToken(clock, *(yield from flow))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise unreadable("no token") from None


def _form(text: str) -> str:
    """`text` as application/x-www-form-urlencoded has it."""
    plain = b"-._*0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join([chr(byte) if byte in plain else "%%%02X" % byte for byte in text.encode()])
