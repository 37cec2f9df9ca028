"""Connects that fail, ten times each, and how many files the process has open after: failed_connects.py ENDPOINT...

Each ENDPOINT is a server that lets no connection come to be. Prints a JSON list: open files before, and after each.
"""

import json
import os
import sys

from cognito_mp import Client


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


found = [open_files()]
for endpoint in sys.argv[1:]:
    for _ in range(10):
        client = Client("eu-west-1", "client", endpoint=endpoint, timeout=1, attempts=1)
        try:
            with client:
                client.sign_in("alice", "not-to-be-seen")
        except OSError:
            pass
        else:
            raise SystemExit("it connected to " + endpoint)
    found.append(open_files())
print(json.dumps(found))
