"""Remembered devices: ConfirmDevice after a sign-in, device SRP in place of MFA on later ones.

The device's key, group and secret are kept with the session, and outlive it: they are of use when the
person signs in again. Only sign_out() erases them. Until the service has confirmed it a device carries the access
token that it came with: a power cut must not take away what ConfirmDevice needs.
"""

from binascii import b2a_base64, hexlify
from os import urandom

from ..challenge import unreadable
from ..errors import CognitoError
from ..protocol import Request


def pending_device(tokens) -> "dict | None":
    """The device that came with `tokens` of a sign-in, not confirmed yet; None when there is none to confirm."""
    new = tokens.new_device
    if not isinstance(new, dict):
        return None
    key, group = new.get("DeviceKey"), new.get("DeviceGroupKey")
    if not (key and group and isinstance(key, str) and isinstance(group, str)):
        return None
    return {
        "key": key,
        "group": group,
        "password": b2a_base64(urandom(40))[:-1].decode(),
        "owner": tokens.username,
        "sign_in_name": tokens.sign_in_name,
        "unconfirmed": True,
        "access_token": tokens.access_token,
    }


def confirmed_device(device: dict) -> dict:
    """`device` once the service has confirmed it."""
    return {name: device[name] for name in device if name not in ("unconfirmed", "access_token")}


def confirmation(device: dict, access_token: str):
    """The ConfirmDevice request: made once, for it takes long arithmetic, and sent until the service confirms it."""
    from ..crypto import srp

    salt = hexlify(urandom(16)).decode()
    salt, verifier = yield from srp.verifier_in_steps(device["group"], device["key"], device["password"], salt)
    parameters = {
        "AccessToken": access_token,
        "DeviceKey": device["key"],
        "DeviceSecretVerifierConfig": {"PasswordVerifier": verifier, "Salt": salt},
    }
    # Whoever sends it counts the tries, those of a reply that was lost among them.
    return Request("ConfirmDevice", parameters, False)


def is_confirmed(error: Exception) -> bool:
    """True when `error`, the answer to ConfirmDevice, says that the device is confirmed: a reply was lost before."""
    return isinstance(error, CognitoError) and error.code == "DeviceKeyExistsException"


def prove(app, device: dict, challenge, extra: dict):
    """Answer DEVICE_SRP_AUTH and the DEVICE_PASSWORD_VERIFIER that follows, with the stored secret of the device."""
    from ..crypto.srp import secret_in_steps
    from .answer import answer
    from .srp import prove as prove_password

    secret = yield from secret_in_steps()
    verifier = yield from answer(app, device, challenge, {"SRP_A": secret.public}, extra)
    if getattr(verifier, "name", None) != "DEVICE_PASSWORD_VERIFIER":
        raise unreadable("no DEVICE_PASSWORD_VERIFIER")
    return (yield from prove_password(app, device, verifier, device["password"], secret, extra, True))
