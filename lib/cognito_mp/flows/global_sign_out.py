"""GlobalSignOut, as a flow: see flows/password.py. The session has been erased before."""

from ..errors import CognitoError, NotSignedIn
from ..protocol import Request


def global_sign_out(app, held: dict, access_token: "str | None"):
    """End all of the user's sessions: True when the service could be told.

    held          what Session.begin_refresh() gave
    access_token  str while one is good, else None: then that of a refresh is used
    """
    try:
        if access_token:
            try:
                yield Request("GlobalSignOut", {"AccessToken": access_token})
                return True
            except CognitoError as error:  # an access token that has expired is no reason to leave the others signed in
                if error.code != "NotAuthorizedException":
                    raise
        from .refresh import refresh

        tokens, _, _ = yield from refresh(app, held)
        yield Request("GlobalSignOut", {"AccessToken": tokens.access_token})
    except (OSError, CognitoError, NotSignedIn):
        return False
    return True
