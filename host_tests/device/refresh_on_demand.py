"""Signs in, then refreshes once for each line of its input: refresh_on_demand.py ENDPOINT CA CLIENT_ID TIMEOUT.

A line is "hasty", for a client that gives up after TIMEOUT seconds, or "patient". Both share a store. Prints a line of
JSON for each: what came of it ("tokens", or the kind of error), its text, the files that are open, milliseconds.
"""

import json
import os
import sys

from cognito_mp import CertificateError, Client, clock
from cognito_mp.stores.ram import RamStore

endpoint, ca, client_id, timeout = sys.argv[1:]
with open(ca, "rb") as file:
    root = file.read()
store = RamStore()


def client(seconds: float) -> Client:
    """A client that gives up after `seconds`."""
    return Client(
        "eu-west-1",
        client_id,
        store=store,
        endpoint=endpoint,
        cadata=root,
        timeout=seconds,  # type: ignore[arg-type]  # a fraction of a second, which nobody but a test wants
        attempts=1,
    )


clients = {"patient": client(30), "hasty": client(float(timeout))}
clients["patient"].sign_in("alice", "Correct-Horse-9")
while True:
    line = sys.stdin.readline().strip()
    if not line:
        break
    start = clock.ticks_ms()
    text = ""
    try:
        clients[line].refresh()
        outcome = "tokens"
    except Exception as error:
        outcome, text = type(error).__name__, str(error)
        if isinstance(error, OSError):
            outcome = "CertificateError" if isinstance(error, CertificateError) else "OSError"
    ms = clock.ticks_diff(clock.ticks_ms(), start)
    print(json.dumps([outcome, text, len(os.listdir("/proc/self/fd")), int(ms)]))
    if sys.implementation.name == "cpython":
        sys.stdout.flush()
