"""USER_AUTH: sign in with a code by e-mail, no password at all. "preferred" in the settings may be SMS_OTP."""

from cognito_mp import Tokens
from example_client import make, settings

given = settings()
client = make(given)
with client:
    answer = client.sign_in(given["username"], None, flow="USER_AUTH", preferred=given.get("preferred", "EMAIL_OTP"))
    while not isinstance(answer, Tokens):
        print("Cognito asks:", answer.name, answer.choices)
        answer = client.respond(answer, input())
print("signed in:", client.signed_in)
