"""Connects to one server after the other with one transport: cost_of_roots.py BUNDLE ENDPOINT..."""

import sys

from cognito_mp.transports.https import HttpsTransport

with open(sys.argv[1], "rb") as file:
    transport = HttpsTransport(10, file.read())
for endpoint in sys.argv[2:]:
    print(transport.post(endpoint, {}, b"{}")[0])
    transport.close()
