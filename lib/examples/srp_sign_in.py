"""SRP: the password never leaves the device, not even inside TLS. Wants "user_pool_id" in the settings.

On an RP2040 it takes some 20 s, nearly all of them arithmetic; see the README.
"""

from example_client import make, settings

given = settings()
client = make(given)
print(client.sign_in(given["username"], given["password"], flow="USER_SRP_AUTH"))
print("signed in:", client.signed_in)
