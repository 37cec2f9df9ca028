"""A sign-in that must be refused by the device itself: refused.py ENDPOINT CA. Prints the error."""

import sys

from cognito_mp import Client

endpoint, ca = sys.argv[1:]
with open(ca, "rb") as file:
    client = Client("eu-west-1", "client", endpoint=endpoint, cadata=file.read())
try:
    client.sign_in("alice", "not-to-be-sent")
    print("signed in")
except Exception as error:
    print("%s: %s" % (type(error).__name__, error))
