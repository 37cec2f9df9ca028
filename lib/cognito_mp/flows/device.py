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


def pending_device(tokens, before: "dict | None" = None) -> "dict | None":
    """The device that came with `tokens` of a sign-in, not confirmed yet; None if no device came.

    before  the device until now, whoever's it is: where it is the same person's, the new one replaces it
    """
    new = tokens.new_device
    if not isinstance(new, dict):
        return None
    key, group = new.get("DeviceKey"), new.get("DeviceGroupKey")
    if not (key and group and isinstance(key, str) and isinstance(group, str)):
        return None
    from ..apis.claims import read
    from .whose_device import by_password, replacing

    device = {
        "key": key,
        "group": group,
        "password": b2a_base64(urandom(40))[:-1].decode(),
        "owner": tokens.username,
        "sign_in_name": tokens.sign_in_name,
        "flow": by_password(getattr(tokens, "flow", None)),
        "unconfirmed": True,
        "access_token": tokens.access_token,
    }
    try:
        sub = read(tokens.access_token).get("sub")
    except ValueError:
        sub = None
    if sub and sub != tokens.username:  # in pools with e-mail sign-in they are one
        device["sub"] = sub
    return replacing(device, before)


def confirmed_device(device: dict, reply: dict) -> dict:
    """`device` once the service has confirmed it with `reply`.

    unremembered  True where the pool leaves it to the person whether it is remembered (UserConfirmationNecessary)
    """
    device = {name: device[name] for name in device if name not in ("unconfirmed", "access_token", "replaces")}
    if reply.get("UserConfirmationNecessary") is True:
        device["unremembered"] = True
    return device


def confirmation(device: dict, access_token: str, name: str):
    """The ConfirmDevice request: made once, for it takes long arithmetic, and sent until the service confirms it.

    name  what the device is called on its owner's list of devices
    """
    from ..crypto import srp

    salt = hexlify(urandom(16)).decode()
    salt, verifier = yield from srp.verifier_in_steps(device["group"], device["key"], device["password"], salt)
    parameters = {
        "AccessToken": access_token,
        "DeviceKey": device["key"],
        "DeviceSecretVerifierConfig": {"PasswordVerifier": verifier, "Salt": salt},
        "DeviceName": name,
    }
    # Whoever sends it counts the tries, those of a reply that was lost among them.
    return Request("ConfirmDevice", parameters, False)


def is_confirmed(error: Exception) -> bool:
    """True when `error`, the answer to ConfirmDevice, says that the device is confirmed: a reply was lost before."""
    return isinstance(error, CognitoError) and error.code == "DeviceKeyExistsException"


def prove(app, device: dict, challenge, extra: dict):
    """Answer DEVICE_SRP_AUTH and the DEVICE_PASSWORD_VERIFIER that follows, with the stored secret of the device.

    A CognitoError says by its `of_device` whether it is the device's proof that the service does not take: the password
    was right, and there may be another way in.
    """
    from ..crypto.srp import secret_in_steps
    from .answer import answer
    from .srp import prove as prove_password

    secret = yield from secret_in_steps()
    try:
        verifier = yield from answer(app, device, challenge, {"SRP_A": secret.public}, extra)
        if getattr(verifier, "name", None) != "DEVICE_PASSWORD_VERIFIER":
            raise unreadable("no DEVICE_PASSWORD_VERIFIER")
        return (yield from prove_password(app, device, verifier, device["password"], secret, extra, True))
    except CognitoError as error:
        from .late_proof import is_refusal

        # Or answers what makes no sense, with a 200. goes_on_without() asks.
        error.of_device = error.status == 200 or is_refusal(error)  # type: ignore[attr-defined]
        raise
