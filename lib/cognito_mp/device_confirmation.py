"""The device of a sign-in is confirmed; one that the service has forgotten is named no more. Flows, with a Session."""

from .errors import CognitoError

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

    request = yield from confirmation(device, token)
    done: bool | None = None
    for tried in range(tries):
        if tried:
            yield session.clock.jitter() * (1000 << tried) // 256
        if not _is_held(session, device):
            return True
        error = None
        try:
            yield request
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
    if not _is_held(session, device):  # somebody else has signed in, or out, meanwhile
        return True
    if done:
        session.keep(device=confirmed_device(device))
    elif error and _is_forgotten(error):
        session.keep(device=None)
        return True
    else:
        session.postpone(_TRY_AGAIN)
    return done


def _is_held(session, device: dict) -> bool:
    held = session.device
    return bool(held) and "unconfirmed" in held and held["key"] == device["key"]


def trusting(session, flow):
    """`flow`, a sign-in that names the remembered device: one that the service has forgotten is named no more.

    Whatever becomes of this sign-in: its challenge may be used up, and the next one must not fail in the same way.
    """
    key = session.device["key"]
    go_on, value = flow.send, None
    try:
        while True:
            step = go_on(value)
            go_on = flow.send
            try:
                value = yield step
            except (CognitoError, OSError) as error:
                if _is_forgotten(error) and session.device and session.device["key"] == key:
                    session.keep(device=None)
                go_on, value = flow.throw, error
    except StopIteration as done:
        return done.value
    finally:
        flow.close()


def _is_forgotten(error: Exception) -> bool:
    from .refusals import is_device_forgotten

    return isinstance(error, CognitoError) and is_device_forgotten(error)
