"""A sign-in and the answer to its challenge with a pause between: two_calls.py ENDPOINT CA with|plain.

Prints "asked" and waits for a line on standard input before it answers, as a wearer takes a minute to type.
"""

import sys

from cognito_mp import Client

endpoint, ca, how = sys.argv[1:]
with open(ca, "rb") as file:
    client = Client("eu-west-1", "client", endpoint=endpoint, cadata=file.read())


def talk() -> None:
    challenge = client.sign_in("alice", "pw")
    print("asked")
    sys.stdin.readline()
    print(type(client.respond(challenge, {"ANSWER": "1"})).__name__)
    client.access_token()
    client.refresh()


if how == "with":
    with client:
        talk()
else:
    talk()
