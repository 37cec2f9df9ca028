"""A gateway that people trust with their passwords signs them in with AWS credentials of its own (AdminInitiateAuth).

Its app client has ALLOW_ADMIN_USER_PASSWORD_AUTH. Settings, besides the usual: user_pool_id, access_key, secret_key
and, with temporary credentials, session_token: of a role that may do cognito-idp:AdminInitiateAuth and no more.
To try it with `cognito-mp local`: on that computer, with the endpoint and the key that it prints for its owner.
"""

from cognito_mp import claims
from example_client import make, settings


class Keys:
    """AWS credentials, in the shape of identity_pool.Credentials."""

    def __init__(self, given: dict) -> None:
        self.access_key = given["access_key"]
        self.secret_key = given["secret_key"]
        self.session_token = given.get("session_token")


given = settings()
client = make(given)
reply = client.call(
    "AdminInitiateAuth",
    {
        "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": given["username"], "PASSWORD": given["password"]},
    },
    credentials=Keys(given),
)
if "ChallengeName" in reply:
    print("Cognito asks:", reply["ChallengeName"])
else:
    who = claims.read(reply["AuthenticationResult"]["IdToken"])
    print("signed in for", who["cognito:username"])
print("the gateway itself is signed in:", client.signed_in)
