"""New tokens for a refresh token, as a flow: see flows/password.py."""

from ..errors import CognitoError, unreadable
from ..protocol import Tokens, read_outcome
from .refresh_requests import refresh_request


def refresh(app, held: dict, client_metadata: "dict | None" = None):
    """(Tokens, rotates: bool, device key: str or None) for `held`, as Session.begin_refresh() gives it.

    Raises NotSignedIn when the service says that the session is over, and CognitoError for any other refusal.
    """
    rotates = bool(held.get("rotates"))
    device_key = held["device"]["key"] if held.get("device") else None
    try:
        reply = yield refresh_request(app, held, rotates, device_key, client_metadata)
    except CognitoError as refusal:
        from .refused_refresh import second_tries

        reply, rotates, device_key = yield from second_tries(app, held, device_key, client_metadata, refusal)
    tokens = read_outcome(reply, held["username"], held["refresh_token"])
    if not isinstance(tokens, Tokens):
        raise unreadable("a challenge in answer to a refresh")
    return tokens, rotates, device_key
