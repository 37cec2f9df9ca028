"""The date of a moment, in UTC and the Gregorian calendar.

Own arithmetic, because time.gmtime() counts from 2000 on some ports, and CircuitPython has none.
"""


def civil(unix_seconds: int) -> tuple:
    """(year, month, day, hour, minute, second, weekday: 0 for Monday) of a moment in seconds since 1970, an int.

    Months count from March here, so that a leap day is the last of its year. Source: Cassio Neri and Lorenz
    Schneider, "Euclidean affine functions and their application to calendar algorithms" (2023).
    """
    days, seconds = divmod(unix_seconds, 86400)
    century, rest = divmod(4 * days + 2877875, 146097)
    year, rest = divmod(rest // 4 * 4 + 3, 1461)
    month, rest = divmod(rest // 4 * 5 + 461, 153)
    after_december = month > 12
    return (
        100 * century + year + after_december,
        month - 12 * after_december,
        rest // 5 + 1,
        seconds // 3600,
        seconds // 60 % 60,
        seconds % 60,
        (days + 3) % 7,
    )
