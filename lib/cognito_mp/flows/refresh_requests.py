"""The two Requests that bring new tokens for a refresh token."""

from ..request import Request
from .password import initiate


def refresh_request(app, held: dict, rotates: bool, device_key: "str | None", client_metadata: "dict | None"):
    """The Request: REFRESH_TOKEN_AUTH, or GetTokensFromRefreshToken where the app client rotates its tokens."""
    if rotates:
        made = get_tokens(app, held, device_key)
    else:
        made = initiate(
            app, "REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": held["refresh_token"]}, held["username"], device_key
        )
    if client_metadata:
        made.parameters["ClientMetadata"] = client_metadata
    return made


def get_tokens(app, held: dict, device_key: "str | None") -> Request:
    """GetTokensFromRefreshToken. The operation takes the client secret itself, not its hash.

    It may be repeated when its reply is lost: the old token stays good for the app client's grace period.
    """
    parameters = {"RefreshToken": held["refresh_token"], "ClientId": app.client_id}
    if app.client_secret:
        parameters["ClientSecret"] = app.client_secret
    if device_key:
        parameters["DeviceKey"] = device_key
    return Request("GetTokensFromRefreshToken", parameters)
