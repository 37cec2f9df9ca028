"""One sign-in against a server that may be up to no good: one_call.py ENDPOINT CA STORE [TIMEOUT [ATTEMPTS]].

Signs in with a session already in the store and prints, as JSON, the outcome and whether the session survived.
"""

import json
import sys
import time

from cognito_mp import Client, FileStore

endpoint, ca, store_path = sys.argv[1:4]
timeout = float(sys.argv[4]) if len(sys.argv) > 4 else 10
attempts = int(sys.argv[5]) if len(sys.argv) > 5 else 1
cadata = None
if ca != "-":
    with open(ca, "rb") as file:
        cadata = file.read()

store = FileStore(store_path)
store.save(json.dumps({"client_id": "client", "username": "alice", "refresh_token": "old"}).encode())
report: dict = {}
start = time.time()
try:
    client = Client(
        "eu-west-1", "client", store=store, endpoint=endpoint, cadata=cadata, timeout=timeout, attempts=attempts
    )
    outcome = client.sign_in("alice", "not-to-be-seen")
    report["outcome"] = type(outcome).__name__
    report["name"] = getattr(outcome, "access_token", None)
except Exception as error:
    report["outcome"] = type(error).__name__
    report["message"] = str(error)
    report["is_oserror"] = isinstance(error, OSError)
report["seconds"] = time.time() - start
report["session"] = json.loads(FileStore(store_path).load() or b"{}").get("refresh_token")
print(json.dumps(report))
