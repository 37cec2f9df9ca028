"""Connects that fail, ten times each, and how many files the process has open after: failed_connects.py ENDPOINT...

Each ENDPOINT is a server that lets no connection come to be; the last one would, but there is no memory for TLS.
Prints a JSON list: open files before, and after each.
"""

import json
import os
import sys

from cognito_mp import Client, clock
from cognito_mp.transports import https


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


class ShortOfMemory:
    """A TLS context that fails as mbedtls does on an ESP32."""

    def wrap_socket(self, sock, **named):
        raise OSError(16)


def connect(host: str, port: int, context, addresses: list) -> tuple:
    return https.connect(host, port, ShortOfMemory(), addresses)


found = [open_files()]
for endpoint in sys.argv[1:]:
    is_last = endpoint == sys.argv[-1]
    for _ in range(10):
        # One second for the servers that say nothing; the last has to fail for want of memory, and not of time.
        seconds, how = (10, connect) if is_last else (1, https.connect)
        transport = https.HttpsTransport(seconds, None, clock, how)
        client = Client("eu-west-1", "client", endpoint=endpoint, transport=transport, attempts=1)
        try:
            with client:
                client.sign_in("alice", "not-to-be-seen")
        except OSError as error:
            if ("not enough memory" in str(error)) != is_last:
                raise
        else:
            raise SystemExit("it connected to " + endpoint)
    found.append(open_files())
print(json.dumps(found))
