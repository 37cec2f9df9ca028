"""A second factor that is the watch itself: it sets up TOTP when the pool asks, keeps the secret, makes the codes.

Where the pool lets the user choose (SELECT_MFA_TYPE) it takes TOTP. The secret lies in the file "totp".
"""

from cognito_mp import Tokens, challenges, clock, totp
from example_client import make, settings

given = settings()
client = make(given)
secret_file = given.get("totp", "totp")


def stored_secret() -> str:
    with open(secret_file) as file:
        return file.read()


with client:
    answer = client.sign_in(given["username"], given["password"])
    while not isinstance(answer, Tokens):
        print("Cognito asks:", answer.name, answer.choices)
        if answer.name == "MFA_SETUP":
            secret = challenges.associate_software_token(client, answer)
            with open(secret_file, "w") as file:
                file.write(secret)
            answer = challenges.verify_software_token(client, answer, totp.code(secret, clock.now()), "watch")
        elif answer.name == "SELECT_MFA_TYPE":
            answer = client.respond(answer, "SOFTWARE_TOKEN_MFA")
        else:
            answer = client.respond(answer, totp.code(stored_secret(), clock.now()))
print("signed in:", client.signed_in)
