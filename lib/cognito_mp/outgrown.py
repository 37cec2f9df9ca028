"""A refresh whose reply outgrows the memory: the refresh token in it is kept. Loaded when that happens."""

from .errors import NotSignedIn


def keep_token(session, used: str, error) -> None:
    """The refresh token that `error` holds, that of a reply to a refresh with `used` which was too large, is in force.

    Nothing is kept where `used` is in force no more: somebody has signed in or out meanwhile. Tells by store_error when
    it can't be saved.
    """
    try:
        session.begin_refresh()  # what another client has stored is in force
    except (OSError, NotSignedIn):  # nothing is thrown away because of a read that failed
        pass
    if error.refresh_token and session.refresh_token == used:
        session.keep(refresh_token=error.refresh_token, rotates=True)
        if session.tokens:
            session.tokens.refresh_token = error.refresh_token
