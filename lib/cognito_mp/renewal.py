"""Refreshes: a session gets new tokens, from its store to its store. Flows, but with a Session."""

from .errors import CognitoError, NotSignedIn
from .flows.refresh import refresh
from .protocol import Once

# Refresh token -> the Session that is using it now, of all the clients of this program. Used twice at once, a token
# that is rotated without a grace would be taken for a stolen one.
_in_use: dict = {}


def token(app, session, name: str):
    """Client.access_token() and id_token(), whose name is `name`."""
    tokens = yield from fresh_tokens(app, session)
    if not getattr(tokens, name):  # a deep sleep leaves no ID token: only the access token outlives it
        tokens = yield from refreshed_tokens(app, session)
    return getattr(tokens, name)


def fresh_tokens(app, session):
    """The Tokens of `session`, refreshed first when due; those that are due but alive do while they can't be."""
    if session.signed_in and not session.life.until_due():
        try:
            yield Once("refresh", renew(app, session))
        except (OSError, CognitoError, NotSignedIn):  # NotSignedIn: a sign-in may bring no refresh token
            if not (session.signed_in and session.life.left()):  # somebody else may have signed in meanwhile
                raise
    if session.tokens is None:
        raise NotSignedIn("no session: sign in first")
    return session.tokens


def refreshed_tokens(app, session, client_metadata: "dict | None" = None):
    """Client.refresh(): the Tokens of `session`, due or not. Raises StoreError when they can't be saved."""
    yield Once("refresh", renew(app, session, client_metadata))
    if session.store_error:
        raise session.store_error
    if session.tokens is None:  # signed out meanwhile
        raise NotSignedIn("no session: sign in first")
    return session.tokens


def renew(app, session, client_metadata: "dict | None" = None):
    """One refresh, and its commit."""
    done = False
    while not done:
        held = yield from _turn(session)
        try:
            done = yield from _renewed(app, session, held, client_metadata)
        finally:
            _in_use.pop(held["refresh_token"], None)


def _turn(session):
    """What Session.begin_refresh() gives, once no other client is using its refresh token."""
    # 900 looks, 50 ms apart: three tries of ten seconds take less. Then the other client has been left in a loop that
    # has ended, and what it had asked for can still be asked again: within Cognito's longest grace, 60 seconds.
    for _ in range(900):
        held = session.begin_refresh()
        if _in_use.setdefault(held["refresh_token"], session) is session:
            break
        yield 50
    return held


def _renewed(app, session, held: dict, client_metadata: "dict | None"):
    """True when `session` was refreshed with `held`; False when that is in force no more."""
    used = held["refresh_token"]
    if held.get("device"):
        from .device_confirmation import confirm_device

        yield from confirm_device(session)
    try:
        tokens, rotates, device_key = yield from refresh(app, held, client_metadata)
    except NotSignedIn as over:
        if session.device and "unconfirmed" in session.device and session.life.left():
            # The service refuses the refresh token until the device is confirmed, which can still be done.
            refusal = CognitoError("NotAuthorizedException", str(over), 400)
            session.failed(refusal)
            raise refusal
        if session.end(used):
            raise
        return False  # another client has stored a newer one
    except (OSError, CognitoError) as error:
        session.failed(error)
        raise
    if session.renew(used, tokens, rotates, device_key):
        return True
    # Signed out, or signed in anew, while the reply was on its way: nobody wants what it brought. Unless the same
    # person's session goes on: another program may have refreshed it, and a revocation is for all of one sign-in.
    if tokens.refresh_token != used and session.username != held["username"]:
        from .flows.sign_out import revoke

        yield from revoke(app, tokens.refresh_token)
    return False
