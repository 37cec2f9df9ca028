"""One variant, measured where it runs: measure.py SETTINGS.json VARIANT STEP [BALLAST]. Prints JSON.

VARIANT  ours; requests (MicroPython's own); checked and unchecked (checked_requests.py); bare (a socket)
STEP     sign_in, new_password, srp, refresh (of the session that is stored)
BALLAST  bytes of heap to leave free, the rest is filled first; 0: all of it
"""

import gc
import json
import sys
import time

settings_path, variant, step, *ballast = sys.argv[1:]
with open(settings_path) as file:
    given = json.load(file)
with open(given["ca"], "rb") as file:
    given["der"] = file.read()
report = {}
gc.collect()
if ballast and int(ballast[0]):
    keep = []
    while gc.mem_free() > int(ballast[0]) + 1024:
        keep.append(bytearray(1000))
gc.collect()
report["free"] = gc.mem_free()
before = gc.mem_alloc()
start = time.ticks_us()
if variant == "ours":
    from cognito_mp import Client, FileStore

    client = Client(
        "eu-west-1",
        given["client_id"],
        given["client_secret"],
        given["user_pool_id"],
        store=FileStore(given["store"]),
        endpoint=given["endpoint"],
        cadata=given["der"],
    )
elif variant == "bare":
    import checked_requests

    checked_requests.ca = given["der"]
else:
    from maker_script import Script

    if variant == "requests":
        import requests
    else:
        import checked_requests as requests

        requests.ca = given["der"] if variant == "checked" else None
    client = Script(requests, given["endpoint"] + "/", given["client_id"], given["client_secret"], given["store"])
report["import_us"] = time.ticks_diff(time.ticks_us(), start)
gc.collect()
report["import_bytes"] = gc.mem_alloc() - before

start = time.ticks_us()
if variant == "bare":
    # What a sign-in of ours sends, byte for byte, as the host has seen it.
    token = checked_requests.post(given["endpoint"] + "/", given["body"], given["headers"]).json()
elif step == "refresh":
    token = client.refresh()
elif step == "srp":
    token = client.sign_in(given["username"], given["password"], "USER_SRP_AUTH")
elif step == "new_password" and variant == "ours":
    with client:
        challenge = client.sign_in(given["person"], given["temporary_password"])
        token = client.set_new_password(challenge, given["password"])
elif step == "new_password":
    token = client.sign_in(given["person"], given["temporary_password"], given["password"])
else:
    token = client.sign_in(given["username"], given["password"])
report["us"] = time.ticks_diff(time.ticks_us(), start)
assert token
print(json.dumps(report))
