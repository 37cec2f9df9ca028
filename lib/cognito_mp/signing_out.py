"""Signing out: here first, then with the service. A flow, but with a Session."""

from .errors import NotSignedIn
from .flows.sign_out import sign_out


def signed_out(app, session, everywhere: bool):
    """Erase `session`; True when the service could be told. Raises StoreError when it can't be erased."""
    try:
        held = session.begin_refresh()
        access_token = session.tokens.access_token if session.life.left() else None
    except (OSError, NotSignedIn):
        held = None
    session.erase()
    if held is None:
        return False
    return (yield from sign_out(app, held, access_token, everywhere))
