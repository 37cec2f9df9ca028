"""SRP: the password never leaves the device, not even inside TLS. Wants "user_pool_id" in the settings.

On an RP2040 its arithmetic takes some 3 s; see the README. The first number needs nothing of the person: it is made
before they have typed anything.
"""

from cognito_mp import srp
from example_client import make, settings

given = settings()
client = make(given)
secret = client.run(srp.secret_in_steps())
print(client.sign_in(given["username"], given["password"], flow="USER_SRP_AUTH", secret=secret))
print("signed in:", client.signed_in)
