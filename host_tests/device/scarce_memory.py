"""Calls with ever less memory: scarce_memory.py CALL FIRST STEP ENDPOINT CA CLIENT_ID STORE.

A balloon takes the whole heap but for FIRST bytes in one piece, and STEP more from call to call, with
the collector off: so MemoryError comes at one allocation after the other, up to where the call succeeds. After each,
with the memory back, nothing may be open, the session must be there, in RAM and in the store, and a refresh must work.

CALL: "refresh", "sign in", "sign out", or "async refresh". Prints a line of JSON: cases, how they ended, bytes needed,
and failures as [bytes, what happened].
"""

import asyncio
import gc
import io
import json
import os
import sys

from cognito_mp import AsyncClient, Client, FileStore
from cognito_mp.transports import https
from cognito_mp.transports.async_https import AsyncHttpsTransport

_SUCCESSES = 20  # in a row, after which more memory changes nothing
call, first, step, endpoint, ca, client_id, path = sys.argv[1:]
with open(ca, "rb") as file:
    ROOT = file.read()
_in_connect: list = [None]  # the MemoryError that connecting has met: what cleans up after it may meet another


def connect(host, port, context, addresses):
    """The transport's own, whose MemoryError is kept."""
    try:
        return https.connect(host, port, context, addresses)
    except MemoryError as error:
        _in_connect[0] = error
        raise


def made(kind):
    """A client over the store."""
    transport = AsyncHttpsTransport if kind is AsyncClient else https.HttpsTransport
    over = transport(cadata=ROOT, connect=connect)
    return kind("eu-west-1", client_id, store=FileStore(path), endpoint=endpoint, transport=over, attempts=1)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def inflated(free: int):
    """All of the heap but `free` bytes in one piece, as long as it is held."""
    gc.collect()
    room = bytearray(free)
    balloon = None
    for size in (8192, 512, 64, 1):
        try:
            while True:
                balloon = (bytearray(size), balloon)
        except MemoryError:
            pass
    room = None  # noqa: F841  # freed by the next collection, which finds nothing else
    gc.collect()
    return balloon


def without_an_owner(error) -> bool:
    """True when MicroPython's unix port has opened a socket and found no memory for its object: nobody can close it.

    error: what connecting has met
    """
    text = io.StringIO()
    sys.print_exception(error, text)
    return text.getvalue().endswith("in connect\nMemoryError: memory allocation failed, allocating 16 bytes\n")


def close_newest_file() -> None:
    newest = sorted([int(name) for name in os.listdir("/proc/self/fd")])[-2]  # the last is the listing's own
    open(newest).close()  # noqa: SIM115


blocking, awaited = made(Client), made(AsyncClient)


def carried_out() -> None:
    if call == "refresh":
        blocking.refresh()
    elif call == "sign in":
        blocking.sign_in("alice", "Correct-Horse-9")
    elif call == "sign out":
        blocking.sign_out()
    else:
        asyncio.run(awaited.refresh())


def outcome_with(free: int) -> str:
    """How the call ended with `free` bytes."""
    balloon = inflated(free)
    gc.disable()
    try:
        carried_out()
        ended = "success"
    except MemoryError:
        ended = "MemoryError"
    except OSError:  # TLS, or a file, that was short of memory
        ended = "OSError"
    finally:
        balloon = None  # noqa: F841  # held until here
        gc.enable()
        gc.collect()
    return ended


def is_right(ended: str, files: int) -> str:
    """What is wrong after a call; "" when nothing is."""
    if open_files() != files:
        return "%d files are open in place of %d" % (open_files(), files)
    client = awaited if call == "async refresh" else blocking
    restarted = made(Client)
    if call == "sign out":
        if restarted.signed_in != blocking.signed_in:
            return "signed in is %s in RAM, and not in the store" % blocking.signed_in
        if ended == "success" and blocking.signed_in:
            return "signed in after a sign-out"
        if not restarted.signed_in:
            blocking.sign_in("alice", "Correct-Horse-9")
        return ""
    if not (client.signed_in and restarted.signed_in):
        return "the session is gone"
    if client is awaited:
        asyncio.new_event_loop()
        asyncio.run(awaited.refresh())
    else:
        blocking.refresh()
    return "" if made(Client).refresh() else "no tokens"


blocking.sign_in("alice", "Correct-Horse-9")
for _ in range(3):  # all that is imported late
    carried_out()
    is_right("success", open_files())
gc.collect()
files = open_files()
ended: dict = {}
failures: list = []
free = int(first) - int(step)
in_a_row = cases = 0
while in_a_row < _SUCCESSES:
    free += int(step)
    cases += 1
    _in_connect[0] = None
    what = outcome_with(free)
    if _in_connect[0] and open_files() > files and without_an_owner(_in_connect[0]):
        what = "MemoryError in socket()"
        close_newest_file()
    ended[what] = ended.get(what, 0) + 1
    in_a_row = in_a_row + 1 if what == "success" else 0
    try:
        wrong = is_right(what, files)
    except Exception as error:
        wrong = "afterwards %s: %s" % (type(error).__name__, error)
    if wrong and len(failures) < 5:
        failures.append([free, what + ", " + wrong])
print(json.dumps({"cases": cases, "ended": ended, "needed": free - _SUCCESSES * int(step), "failures": failures}))
