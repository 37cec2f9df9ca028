"""Who is it? The claims of the ID token, read without trust: checking its signature is the API's job."""

from cognito_mp import claims
from example_client import make, settings

given = settings()
client = make(given)
if not client.signed_in:
    client.sign_in(given["username"], given["password"])
who = claims.read(client.id_token())
print("signed in as", who["cognito:username"], "until", who["exp"])
