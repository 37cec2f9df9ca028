"""A remembered device: the code that was asked for at the first sign-in is not asked for at the second.

The pool has to track devices ("always remember"), and the settings want "user_pool_id", which SRP signs. Run it twice.
By SRP, for AWS names a refresh token that a password brought as a cause of "Invalid Refresh Token" in such a pool.
"""

from cognito_mp import Tokens, account
from example_client import make, settings

given = settings()
client = make(given)
client.session.device_name = "my watch"  # on the person's list of devices
with client:
    answer = client.sign_in(given["username"], given["password"], flow="USER_SRP_AUTH")
    if not isinstance(answer, Tokens):
        print("Cognito asks:", answer.name)
        answer = client.respond(answer, input())
    if "unremembered" in (client.session.device or ()):  # the pool leaves it to the person
        account.remember_device(client, input("Ask for no code here again? ") == "yes")
print("signed in:", isinstance(answer, Tokens))
