"""As on CircuitPython: a sign-in or a restart, and a refresh, over adafruit_requests, in as much heap as is said.

Arguments: the server's URL, the path of the session, "sign_in" or "restart", and how many bytes of heap are free.
"""

import gc
import sys

url, path, what, free = sys.argv[1:5]
gc.collect()
ballast = bytearray(gc.mem_free() - int(free))  # the heap is larger: the stand-in itself is compiled in it
gc.collect()

import ssl  # noqa: E402

import adafruit_requests  # noqa: E402
import socketpool  # noqa: E402
import wifi  # noqa: E402
from cognito_mp import Client, FileStore, RequestsTransport  # noqa: E402

session = adafruit_requests.Session(socketpool.SocketPool(wifi.radio), ssl.create_default_context())
client = Client("eu-west-1", "client", "secret", store=FileStore(path), endpoint=url,
                transport=RequestsTransport(session))  # fmt: skip
if what == "sign_in":
    client.sign_in("alice", "Correct-Horse-9")
assert client.signed_in
client.refresh()
assert client.access_token()
