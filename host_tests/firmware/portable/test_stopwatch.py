"""Seconds by the ticks, whatever happens to the wall clock."""

from cognito_app.stopwatch import Stopwatch
from fakes import FakeClock


def test_the_first_answer_of_a_time_server_moves_nothing():
    clock = FakeClock()
    for before in (1609459200, 946684800):  # rp2, esp32
        clock.unset(before)
        watch = Stopwatch(clock)
        clock.pass_time(2)
        clock.set_time(clock.true)
        assert watch.seconds() == 2
        clock.error -= 86400
        assert watch.seconds() == 2


def test_ticks_that_wrap():
    clock = FakeClock()
    watch = Stopwatch(clock)
    for day in range(1, 40):
        clock.pass_time(86400)
        assert 0 <= day * 86400 - watch.seconds() <= day
    watch.restart()
    assert watch.seconds() == 0
