"""New tokens for a refresh token, as a flow: see flows/password.py."""

from ..errors import CognitoError, unreadable
from ..protocol import Tokens, read_outcome
from .password import initiate


def refresh(app, held: dict, client_metadata: "dict | None" = None):
    """(Tokens, rotates: bool, device key: str or None) for `held`, as Session.begin_refresh() gives it.

    Raises NotSignedIn when the service says that the session is over, and CognitoError for any other refusal.
    """
    rotates = held["rotates"]
    device_key = held["device"]["key"] if held["device"] else None
    try:
        reply = yield request(app, held, rotates, device_key, client_metadata)
    except CognitoError as refusal:
        from .refused_refresh import second_tries

        reply, rotates, device_key = yield from second_tries(app, held, device_key, client_metadata, refusal)
    tokens = read_outcome(reply, held["username"], held["refresh_token"])
    if not isinstance(tokens, Tokens):
        raise unreadable("a challenge in answer to a refresh")
    return tokens, rotates, device_key


def request(app, held: dict, rotates: bool, device_key: "str | None", client_metadata: "dict | None"):
    """The Request: REFRESH_TOKEN_AUTH, or GetTokensFromRefreshToken where the app client rotates its tokens."""
    if rotates:
        from .refused_refresh import get_tokens

        made = get_tokens(app, held, device_key)
    else:
        made = initiate(
            app, "REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": held["refresh_token"]}, held["username"], device_key
        )
    if client_metadata:
        made.parameters["ClientMetadata"] = client_metadata
    return made
