"""What follows a sign-in on a tracked device, or over another session. Flows, but with a Session."""

from .errors import CognitoError

# Seconds until a confirmation that failed is tried again, with the next call.
_TRY_AGAIN = 15


def settle(app, session, replaced: "str | None"):
    """Confirm the device that a sign-in brought, and revoke the refresh token that it replaced; best effort both."""
    yield from confirm_device(session)
    if replaced:
        from .flows.sign_out import revoke

        yield from revoke(app, replaced)


def confirm_device(session):
    """Confirm the device that came with the session, if it still wants it; while that fails the session goes on."""
    device = session.device
    if not device or "unconfirmed" not in device:
        return
    token = session.tokens.access_token if session.life.left() else device.get("access_token")
    if not token:
        return
    from .flows.device import confirm, confirmed_device

    try:
        yield from confirm(device, token)
        if session.device and session.device["key"] == device["key"]:  # nobody else has signed in meanwhile
            session.keep(device=confirmed_device(device))
    except (OSError, CognitoError):
        session.postpone(_TRY_AGAIN)


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
