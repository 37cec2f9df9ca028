"""A remembered device: the code that was asked for at the first sign-in is not asked for at the second.

The pool has to track devices ("always remember"); nothing has to be set here. Run it twice.
"""

from cognito_mp import Tokens
from example_client import make, settings

given = settings()
client = make(given)
with client:
    answer = client.sign_in(given["username"], given["password"])
    if not isinstance(answer, Tokens):
        print("Cognito asks:", answer.name)
        answer = client.respond(answer, input())
print("signed in:", isinstance(answer, Tokens))
