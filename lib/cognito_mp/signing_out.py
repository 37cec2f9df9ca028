"""Signing out: here first, then with the service. A flow, but with a Session."""

from .argument_types import require_bool
from .errors import NotSignedIn
from .flows.revoke_token import revoke
from .protocol import Once


def sign_out(client, everywhere: bool = False):
    """Client.sign_out(). Raises StoreError when the session can't be erased."""
    require_bool(everywhere=everywhere)
    return client.run(_signed_out(client, everywhere))


def _signed_out(client, everywhere: bool):
    session, left = client.session, client.left
    try:
        held = session.begin_refresh()
        access_token = session.tokens.access_token if session.life.left() else None
    except (OSError, NotSignedIn):
        held = access_token = None
    session.erase()
    # Nothing stays in RAM: what can't be revoked now is not kept for a later call, and whoever asked is told.
    client.cache.clear()
    client.left = None
    replaced = left.take() if left else []
    if held is None and not replaced:
        return False
    # To its end, though whoever asked be cancelled: nobody else holds what is to be revoked.
    key = "sign_out", held["refresh_token"] if held else None
    return (yield Once(key, _told(client.app, held, access_token, everywhere, replaced)))


def _told(app, held: "dict | None", access_token: "str | None", everywhere: bool, replaced: list):
    """True when the service could be told of all."""
    done = held is not None
    if held:
        if everywhere:
            from .flows.global_sign_out import global_sign_out

            done = yield from global_sign_out(app, held, access_token)
        else:
            done = yield from revoke(app, held["refresh_token"])
    for token in replaced:
        done = (yield from revoke(app, token)) and done
    return done
