"""Refreshes over adafruit_requests whose replies break off; on CPython, and as on CircuitPython.

Arguments: the server's URL (faults/wire/breaking_server.py), seconds to wait, and cases ("sized close 17") one by one.
Prints a line for each that went wrong, and at last how many there were.
"""

import sys

import adafruit_requests
from cognito_mp import Client, CognitoError, RequestsTransport

if sys.implementation.name == "circuitpython":
    import ssl

    import socketpool
    import wifi

    session = adafruit_requests.Session(socketpool.SocketPool(wifi.radio), ssl.create_default_context())
else:
    import socket
    import ssl

    session = adafruit_requests.Session(socket, ssl.create_default_context())


def a_client(seconds: float) -> Client:
    transport = RequestsTransport(session, timeout=seconds)  # type: ignore[arg-type]
    client = Client("eu-west-1", "client", "secret", endpoint=sys.argv[1], attempts=1, transport=transport)
    client.sign_in("alice", "Correct-Horse-9")
    return client


def outcome(client: Client, case: str) -> str:
    try:
        client.refresh({"case": case})
    except OSError:
        return "OSError"
    except CognitoError:
        return "CognitoError"
    except Exception as error:
        return "%r" % error
    return "tokens"


# Of one session, so that what the one leaves behind the other meets. The patient one is for a computer that is busy.
patient = a_client(10)
client = a_client(float(sys.argv[2]))
cases = sys.argv[3:]
for case in cases:
    met = outcome(client, case)
    expected = ("tokens", "OSError", "CognitoError") if "spoil" in case else ("OSError",)
    if met not in expected:
        print(case, "was", met)
    with patient:  # on one connection, which the second takes up
        for form in ("sized", "chunked"):
            met = outcome(patient, form)
            if met != "tokens":
                print(case, "then", met)
print(len(cases))
