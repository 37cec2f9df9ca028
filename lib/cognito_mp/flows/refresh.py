"""New tokens for a refresh token, as a flow: see flows/password.py."""

from ..errors import CognitoError
from ..protocol import Request, Tokens, read_outcome
from .password import initiate


def refresh(app, held: dict, client_metadata: "dict | None" = None):
    """(Tokens, rotates: bool, device key: str or None) for `held`, as Session.begin_refresh() gives it.

    Raises NotSignedIn when the service says that the session is over, and CognitoError for any other refusal.
    """

    def asked(rotates: bool, device_key: "str | None") -> Request:
        if rotates:
            # It takes the client secret itself, not its hash. It may be repeated when its reply is lost: the old token
            # stays good for the app client's grace period.
            parameters = {"RefreshToken": held["refresh_token"], "ClientId": app.client_id}
            if app.client_secret:
                parameters["ClientSecret"] = app.client_secret
            if device_key:
                parameters["DeviceKey"] = device_key
            request = Request("GetTokensFromRefreshToken", parameters)
        else:
            parameters = {"REFRESH_TOKEN": held["refresh_token"]}
            request = initiate(app, "REFRESH_TOKEN_AUTH", parameters, held["username"], device_key)
        if client_metadata:
            request.parameters["ClientMetadata"] = client_metadata
        request.seconds = 18  # three tries end within the longest grace of a rotation: see retry.py
        return request

    rotates = bool(held.get("rotates"))
    device_key = held["device"]["key"] if held.get("device") else None
    try:
        reply = yield asked(rotates, device_key)
    except CognitoError as refusal:
        from .refused_refresh import second_tries

        reply, rotates, device_key = yield from second_tries(asked, rotates, held.get("device"), refusal)
    tokens = read_outcome(reply, held["username"], held["refresh_token"])
    if not isinstance(tokens, Tokens):
        from ..refusals import unreadable

        raise unreadable("a challenge in answer to a refresh")
    return tokens, rotates, device_key
