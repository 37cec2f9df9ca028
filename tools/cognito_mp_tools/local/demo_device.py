"""The device in `make demo`: one boot of a watch, on MicroPython or CPython; the host starts it and tells the story.

micropython demo_device.py settings.json first|again TOKEN_FILE
"""

import gc
import json
import os
import sys

ON_MICROPYTHON = sys.implementation.name == "micropython"


def heap() -> int:
    """Bytes of heap in use; 0 on CPython, which doesn't say."""
    gc.collect()
    return gc.mem_alloc() if ON_MICROPYTHON else 0


before = heap()
from cognito_mp import Client, FileStore, clock  # noqa: E402  (what it costs is part of the story)


def say(text: str) -> None:
    print("  watch | " + text)


class Watched:
    """A store that says what is written to it."""

    def __init__(self, store) -> None:
        self._store = store
        self.load = store.load
        self.erase = store.erase

    def save(self, data: bytes) -> None:
        self._store.save(data)
        say("session written to flash: %d bytes, a refresh token and no password" % len(data))


def timed(what: str, function):
    start = clock.ticks_ms()
    value = function()
    say("%s: %d ms" % (what, clock.ticks_diff(clock.ticks_ms(), start)))
    return value


settings_path, step, token_path = sys.argv[1:]
with open(settings_path) as file:
    settings = json.load(file)
with open(settings["ca"], "rb") as file:
    cadata = file.read()

say(
    "%sPython %d.%d.%d on %s"
    % (("Micro" if ON_MICROPYTHON else "C",) + tuple(sys.implementation.version[:3]) + (sys.platform,))
)
client = Client(
    settings["region"],
    settings["client_id"],
    settings["client_secret"],
    store=Watched(FileStore(settings["store"])),
    endpoint=settings["endpoint"],
    cadata=cadata,
)
if ON_MICROPYTHON:
    say("cognito_mp loaded: %d bytes of heap" % (heap() - before))

if step == "first":
    say("no session on flash" if not client.signed_in else "a session is on flash already")
    with client:
        challenge = timed(
            "signed in as %s with the temporary password" % settings["username"],
            lambda: client.sign_in(settings["username"], settings["temporary_password"]),
        )
        say("Cognito asks: " + challenge.name)
        timed("new password set", lambda: client.set_new_password(challenge, settings["password"]))
else:
    say("a session is on flash: nobody has to type anything" if client.signed_in else "no session on flash")
    token = timed("access token refreshed", client.access_token)
    say("the access token has %d bytes" % len(token))
    with open(token_path, "w") as file:
        file.write(token)

say("flash holds " + ", ".join(sorted(os.listdir(settings["flash"]))))
if ON_MICROPYTHON:
    say("%d bytes of heap in use" % heap())
