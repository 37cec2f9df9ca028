"""CUSTOM_AUTH: the pool's own Lambda triggers ask, here in words. With a password in the settings SRP comes first."""

from cognito_mp import Tokens
from example_client import make, settings

given = settings()
client = make(given)
with client:
    answer = client.sign_in(given["username"], given.get("password"), flow="CUSTOM_AUTH")
    while not isinstance(answer, Tokens):
        print("Cognito asks:", answer.name, answer.parameters.get("question", ""))
        answer = client.respond(answer, given["answers"].pop(0))
print("signed in:", client.signed_in)
