"""Signing out with the service, as flows: see flows/password.py. The session has been erased before."""

from ..errors import CognitoError, NotSignedIn
from ..protocol import Request


def sign_out(app, held: dict, access_token: "str | None", everywhere: bool):
    """True when the service could be told.

    held          what Session.begin_refresh() gave
    access_token  str while one is good, else None
    everywhere    GlobalSignOut, which ends all of the user's sessions, in place of RevokeToken, which ends this one
    """
    if not everywhere:
        return (yield from revoke(app, held["refresh_token"]))
    try:
        yield from _global(app, held, access_token)
    except (OSError, CognitoError, NotSignedIn):
        return False
    return True


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


def _global(app, held: dict, access_token: "str | None"):
    """GlobalSignOut wants an access token: the one at hand, or else that of a refresh."""
    if access_token:
        try:
            yield Request("GlobalSignOut", {"AccessToken": access_token})
            return
        except CognitoError as error:  # an access token that has expired is no reason to leave the others signed in
            if error.code != "NotAuthorizedException":
                raise
    from .refresh import refresh

    tokens, _, _ = yield from refresh(app, held)
    yield Request("GlobalSignOut", {"AccessToken": tokens.access_token})
