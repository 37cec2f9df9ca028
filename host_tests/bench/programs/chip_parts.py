"""Single pieces of work on the chip: chip_parts.py WHAT. Prints JSON.

WHAT  hmac (over the two bare SHA-256 passes), pow (the built-in one, 256 bits: 8 s),
      nothing, store and rename: a session written 8 times, by FileStore, or to a new file that takes the old one's name
"""

import gc
import hashlib
import json
import os
import sys
import time

what = sys.argv[1]
report = {}


def microseconds(work, times):
    """Of one `work`, without the garbage collections that are due now and then."""
    total = 0
    for _ in range(times):
        gc.collect()
        start = time.ticks_us()
        work()
        total += time.ticks_diff(time.ticks_us(), start)
    return total / times


if what == "hmac":
    from cognito_mp.crypto.hmac_sha256 import hmac_sha256

    key, message, block, rest = b"s" * 51, b"alice1example23456789abcdefghij", bytes(95), bytes(96)
    report["hmac_us"] = microseconds(lambda: hmac_sha256(key, message), 20)
    report["bare_us"] = microseconds(lambda: (hashlib.sha256(block).digest(), hashlib.sha256(rest).digest()), 20)
elif what == "pow":
    from cognito_mp.crypto.srp_group import N

    n = int.from_bytes(N, "big")
    report["a_ms"] = microseconds(lambda: pow(2, (1 << 256) - 3 * (1 << 100) - 1, n), 1) / 1000
else:
    session = b"r" * 1850 + b"a" * 250
    if what == "store":
        from cognito_mp import FileStore

        store = FileStore("session")
    for _ in range(8 if what != "nothing" else 0):
        if what == "store":
            store.save(session)
        else:
            with open("session.new", "wb") as file:
                file.write(session)
            os.rename("session.new", "session.json")
print(json.dumps(report))
