"""What a device does that signs in by SRP, its library in its heap as .mpy; for ../smallest_heap.py, as boots.py is."""

import boot_settings as given
from cognito_mp import Client, FileStore


def sign_in():
    """Sign in, let the tokens go, and refresh."""
    client = Client(
        given.REGION,
        given.CLIENT_ID,
        client_secret=given.CLIENT_SECRET,
        user_pool_id=given.REGION + "_EXAMPLE01",
        store=FileStore(given.STORE),
        endpoint=given.ENDPOINT,
        cadata=given.CA,
    )
    tokens = client.sign_in(given.USERNAME, given.PASSWORD, "USER_SRP_AUTH")
    lengths = len(tokens.access_token), len(tokens.id_token), len(tokens.refresh_token)
    tokens = None
    tokens = client.refresh()
    print("OK", lengths, len(tokens.access_token))
