"""Signing out, here and with the service."""

from .errors import CognitoError, NotSignedIn
from .refreshing import forget, refresh


def sign_out(client, everywhere: bool):
    """End `client`'s session, a generator for its driver: here first; True when the service could be told."""
    session, tokens = client._load(), client._tokens
    if "refresh_token" not in session:
        if "device" in session:  # it has outlived its session
            forget(client)
        return False
    forget(client)
    try:
        yield from client._exchange(_global(client, session, tokens) if everywhere else _revoke(client, session))
    except (OSError, CognitoError, NotSignedIn):
        return False
    finally:
        client.device_key = None  # a refresh on the way needed it
    return True


def _revoke(app, session: dict):
    """RevokeToken ends this session alone; it takes the client secret itself, not its hash."""
    parameters = {"Token": session["refresh_token"], "ClientId": app.client_id}
    if app.client_secret:
        parameters["ClientSecret"] = app.client_secret
    yield "RevokeToken", parameters, True


def _global(app, session: dict, tokens):
    """GlobalSignOut ends all of the user's, and wants an access token: that of `tokens`, or else of a refresh."""
    if tokens:
        try:
            yield "GlobalSignOut", {"AccessToken": tokens.access_token}, True
            return
        except CognitoError as error:  # an access token that has expired is no reason to leave the others signed in
            if error.code != "NotAuthorizedException":
                raise
    tokens = yield from refresh(app, session)
    yield "GlobalSignOut", {"AccessToken": tokens.access_token}, True
