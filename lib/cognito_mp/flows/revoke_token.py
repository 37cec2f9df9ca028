"""RevokeToken, as a flow: see flows/password.py. Small: it is loaded when the heap holds two sessions' tokens."""

from ..errors import CognitoError
from ..protocol import Request


def revoke(app, refresh_token: str):
    """RevokeToken, best effort: True when it was done."""
    return (yield from is_revoked(app, refresh_token)) is True


def is_revoked(app, refresh_token: str):
    """RevokeToken: True when it was done, False when the service will not do it, None when it may do it later.

    It takes the client secret itself, not its hash.
    """
    parameters = {"Token": refresh_token, "ClientId": app.client_id}
    if app.client_secret:
        parameters["ClientSecret"] = app.client_secret
    try:
        yield Request("RevokeToken", parameters)
    except (OSError, CognitoError) as error:
        from ..retry import is_passing

        return None if is_passing(error) else False
    return True
