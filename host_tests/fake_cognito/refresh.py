"""Refreshing, rotation, revoking and machine-to-machine tokens in the fake Cognito."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from cognito_mp_tools.local.tls_front import Request, Response

from fake_cognito.pools import AppClient, Refusal, SignIn, World, not_authorized

Reply = dict[str, Any]


class RefreshOperations:
    """The operations that take a refresh token or an app's own secret."""

    def __init__(
        self,
        world: World,
        find_app: Callable[[str], AppClient],
        knows_access_token: Callable[[str], bool],
    ) -> None:
        self._world = world
        self._find_app = find_app
        self._knows_access_token = knows_access_token
        self.operations = {
            "GetTokensFromRefreshToken": self.get_tokens_from_refresh_token,
            "RevokeToken": self.revoke_token,
            "GetClientToken": self.get_client_token,
        }

    def refresh_token_auth(self, app: AppClient, given: dict[str, str]) -> Reply:
        """InitiateAuth's REFRESH_TOKEN_AUTH."""
        if app.rotation is not None:
            raise Refusal(app.rotation_refusal, "REFRESH_TOKEN_AUTH is not supported with refresh token rotation")
        # AWS looks at the token first, so a dead one is called dead whatever the hash.
        sign_in = self._living(app, given["REFRESH_TOKEN"], given.get("DEVICE_KEY", ""))
        app.check_hash(sign_in.user.username, given.get("SECRET_HASH"))
        return {"ChallengeParameters": {}, "AuthenticationResult": app.pool.tokens(sign_in)}

    def get_tokens_from_refresh_token(self, call: Reply) -> Reply:
        app, token = self._find_app(call["ClientId"]), call["RefreshToken"]
        _check_secret(app, call.get("ClientSecret"), "NotAuthorizedException")
        sign_in = self._living(app, token, call.get("DeviceKey", ""))
        result = app.pool.tokens(sign_in)
        if app.rotation is not None:
            result["RefreshToken"] = self._rotate(sign_in, token)
        return {"AuthenticationResult": result}

    def _living(self, app: AppClient, token: str, device_key: str) -> SignIn:
        """The sign-in of a refresh token that is good here and now. Raises Refusal."""
        sign_in = next((one for one in app.pool.sign_ins if token in one.refresh_tokens), None)
        # AWS's knowledge centre: another client's token is "Invalid Refresh Token" as well.
        if sign_in is None or sign_in.app is not app:
            raise not_authorized("Invalid Refresh Token")
        if not sign_in.user.exists:
            raise not_authorized("The user has been deleted for the associated refresh token")
        if not sign_in.user.enabled:
            raise not_authorized("User is disabled.")
        self._check_reuse(sign_in, token)
        if sign_in.revoked:
            raise not_authorized("Refresh Token has been revoked")
        if self._world.now() >= sign_in.expires_at:
            raise not_authorized("Refresh Token has expired")
        _check_device(sign_in, device_key)
        return sign_in

    def _check_reuse(self, sign_in: SignIn, token: str) -> None:
        replaced_at = sign_in.refresh_tokens[token]
        if replaced_at is None or self._world.now() < replaced_at + (sign_in.app.rotation or 0):
            return
        # Two parties hold tokens of one sign-in: a thief may be one of them, so neither may go on.
        sign_in.revoked = True
        raise Refusal("RefreshTokenReuseException", "Refresh token has been reused")

    def _rotate(self, sign_in: SignIn, token: str) -> str:
        """A new refresh token in place of `token`, with the sign-in's own expiry; grace runs from the first time."""
        if sign_in.refresh_tokens[token] is None:
            sign_in.refresh_tokens[token] = self._world.now()
        return sign_in.app.pool.new_refresh_token(sign_in)

    def revoke_token(self, call: Reply) -> None:
        app = self._find_app(call["ClientId"])
        _check_secret(app, call.get("ClientSecret"), "UnauthorizedException")
        token = call["Token"]
        if self._knows_access_token(token):
            raise Refusal("UnsupportedTokenTypeException", "Only refresh tokens can be revoked")
        for sign_in in app.pool.sign_ins:
            if token in sign_in.refresh_tokens:
                if sign_in.app is not app:
                    raise Refusal("UnauthorizedException", "The token was not issued to this client")
                sign_in.revoked = True
        # RFC 7009: a token that is unknown, or revoked already, is no error.

    def get_client_token(self, call: Reply) -> Reply:
        app = self._find_app(call["ClientId"])
        if app.flows != {"ALLOW_CLIENT_TOKEN_AUTH"}:
            raise Refusal("InvalidParameterException", "GetClientToken is not enabled for this client")
        _check_secret(app, call["Secret"], "NotAuthorizedException")
        scopes = call.get("Scopes") or app.scopes
        if not set(scopes) <= set(app.scopes):
            raise Refusal("InvalidParameterException", "A scope is not allowed for this client")
        token = app.pool.client_token(app, scopes)
        result = {"AccessToken": token, "ExpiresIn": app.token_seconds, "TokenType": "Bearer"}
        return {"ClientAuthenticationResult": result}

    def oauth2_token(self, request: Request) -> Response:
        """`POST /oauth2/token` of the pool's domain, client_credentials only, as RFC 6749 has it."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode(), strict_parsing=True).items()}
        if form.get("grant_type") != "client_credentials":
            return _oauth_error("unsupported_grant_type")
        app = self._basic(request.headers.get("authorization", ""))
        if app is None or form.get("client_id", app.id) != app.id:
            return _oauth_error("invalid_client")
        scopes = form["scope"].split() if "scope" in form else app.scopes
        if not set(scopes) <= set(app.scopes):
            return _oauth_error("invalid_scope")
        token = app.pool.client_token(app, scopes)
        return _json_response(200, {"access_token": token, "expires_in": app.token_seconds, "token_type": "Bearer"})

    def _basic(self, authorization: str) -> AppClient | None:
        """The app that HTTP Basic proves; id and secret are form-encoded before the base64 (RFC 6749, 2.3.1)."""
        kind, _, encoded = authorization.partition(" ")
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
            app = self._find_app(unquote_plus(client_id))
        except (ValueError, Refusal):
            return None
        return app if kind == "Basic" and unquote_plus(secret) in app.secrets else None


def _check_secret(app: AppClient, given: str | None, code: str) -> None:
    """Raise Refusal unless `given` is the raw secret of `app`. AWS's documents name no message for this."""
    if app.secret and given not in app.secrets:
        raise Refusal(code, f"Unable to verify client secret for client {app.id}")


def _check_device(sign_in: SignIn, device_key: str) -> None:
    """With device tracking, a refresh must name the sign-in's own device, confirmed (AWS's knowledge centre)."""
    if not sign_in.device_key:
        return
    device = sign_in.user.devices.get(sign_in.device_key)
    if device is None or not device.confirmed or device_key != device.key:
        raise not_authorized("Invalid Refresh Token")


def _json_response(status: int, answer: Reply) -> Response:
    return Response(status, json.dumps(answer).encode(), {"Content-Type": "application/json;charset=UTF-8"})


def _oauth_error(code: str) -> Response:
    return _json_response(400, {"error": code})
