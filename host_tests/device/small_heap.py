"""A sign-in, a store and a refresh, on as little heap as it takes: small_heap.py ENDPOINT CA STORE."""

import gc
import sys

import micropython
from cognito_mp import Client, FileStore

endpoint, ca, store = sys.argv[1:]
with open(ca, "rb") as file:
    client = Client(
        "eu-west-1",
        "1example23456789abcdefghij",
        "s" * 51,
        store=FileStore(store),
        endpoint=endpoint,
        cadata=file.read(),
    )
tokens = client.sign_in("alice@example.com", "Correct-Horse-9")
assert client.refresh().access_token != tokens.access_token
gc.collect()
print(gc.mem_alloc(), "bytes in use after a refresh")
micropython.qstr_info()  # n_qstr: how many names
print(" ".join(sorted(name for name in sys.modules if name.startswith("cognito_mp"))))
