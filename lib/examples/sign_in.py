"""The main job: sign in once, answer what Cognito asks, and never ask for the password again.

    MICROPYPATH=.frozen:.. micropython sign_in.py settings.json

Run it twice: the second time nobody has to type anything. A pool that rotates refresh tokens needs no setting.
"""

from cognito_mp import Tokens
from example_client import make, settings

given = settings()
client = make(given)

if client.signed_in:
    print("signed in already: the session was on flash")
else:
    with client:  # one connection for the sign-in and its challenges
        answer = client.sign_in(given["username"], given["password"])
        while not isinstance(answer, Tokens):
            print("Cognito asks:", answer.name)
            if answer.name == "NEW_PASSWORD_REQUIRED":
                answer = client.set_new_password(answer, given["new_password"])
            else:
                answer = client.respond(answer, input("code: "))
    print("signed in; the session is on flash")

print("an access token of", len(client.access_token()), "characters")
