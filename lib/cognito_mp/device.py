"""Remembered devices: ConfirmDevice after a sign-in, device SRP in place of MFA on later ones.

The device's key, group and secret are kept with the session, and outlive it: they are of use when the
person signs in again. Only sign_out() erases them.
"""

from binascii import b2a_base64, hexlify
from os import urandom

from .challenges import answer
from .errors import CognitoError


def remember(client, tokens):
    """Keep the device that came with `tokens`, then confirm it, a generator for the driver.

    A refresh wants the key of a confirmed device, so one whose confirmation got lost is confirmed by the next
    refreshed(), soon: https://repost.aws/knowledge-center/cognito-invalid-refresh-token-error
    """
    new = tokens.new_device
    client.device_key = new["DeviceKey"]
    client._session["device"] = {
        "key": new["DeviceKey"],
        "group": new["DeviceGroupKey"],
        "password": b2a_base64(urandom(40))[:-1].decode(),
        "owner": tokens.username,
        "unconfirmed": True,
    }
    client._save()
    try:
        yield from confirm(client)
    except (OSError, CognitoError):
        client._due = 15  # seconds


def confirm(client):
    """Confirm the stored device, a generator for the driver; one that the service refuses is none any more.

    Raises OSError, and CognitoError for a fault that will pass.
    """
    from . import srp

    device = client._session["device"]
    salt, verifier = srp.verifier(device["group"], device["key"], device["password"], hexlify(urandom(16)).decode())
    try:
        yield from client._exchange(_confirm(client._tokens.access_token, device["key"], salt, verifier))
    except CognitoError as error:
        if error.retryable:
            raise
        if error.code == "NotAuthorizedException":  # the access token is over: with the next one, then
            return
        if error.code != "DeviceKeyExistsException":  # else a reply was lost: it is confirmed
            client.device_key = None
            del client._session["device"]
    device.pop("unconfirmed")
    client._save()


def _confirm(access_token: str, key: str, salt: str, verifier: str):
    yield (
        "ConfirmDevice",
        {
            "AccessToken": access_token,
            "DeviceKey": key,
            "DeviceSecretVerifierConfig": {"PasswordVerifier": verifier, "Salt": salt},
        },
        True,
    )


def prove(app, challenge):
    """Answer DEVICE_SRP_AUTH and the DEVICE_PASSWORD_VERIFIER that follows, with the stored secret of the device."""
    from .sign_ins import Secret
    from .sign_ins import prove as prove_password

    device = app._load()["device"]
    secret = Secret()
    challenge = yield from answer(app, challenge, {"SRP_A": secret.public})
    identity = device["group"], device["key"]
    return (yield from prove_password(app, challenge, device["password"], secret, identity))
