"""New tokens for a refresh token: the flow, and the part of a client that decides when to run it.

The client's part is here so that a device which only signs in does not load it.
"""

from .errors import CognitoError, NotSignedIn
from .flows import initiate
from .protocol import read_outcome


def is_session_over(error: CognitoError) -> bool:
    """True when `error`, the answer to a refresh, means that the refresh token is no good any more.

    A wrong SECRET_HASH, a wrong app client and a disabled user are NotAuthorizedException too, and
    only the message tells them apart: those the refresh token may survive.
    """
    if error.code in ("UserNotFoundException", "RefreshTokenReuseException"):
        return True
    words = error.message.lower()
    return error.code == "NotAuthorizedException" and "refresh token" in words and "different" not in words


def refresh(app, session: dict):
    """REFRESH_TOKEN_AUTH for `session`, {"username": str, "refresh_token": str, ...}; {} when there is none.

    Where the app client rotates refresh tokens it refuses that, and the room rotation takes over. Raises
    NotSignedIn when there is no session, or the service says that it is over.
    """
    if not session.get("refresh_token"):
        raise NotSignedIn("no session: sign in first")
    if "device" in session:
        app.device_key = session["device"]["key"]
    refusal = None
    try:
        if "rotates" not in session:
            parameters = {"REFRESH_TOKEN": session["refresh_token"]}
            try:
                reply = yield initiate(app, "REFRESH_TOKEN_AUTH", parameters, session["username"])
            except CognitoError as error:
                if error.code not in ("InvalidParameterException", "UnsupportedOperationException"):
                    raise
                refusal = error
        if refusal or "rotates" in session:
            from .rotation import rotate

            reply = yield from rotate(app, session, refusal)
    except CognitoError as error:
        if is_session_over(error):
            raise NotSignedIn("the session is over: " + error.message)
        raise
    return read_outcome(reply, session["username"], session["refresh_token"])


def refreshed(client):
    """Tokens of a refresh of `client`'s session, a generator for its driver; the session is erased when it is over."""
    session = client._load()
    if client._tokens and "unconfirmed" in session.get("device", ()):
        from .device import confirm

        yield from confirm(client)
    try:
        return (yield from client._exchange(refresh(client, session)))
    except NotSignedIn:
        if "refresh_token" in session:
            forget(client)
            device = session.get("device")
            if device and "unconfirmed" not in device:
                # It spares the person the second factor when they sign in again.
                client._session = {"client_id": session["client_id"], "device": device}
                client._save()
        raise


def forget(client) -> None:
    """Drop `client`'s session from store and RAM, and its tokens."""
    client._store.erase()  # first: when it can't be done there is still something to do it again for
    client._session = {}
    client._tokens = client.device_key = None
    client._unsaved = False


def _age(client) -> int:
    """Seconds since the tokens came, by whichever of two counts ran further.

    The wall clock may be stepped, and the tick counter wraps (or stops in light sleep): either alone
    could make a dead token look alive, so the one that makes it older is believed.
    """
    clock = client._clock
    wall, ticks = client._start
    return max(clock.now() - wall, clock.ticks_diff(clock.ticks_ms(), ticks) // 1000)


def is_due(client) -> bool:
    """True when there are no tokens, they should be replaced, or they are not in the store yet."""
    if client._unsaved or not client._tokens:
        return True
    if client._due is None:
        # Three quarters of the life, give or take a tenth, so that a fleet does not move in step.
        client._due = client._tokens.expires_in * (166 + client._clock.jitter() % 52) // 256
    return _age(client) >= client._due


def current(client, name: str):
    """The token called `name`, a generator; one that is due but alive does while it can't be refreshed."""
    if client._unsaved:
        client._save()
    if is_due(client):
        try:
            yield from refreshed(client)
        except (OSError, CognitoError):
            tokens = client._tokens
            if not tokens or client._unsaved or _age(client) >= tokens.expires_in:
                raise
            # Seconds until the network is asked again: within the grace (60 at most) after a lost reply to a rotation.
            client._due = _age(client) + 15
    return getattr(client._tokens, name)
