"""What a flow yields: a Request to send, or a question that only a client can answer."""

import json

from .protocol import read_reply

# `tokens = yield FRESH`: the session's Tokens, refreshed first when due. NotSignedIn is thrown in when there are none.
FRESH = "FRESH"
# `seconds = yield NOW`: seconds since 1970, an int.
NOW = "NOW"


class Request:
    """One call of an operation of the user pools API; other services have kinds of their own.

    operation   str, the API's own name
    parameters  dict that goes out as JSON
    repeatable  bool: sent again when its reply is lost; False where the second would do harm, or can't succeed
    """

    def __init__(self, operation: str, parameters: dict, repeatable: bool = True) -> None:
        self.operation = operation
        self.parameters = parameters
        self.repeatable = repeatable

    def write(self, url: str, now: int) -> list:
        """[url, headers: dict, body: bytes] to post, anew at each try; `url` is the user pool's, `now` in Unix time.

        A list, so that a driver can clear it: its kilobytes are wanted for the reply.
        """
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService." + self.operation,
        }
        return [url, headers, json.dumps(self.parameters).encode()]

    def read(self, status: int, headers: dict, body) -> dict:
        """The reply. Raises CognitoError when the service refuses."""
        return read_reply(status, headers, body)


class Once:
    """`outcome = yield Once(key, flow)`: what `flow` returns, run once for all who ask for `key` at the same time.

    It runs to its end, and what it brings is committed, though whoever asked for it be cancelled.
    """

    def __init__(self, key, flow) -> None:
        """key: str or tuple that says what is asked for; flow: a generator, run unless one of this key is running."""
        self.key = key
        self.flow = flow
