"""What can happen to a device, and what must still be true of it then."""

from cognito_app.status import NEEDS_SIGN_IN, SESSION_OVER, SIGNED_IN
from cognito_mp import CognitoError, NotSignedIn

# Seconds within which a device that has all it needs must be signed in: the longest backoff, and a turn of each.
RECOVERY = 900
AFTER_A_THROTTLE = 1500

NOTHING, LINK, TIME, SERVER, THROTTLE, POWER_CUT, DEEP_SLEEP, CLOCK_STEP = range(8)


async def check(device) -> None:
    """What is true at every moment."""
    assert device.has_session, "the session was lost"
    assert not device.cognito.too_early, "a request while the clock is not set"
    assert device.state not in (NEEDS_SIGN_IN, SESSION_OVER)
    if device.keeper.seconds_left:
        try:
            token = await device.keeper.access_token()
        except NotSignedIn:
            raise AssertionError("NotSignedIn with a session")  # noqa: B904
        except (OSError, CognitoError):
            assert not device.keeper.seconds_left, "a good token was not handed out"  # it died while it was asked for
            return
        assert device.cognito.dead_at[token] > device.clock.true, "a dead token was handed out"


def live_through(device, faults) -> None:
    """Each fault, (kind, seconds), then all is well again for long enough: the device must be signed in."""
    for kind, seconds in faults:
        device.link.reachable = kind != LINK
        device.time_server.up = kind not in (TIME, POWER_CUT)
        device.cognito.error = {
            SERVER: OSError(104),
            THROTTLE: (429, "TooManyRequestsException", "slow down"),
        }.get(kind)
        if kind == POWER_CUT:  # and the time server is down: the clock stays unset
            device.memory.data = b""
            device.clock.unset()
            device.start()
        elif kind == DEEP_SLEEP:
            device.clock.pass_time(seconds)
            device.clock.error += seconds // 50 - device.clock.draw(1 + seconds // 25)  # 2 %, either way
            device.start()
        elif kind == CLOCK_STEP:
            device.clock.error += device.clock.draw(172800) - 86400
        device.live(seconds, lambda: check(device))
        device.link.reachable = device.time_server.up = True
        device.cognito.error = None
        device.live(AFTER_A_THROTTLE if kind == THROTTLE else RECOVERY, lambda: check(device))
        assert device.state == SIGNED_IN, f"not signed in after {kind}"
