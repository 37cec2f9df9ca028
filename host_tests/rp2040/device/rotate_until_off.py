"""Says which session is on flash, then rotates its refresh token until the power goes.

Its tokens are numbered and as long as real ones. Prints "session NUMBER" (0 for none), then "saved NUMBER" each time.
"""

import json
import time

from cognito_mp import Client, FileStore


class RotatingPool:
    """A transport with a pool behind it whose every answer brings the next refresh token."""

    def __init__(self, number: int) -> None:
        self.number = number

    def post(self, url, headers, body):
        if json.loads(body).get("AuthFlow") == "REFRESH_TOKEN_AUTH":
            reply = {"__type": "UnsupportedOperationException", "message": "Refresh token rotation is on"}
            return 400, {}, json.dumps(reply).encode()
        self.number += 1
        result = {"AccessToken": "a" * 1000, "ExpiresIn": 3600, "RefreshToken": "%d." % self.number + "r" * 1700}
        return 200, {}, json.dumps({"AuthenticationResult": result}).encode()


stored = json.loads(FileStore("/session").load() or "{}").get("refresh_token", "0.")
number = int(stored.split(".")[0])
client = Client("eu-west-1", "1example23456789abcdefghij", store=FileStore("/session"), transport=RotatingPool(number))
print("session", number if client.signed_in else 0)
if not client.signed_in:
    client.sign_in("alice", "Correct-Horse-9")
    print("saved 1")
while True:
    token = client.refresh().refresh_token or ""
    print("saved", token.split(".")[0])
    time.sleep_ms(5)  # the USB host has to fetch it before the power goes
