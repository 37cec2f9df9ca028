"""Refreshes: a session gets new tokens, from its store to its store. Flows, but with a Session."""

from .errors import CognitoError, NotSignedIn
from .flows.refresh import refresh
from .protocol import Once

# Refresh token -> the claim of the refresh that is using it now, of all the clients of this program. Used twice at
# once, a token that is rotated without a grace would be taken for a stolen one.
_in_use: dict = {}


def token(app, session, name: str):
    """Client.access_token() and id_token(), whose name is `name`."""
    tokens = yield from fresh_tokens(app, session)
    # A deep sleep leaves no ID token: only the access token outlives it. One refresh is tried for it, no second one.
    if not getattr(tokens, name) and tokens.sign_in_name:
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
    yield Once("refresh", renew(app, session, client_metadata), client_metadata)
    if session.store_error:
        raise session.store_error
    if session.tokens is None:  # signed out meanwhile
        raise NotSignedIn("no session: sign in first")
    return session.tokens


def renew(app, session, client_metadata: "dict | None" = None):
    """One refresh, and its commit."""
    claim: list = []  # one of its own, which no other is
    done = False
    while not done:
        held = yield from _turn(session, claim)
        used = held["refresh_token"]
        try:
            done = yield from _renewed(app, session, held, client_metadata)
        finally:
            if _in_use.get(used) is claim:  # another may have taken it for that of a refresh which will never end
                del _in_use[used]


def _turn(session, key: list):
    """What Session.begin_refresh() gives, once no other refresh is using its refresh token; `key` is the claim on it.

    Who has waited for 57 seconds puts its own claim in the place of the other's, so that a third waits for it; the
    other, should it ever go on, leaves a claim that is not its own alone.
    """
    # Three tries are over after 56 (retry.py). Then the other was left in a loop that has ended, and what it had asked
    # for can still be asked again: within Cognito's longest grace, 60 seconds.
    waited, ms = 0, 50
    while True:
        held = session.begin_refresh()
        used = held["refresh_token"]
        if waited >= 57000:
            _in_use[used] = key
        if _in_use.setdefault(used, key) is key:
            return held
        while used in _in_use and waited < 57000:  # no store is read at each look
            yield ms
            waited += ms
            ms = min(1000, 2 * ms)


def _renewed(app, session, held: dict, client_metadata: "dict | None"):
    """True when `session` was refreshed with `held`; False when that is in force no more."""
    used = held["refresh_token"]
    if "unconfirmed" in held.get("device", ()):
        from .device_confirmation import confirm_device

        yield from confirm_device(session, 3)
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
        from .retry import failed

        failed(session, used, error)
        raise
    if session.renew(used, tokens, rotates, device_key):
        return True
    # Signed out, or signed in anew, while the reply was on its way: nobody wants what it brought. Unless the same
    # person's session goes on: another program may have refreshed it, and a revocation is for all of one sign-in.
    if tokens.refresh_token != used and session.username != held["username"]:
        from .flows.revoke_token import revoke

        yield from revoke(app, tokens.refresh_token)
    return False
