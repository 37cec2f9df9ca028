"""Settings and a client for the examples: a JSON file named as the first argument, or settings.json.

    {"region": "eu-west-1", "client_id": "...", "client_secret": "...", "user_pool_id": "eu-west-1_...",
     "username": "alice", "password": "..."}

client_secret, user_pool_id and what an example needs besides may be left out where it has no use for
them; "endpoint" and "ca" (its root: PEM text, or a file) point at a server of your own; "store" names the session's
files. What `cognito-mp pool` or `cognito-mp local` saved will do, with "username" and "password" added.
"""

import json
import sys

from cognito_mp import Client, FileStore


def settings() -> dict:
    """The settings, as a dict."""
    given = getattr(sys, "argv", [])[1:]
    with open(given[0] if given else "settings.json") as file:
        return json.load(file)


def root(given: dict) -> "bytes | None":
    """The root certificate in the settings `given`, or in the file that they name; None when there is none."""
    ca = given.get("ca")
    if not ca or ca.startswith("-----BEGIN"):
        return ca and ca.encode()
    with open(ca, "rb") as file:
        return file.read()


def transport(given: dict):
    """What a Client's requests go through on CircuitPython, which has joined its Wi-Fi; None elsewhere."""
    if sys.implementation.name != "circuitpython":
        return None  # the library's own
    import adafruit_connection_manager  # type: ignore[import-not-found]  # CircuitPython's
    import adafruit_requests  # type: ignore[import-not-found]
    import wifi  # type: ignore[import-not-found]
    from cognito_mp import RequestsTransport

    context = adafruit_connection_manager.get_radio_ssl_context(wifi.radio)
    ca = root(given)
    if ca:  # PEM
        context.load_verify_locations(cadata=ca.decode())
    pool = adafruit_connection_manager.get_radio_socketpool(wifi.radio)
    return RequestsTransport(adafruit_requests.Session(pool, context))


def make(given: dict, kind=Client):
    """A Client, or another `kind` of it, for the settings `given`."""
    return kind(
        given["region"],
        given["client_id"],
        given.get("client_secret"),
        given.get("user_pool_id"),
        store=FileStore(given.get("store", "session")),
        endpoint=given.get("endpoint"),
        cadata=root(given),
        transport=transport(given),
    )
