"""What follows a sign-in over another session: that is revoked. A flow, but with a Session.

Small, because it runs when the heap holds two sessions' tokens; what fails, and devices, are for left_undone.py.
"""

from .flows.revoke_token import is_revoked
from .protocol import Once


def settle(client, replaced: "str | None"):
    """Revoke `replaced`, a refresh token, and confirm the device that the sign-in brought; best effort both. A flow.

    It runs to its end, though whoever asked for it be cancelled.
    """
    device = client.session.device
    if client.left or device and "unconfirmed" in device:
        from .left_undone import settle

        yield from settle(client, replaced, 3)
    elif replaced:
        try:
            yield Once("settle", _revoked(client, replaced))
        except (OSError, MemoryError):  # its task was cancelled, by whoever cancels all; or it is tried again later
            pass


def _revoked(client, replaced: str):
    done = None
    try:
        done = yield from is_revoked(client.app, replaced)
    finally:
        if done is None:
            from .left_undone import keep

            keep(client, replaced)
