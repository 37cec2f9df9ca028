"""Two programs of a device whose library lies in its heap as .mpy, for ../smallest_heap.py; each is one boot.

Nothing is imported but what such a program needs, and it is compiled, so that what the heap holds is the library's.
"""

import boot_settings as given
from cognito_mp import Client, FileStore


def _client():
    return Client(
        given.REGION,
        given.CLIENT_ID,
        client_secret=given.CLIENT_SECRET,
        store=FileStore(given.STORE),
        endpoint=given.ENDPOINT,
        cadata=given.CA,
    )


def sign_in():
    """Sign in, let the tokens go, and refresh; over a session that is stored, whose token is revoked, or over none."""
    client = _client()
    tokens = client.sign_in(given.USERNAME, given.PASSWORD)
    lengths = len(tokens.access_token), len(tokens.id_token), len(tokens.refresh_token)
    tokens = None
    tokens = client.refresh()
    print("OK", lengths, len(tokens.access_token))


def restart():
    """Go on with the session that is stored, and refresh."""
    client = _client()
    assert client.signed_in
    print("OK", len(client.access_token()))
