"""What a competent maker writes from Cognito's API reference, over MicroPython's `requests` or its like.

Sign-in with a secret, a new password, refresh; the refresh token goes to a file. Nothing is tried again.
"""

import binascii
import hashlib
import json


def hmac_sha256(key, message):
    key = key + bytes(64 - len(key))
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()


class Script:
    def __init__(self, requests, url, client_id, client_secret, path):
        self.requests = requests
        self.url = url
        self.client_id = client_id
        self.client_secret = client_secret
        self.path = path

    def call(self, operation, parameters):
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService." + operation,
        }
        reply = self.requests.post(self.url, data=json.dumps(parameters), headers=headers)
        try:
            if reply.status_code != 200:
                raise OSError(reply.text)
            return reply.json()
        finally:
            reply.close()

    def secret_hash(self, name):
        digest = hmac_sha256(self.client_secret.encode(), (name + self.client_id).encode())
        return binascii.b2a_base64(digest)[:-1].decode()

    def sign_in(self, name, password, new_password=None):
        reply = self.call(
            "InitiateAuth",
            {
                "AuthFlow": "USER_PASSWORD_AUTH",
                "ClientId": self.client_id,
                "AuthParameters": {"USERNAME": name, "PASSWORD": password, "SECRET_HASH": self.secret_hash(name)},
            },
        )
        if reply.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
            name = reply["ChallengeParameters"]["USER_ID_FOR_SRP"]
            reply = self.call(
                "RespondToAuthChallenge",
                {
                    "ChallengeName": "NEW_PASSWORD_REQUIRED",
                    "ClientId": self.client_id,
                    "Session": reply["Session"],
                    "ChallengeResponses": {
                        "USERNAME": name,
                        "NEW_PASSWORD": new_password,
                        "SECRET_HASH": self.secret_hash(name),
                    },
                },
            )
        return self.keep(reply, name)

    def keep(self, reply, name):
        self.tokens = reply["AuthenticationResult"]
        if "RefreshToken" in self.tokens:
            with open(self.path, "w") as file:
                json.dump({"name": name, "refresh_token": self.tokens["RefreshToken"]}, file)
        return self.tokens["AccessToken"]

    def refresh(self):
        with open(self.path) as file:
            stored = json.load(file)
        reply = self.call(
            "InitiateAuth",
            {
                "AuthFlow": "REFRESH_TOKEN_AUTH",
                "ClientId": self.client_id,
                "AuthParameters": {
                    "REFRESH_TOKEN": stored["refresh_token"],
                    "SECRET_HASH": self.secret_hash(stored["name"]),
                },
            },
        )
        return self.keep(reply, stored["name"])
