"""USER_PASSWORD_AUTH, the plain sign-in, as a flow.

A flow is a generator: it yields Requests, is sent replies (dicts), and returns what came of it, such as Tokens or a
Challenge. The CognitoError or OSError of a request that failed is thrown in. `app` is an App. No I/O, no session.
Some yield an int too, milliseconds to wait; NOW or its like, for the time; or a Once, for what it returns.
"""

from ..errors import require_text
from ..protocol import Request, read_outcome, with_secret_hash


def initiate(app, flow: str, parameters: dict, username: str, device_key: "str | None" = None) -> Request:
    """The InitiateAuth request of `flow`, an AuthFlow, with the SECRET_HASH of `username`."""
    return Request(
        "InitiateAuth",
        {
            "AuthFlow": flow,
            "ClientId": app.client_id,
            "AuthParameters": with_secret_hash(app, parameters, username, device_key),
        },
    )


def sign_in(app, username: str, password: "str | None"):
    """USER_PASSWORD_AUTH. Raises ValueError when the user name or the password can't be right."""
    require_text(username=username, password=password)
    reply = yield initiate(app, "USER_PASSWORD_AUTH", {"USERNAME": username, "PASSWORD": password}, username)
    return read_outcome(reply, username)
