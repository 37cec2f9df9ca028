"""What SRP takes on the chip, and how long asyncio's loop stops for it: srp_in_loop.py. Prints JSON of milliseconds.

The last figure is of a whole sign-in, onto flash, in which all but the network is real.
"""

import asyncio
import json
from time import ticks_diff, ticks_ms

from cognito_mp import AsyncClient, Client, FileStore, srp

B = "b" + "5a" * 383
CLAIM = ("AbCdEf123", "the-sub", "Correct-Horse-9"), (B, "5a" * 16, "c2VjcmV0", "Mon Jan 5 03:04:05 UTC 2026")
A = (1 << 256) - 3 * (1 << 100) - 1
report = {}


def proof(public):
    return srp.claim_in_steps(*CLAIM[0], A, *CLAIM[1], public)


blocking = Client("eu-west-1", "1example23456789abcdefghij")
start = ticks_ms()
public = blocking.run(srp.public_value_in_steps(A))
report["before the first request"] = ticks_diff(ticks_ms(), start)
start = ticks_ms()
signature = blocking.run(proof(public))
report["proof after the challenge"] = ticks_diff(ticks_ms(), start)


async def watched(work):
    """What `work` returns, how long it took, and the longest time that another task had to wait for its turn."""
    worst = 0

    async def ticker():
        nonlocal worst
        while True:
            before = ticks_ms()
            await asyncio.sleep(0)
            worst = max(worst, ticks_diff(ticks_ms(), before))

    task = asyncio.create_task(ticker())
    await asyncio.sleep(0)
    start = ticks_ms()
    outcome = await work
    took = ticks_diff(ticks_ms(), start)
    task.cancel()
    return outcome, took, worst


class CannedCognito:
    """A transport with the two replies of a sign-in with SRP."""

    def __init__(self):
        parameters = {"SRP_B": CLAIM[1][0], "SALT": CLAIM[1][1], "SECRET_BLOCK": CLAIM[1][2]}
        parameters["USER_ID_FOR_SRP"] = CLAIM[0][1]
        tokens = {"AccessToken": "a" * 1100, "IdToken": "i" * 1100, "RefreshToken": "r" * 1800, "ExpiresIn": 3600}
        challenge = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters}
        self.replies = [json.dumps(reply).encode() for reply in (challenge, {"AuthenticationResult": tokens})]

    async def post(self, url, headers, body):
        await asyncio.sleep(0)
        return 200, {"content-type": "application/x-amz-json-1.1"}, self.replies.pop(0)

    def close(self):
        pass


async def main():
    client = AsyncClient("eu-west-1", "1example23456789abcdefghij")
    made, _, first = await watched(client.run(srp.public_value_in_steps(A)))
    again, took, second = await watched(client.run(proof(public)))
    assert (made, again) == (public, signature)
    report["proof, another task beside it"] = took
    report["worst stop of the loop"] = max(first, second)
    client = AsyncClient(
        "eu-west-1",
        "1example23456789abcdefghij",
        "itssecret",
        "eu-west-1_" + CLAIM[0][0],
        store=FileStore("session"),
        transport=CannedCognito(),
    )
    tokens, _, report["worst stop of the loop, a whole sign-in"] = await watched(
        client.sign_in("alice", CLAIM[0][2], "USER_SRP_AUTH")
    )
    assert tokens.refresh_token and FileStore("session").load()


asyncio.run(main())
report["signature"] = signature
print(json.dumps(report))
