"""The main job over MicroPython's requests, which checks no certificates: over_requests.py ENDPOINT CLIENT_ID STORE."""

import sys

import requests
from cognito_mp import Client, FileStore
from cognito_mp.requests_transport import RequestsTransport

endpoint, client_id, store = sys.argv[1:]
try:
    RequestsTransport(requests)
except ValueError:
    print("ValueError")


def boot() -> Client:
    transport = RequestsTransport(requests, allow_unverified=True)
    return Client("eu-west-1", client_id, store=FileStore(store), endpoint=endpoint, transport=transport)


client = boot()
challenge = client.sign_in("alice", "Temporary-1")
print(challenge.name)
tokens = client.set_new_password(challenge, "Battery-Staple-7")
client = boot()
print(client.signed_in, client.access_token() != tokens.access_token)
