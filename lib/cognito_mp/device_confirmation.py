"""The device of a sign-in is confirmed, and what it replaces is forgotten. Flows, with a Session."""

import sys

from .errors import CognitoError
from .protocol import Request

# Seconds until a refresh is due that tries once more.
_TRY_AGAIN = 15


def confirm_device(session, tries: int):
    """Confirm the device that came with `session`, if it still wants it. A flow; `tries`: how often at once.

    True when there is nothing left to do, None when it has failed and can be tried again, and False when the service
    will not confirm it: the session goes on, and a refresh tries it once more.
    """
    device = session.device
    if not device or "unconfirmed" not in device:
        return True
    token = session.tokens.access_token if session.life.left() else device.get("access_token")
    if not token:
        return False
    from .flows.device import confirmation, confirmed_device
    from .flows.whose_device import replaced

    # A board's name is the product's where the firmware was built for it (MICROPY_HW_BOARD_NAME).
    board: str = getattr(sys.implementation, "_machine", sys.platform)
    request = yield from confirmation(device, token, session.device_name or board)
    reply: dict = {}
    done: bool | None = None
    for tried in range(tries):
        if tried:
            yield session.clock.jitter() * (1000 << tried) // 256
        if not _is_held(session, device):
            return True
        error = None
        try:
            reply = yield request
            done = True
        except (OSError, CognitoError) as failure:
            from .flows.device import is_confirmed
            from .retry import is_passing, is_worth_a_wait

            error = failure
            done = True if is_confirmed(error) else None if is_passing(error) else False
            if not is_worth_a_wait(error):
                break
        if done is not None:
            break
    if done and _is_held(session, device) and not (yield from _are_forgotten(token, replaced(device))) and tries > 1:
        return None  # a later call tries once more, and then lets them be: nobody refreshes or waits for that
    if not _is_held(session, device):  # somebody else has signed in, or out, meanwhile
        return True
    if done:
        session.keep(device=confirmed_device(device, reply))
    elif error and _is_forgotten(error):
        session.keep(device=None)
        return True
    else:
        session.postpone(_TRY_AGAIN)
    return done


def _are_forgotten(token: str, keys: list):
    """Forget the devices of these keys at the service (ForgetDevice). A flow; False where that can be tried again.

    Nobody can sign in with them: their secrets are gone. But they would be on the person's list for ever.
    """
    for key in keys:
        try:
            yield Request("ForgetDevice", {"AccessToken": token, "DeviceKey": key})
        except (OSError, CognitoError) as error:
            from .retry import is_passing

            if is_passing(error):
                return False
    return True


def _is_held(session, device: dict) -> bool:
    held = session.device
    return bool(held) and "unconfirmed" in held and held["key"] == device["key"]


def _is_forgotten(error: Exception) -> bool:
    from .refusals import is_device_forgotten

    return isinstance(error, CognitoError) and is_device_forgotten(error)
