"""SRP: the password never leaves the device, not even inside TLS. Wants "user_pool_id" in the settings.

The arithmetic takes some 16 s on an RP2040; see the README.
"""

from example_client import make, settings

given = settings()
client = make(given)
print(client.sign_in(given["username"], given["password"], flow="USER_SRP_AUTH"))
print("signed in:", client.signed_in)
