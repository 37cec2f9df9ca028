"""Sign out: here in any case, and with the service where it can be reached; "everywhere" ends all sessions."""

from example_client import make, settings

given = settings()
client = make(given)
if client.sign_out(everywhere=given.get("everywhere", False)):
    print("signed out, and the service has revoked the session")
else:
    print("signed out here; the service could not be told")
