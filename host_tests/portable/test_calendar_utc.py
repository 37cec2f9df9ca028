"""Dates against a calendar that is counted out day by day."""

from cognito_mp.calendar_utc import civil

LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def test_every_day_from_1970_to_2130():
    day_number = 0
    for year in range(1970, 2131):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        for month in range(1, 13):
            for day in range(1, LENGTHS[month - 1] + (leap and month == 2) + 1):
                # 1970 began on a Thursday.
                assert civil(day_number * 86400) == (year, month, day, 0, 0, 0, (day_number + 3) % 7)
                day_number += 1


def test_time_of_day():
    assert civil(1767582245) == (2026, 1, 5, 3, 4, 5, 0)
    assert civil(1798761599) == (2026, 12, 31, 23, 59, 59, 3)
    assert civil(951868799) == (2000, 2, 29, 23, 59, 59, 1)
