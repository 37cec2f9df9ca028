"""Sign out: here in any case, and with the service where it can be reached; "everywhere" ends all sessions."""

from example_client import make, settings

given = settings()
client = make(given)
was_signed_in = client.signed_in
if client.sign_out(everywhere=given.get("everywhere", False)):
    print("signed out, and the service has revoked the session")
elif was_signed_in:
    print("signed out here; the service could not be told: a copy of the session is good until it expires")
else:
    print("nobody was signed in")
