"""A sign-in as a generator: it yields requests, is sent replies, returns Tokens or a Challenge.

A request is (operation: str, parameters: dict, repeatable: bool); a reply is the dict that
protocol.read_reply returns; the CognitoError or OSError of a request that failed is thrown in.
`app` is anything with client_id, client_secret, user_pool_id and device_key (or None each but the first). No I/O.
The other flows are in sign_ins, challenges, device, refreshing, signing_out and account.
"""

from .errors import require_text
from .protocol import hashed, read_outcome


def initiate(app, flow: str, parameters: dict, username: str) -> tuple:
    """The InitiateAuth request of `flow`, an AuthFlow, with the SECRET_HASH of `username`."""
    return (
        "InitiateAuth",
        {"AuthFlow": flow, "ClientId": app.client_id, "AuthParameters": hashed(app, parameters, username)},
        True,
    )


def sign_in(app, username: str, password: str | None, flow: str):
    """USER_PASSWORD_AUTH. Raises ValueError when the user name or the password can't be right."""
    require_text(username=username, password=password)
    reply = yield initiate(app, flow, {"USERNAME": username, "PASSWORD": password}, username)
    return read_outcome(reply, username)
