"""A remembered device that the service refuses in a sign-in: what is kept of it. A flow, but with a Session."""

from .errors import CognitoError
from .protocol import Request


def trusting(session, flow):
    """`flow`, a sign-in that may name the remembered device: one that the service refuses is not named again.

    Whatever becomes of this sign-in: its challenge may be used up, and the next one must not fail in the same way.
    """
    key = session.device["key"]
    name = ""  # with which the key went out last
    came = session.clock.ticks_ms()  # the last reply
    late = False
    go_on, value = flow.send, None
    try:
        while True:
            step = go_on(value)
            go_on = flow.send
            sent = step.parameters if isinstance(step, Request) else {}
            given: dict = sent.get("AuthParameters") or sent.get("ChallengeResponses") or {}
            if "DEVICE_KEY" in given:
                name = given["USERNAME"]
            try:
                value = yield step
                if given:
                    came = session.clock.ticks_ms()
                    if "DEVICE_KEY" in given and _is_held(session, key):
                        _hear(session, name, value)
            except (CognitoError, OSError) as error:
                go_on, value = flow.throw, error
                if name and isinstance(error, CognitoError) and _is_held(session, key):
                    late = _judge(session, name, sent.get("ChallengeName") or "", error, came)
    except StopIteration as done:
        return done.value
    except CognitoError as error:
        # It could not go on without the device, and the next one would be as late.
        if late and getattr(error, "of_device", False) and _is_held(session, key):
            from .flows.whose_device import without_secret

            session.keep(device=without_secret(session.device))
        raise
    finally:
        flow.close()


def _is_held(session, key: str) -> bool:
    return bool(session.device) and session.device["key"] == key


def _hear(session, name: str, reply: dict) -> None:
    """Keep what `reply` says of whose the name is that the key went out with: the next sign-in may not get so far."""
    from .flows.whose_device import heard

    device = heard(session.device, name, reply)
    if device is not session.device:
        session.keep(device=device)


def _judge(session, name: str, challenge: str, error: CognitoError, came: int) -> bool:
    """Keep what is left of the device after `error`, the answer to a request about it.

    name       with which its key went out
    challenge  the ChallengeName that the request answered, or ""
    came       ticks: when the challenge came
    True where its proof was refused, and may have been good, but late: it is kept as it is.
    """
    from .refusals import is_device_forgotten

    if is_device_forgotten(error):
        from .flows.whose_device import unknown_to

        session.keep(device=unknown_to(session.device, name))
    elif challenge.startswith("DEVICE_"):
        from .flows.late_proof import LATE, is_refusal

        if is_refusal(error):
            if session.clock.ticks_diff(session.clock.ticks_ms(), came) > LATE:
                return True
            from .flows.whose_device import without_secret

            session.keep(device=without_secret(session.device))
    return False
