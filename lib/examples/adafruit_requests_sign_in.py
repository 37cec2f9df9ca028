"""The main job over adafruit_requests, as on CircuitPython: its Session brings the sockets and checks certificates.

Runs on CircuitPython (which has joined the Wi-Fi of its settings.toml) and on CPython
(pip install adafruit-circuitpython-requests). Run it twice: the second time nobody has to type anything.
"""

# What it imports is CircuitPython's, and not among the stubs of MicroPython:
# mypy: ignore-errors

import sys

import adafruit_requests
from cognito_mp import Client, FileStore, Tokens
from cognito_mp.requests_transport import RequestsTransport
from example_client import root, settings

given = settings()
if sys.implementation.name == "circuitpython":
    import adafruit_connection_manager
    import wifi

    pool = adafruit_connection_manager.get_radio_socketpool(wifi.radio)
    context = adafruit_connection_manager.get_radio_ssl_context(wifi.radio)
else:
    import socket as pool
    import ssl

    context = ssl.create_default_context()
ca = root(given)
if ca:  # a server of your own; PEM as text; on CPython DER too, as bytes
    context.load_verify_locations(cadata=ca if ca[:1] == b"0" else ca.decode())

client = Client(
    given["region"],
    given["client_id"],
    given.get("client_secret"),
    store=FileStore(given.get("store", "session")),
    endpoint=given.get("endpoint"),
    transport=RequestsTransport(adafruit_requests.Session(pool, context)),
)

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
