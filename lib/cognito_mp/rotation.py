"""New tokens from an app client that rotates its refresh tokens (GetTokensFromRefreshToken), as a flow."""

from .errors import CognitoError


def rotate(app, session: dict, refusal: CognitoError | None):
    """The reply with new tokens, a new refresh token among them; that the app client rotates is kept with `session`.

    The operation takes the client secret itself, not its hash. It may be repeated when its reply is lost: the old
    token stays good for the app client's grace period.

    refusal  the answer to REFRESH_TOKEN_AUTH that led here, raised when this operation is refused alike
    """
    parameters = {"RefreshToken": session["refresh_token"], "ClientId": app.client_id}
    if app.client_secret:
        parameters["ClientSecret"] = app.client_secret
    if app.device_key:
        parameters["DeviceKey"] = app.device_key
    try:
        reply = yield "GetTokensFromRefreshToken", parameters, True
    except CognitoError as error:
        if refusal and error.code == refusal.code:
            raise refusal
        raise
    session["rotates"] = True
    return reply
