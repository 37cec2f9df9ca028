"""AWS credentials for whoever wears the watch, first as a guest: with them a device talks to IoT, S3 and the like.

Settings, besides the usual: identity_pool_id; iot_host, the account's IoT endpoint, may be left out. IoT lets somebody
who has signed in connect only once your server has attached an IoT policy to their identity (AttachPolicy).
"""

from cognito_mp import clock, identity_pool, sigv4
from example_client import make, settings

given = settings()
client = make(given)


def show(who: str) -> identity_pool.Credentials:
    held = identity_pool.credentials(client, given["identity_pool_id"], given.get("identity_endpoint"))
    print(who, "has credentials for", (held.expiration - clock.now() + 30) // 60, "minutes")
    return held


if not client.signed_in:
    show("a guest")
    client.sign_in(given["username"], given["password"])
held = show(given["username"])

if "iot_host" in given:
    date = sigv4.amz_date(clock.now())
    keys = held.access_key, held.secret_key, held.session_token
    url = sigv4.presign_wss(given["iot_host"], given["region"], *keys, date)
    print("an MQTT client may connect to a URL of", len(url), "characters, which nobody else should see")
