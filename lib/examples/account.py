"""An account from its first day to its last: sign-up and its code, attributes, two new passwords, deletion.

Codes come by e-mail; type them when asked. Settings: username, password, new_password, email.
"""

from cognito_mp import account
from example_client import make, settings

given = settings()
client = make(given)
name = given["username"]

with client:
    made = account.sign_up(client, name, given["password"], {"email": given["email"]})
    print("a code went to", made["CodeDeliveryDetails"]["Destination"])
    account.confirm_sign_up(client, name, input("code: "))

    client.sign_in(name, given["password"])
    account.update_attributes(client, {"name": "Alice", "zoneinfo": "Europe/Amsterdam"})
    user = account.get_user(client)
    print(user["username"], "has", ", ".join(sorted(user["attributes"])))

    account.change_password(client, given["password"], given["new_password"])
    print("a code went to", account.forgot_password(client, name)["Destination"])
    account.confirm_forgot_password(client, name, input("code: "), given["password"])

    # Any other operation of the API: what it needs of what the client knows is filled in.
    print("answers to a password of", client.call("GetUser")["Username"])

    account.delete_user(client)
print("deleted; signed in:", client.signed_in)
