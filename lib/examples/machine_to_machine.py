"""A device that is nobody's: its app client signs in as itself, for as long as the device has the secret.

With "domain" in the settings (https://<domain>.auth.<region>.amazoncognito.com) from its token endpoint, else
by GetClientToken, which needs no domain. "scopes" may be left out.
"""

from cognito_mp import oauth2
from example_client import make, settings

given = settings()
client = make(given)
scopes = given.get("scopes")


def token() -> str:
    """A token that is good now; the network is asked only when it is due."""
    if "domain" in given:
        return oauth2.token(client, given["domain"], scopes=scopes)
    return oauth2.client_token(client, scopes)


first = token()
print("a token of", len(first), "characters for", scopes or "all scopes")
print("asked again: the same one:", token() == first)
