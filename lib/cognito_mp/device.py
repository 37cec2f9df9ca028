"""Remembered devices: ConfirmDevice after a sign-in, device SRP in place of MFA on later ones.

The device's key, group and secret are kept with the session, and outlive it: they are of use when the
person signs in again. Only sign_out() erases them.
"""

from binascii import b2a_base64, hexlify
from os import urandom

from .challenges import answer
from .errors import CognitoError


def remember(client, tokens):
    """Confirm the device that came with `tokens`, a generator for the driver. Failing costs no more than that."""
    from . import srp

    device = tokens.new_device
    key, group = device["DeviceKey"], device["DeviceGroupKey"]
    password = b2a_base64(urandom(40))[:-1].decode()
    salt, verifier = srp.verifier(group, key, password, hexlify(urandom(16)).decode())
    try:
        yield from client._exchange(_confirm(tokens.access_token, key, salt, verifier))
    except (OSError, CognitoError):
        return
    client.device_key = key
    client._session["device"] = {"key": key, "group": group, "password": password, "owner": tokens.username}
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
    secret = Secret(app)
    challenge = yield from answer(app, challenge, {"SRP_A": secret.public})
    identity = device["group"], device["key"]
    return (yield from prove_password(app, challenge, device["password"], secret, identity))
