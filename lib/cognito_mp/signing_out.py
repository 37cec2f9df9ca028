"""Signing out: here first, then with the service. A flow, but with a Session."""

from .argument_types import require_bool
from .errors import NotSignedIn
from .flows.sign_out import sign_out as told


def sign_out(client, everywhere: bool = False):
    """Client.sign_out(). Raises StoreError when the session can't be erased."""
    require_bool(everywhere=everywhere)
    return client.run(_signed_out(client.app, client.session, everywhere))


def _signed_out(app, session, everywhere: bool):
    try:
        held = session.begin_refresh()
        access_token = session.tokens.access_token if session.life.left() else None
    except (OSError, NotSignedIn):
        held = None
    session.erase()
    if held is None:
        return False
    return (yield from told(app, held, access_token, everywhere))
