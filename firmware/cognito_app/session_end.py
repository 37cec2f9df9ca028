"""The day before which a person has to sign in again. The keeper loads this when that is near, and lets go of it."""

from cognito_mp.calendar_utc import civil

_NOTICE = 14 * 86400  # seconds
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def day_of(session, clock) -> tuple:
    """(day: int, month: int, month: str) of a cognito_mp Session's end, in UTC; () while it is far off, or not known.

    Not known it is too while the clock is not set, or the store can't be read.
    """
    try:
        ends = session.ends_at
    except OSError:
        ends = None
    if not ends or not clock.is_set() or clock.now() < ends - _NOTICE:
        return ()
    _, month, day = civil(ends)[:3]
    return day, month, _MONTHS[3 * month - 3 : 3 * month]
