"""The watchdog over the models of the chips: fed while the loop turns, not while it stands, stopped for a person."""

from checks import raises
from port_models import boards
from port_models.restarts import Restarted


def watched(kind, seconds: int):
    model = kind()
    return model, model.hardware(None).watchdog(seconds)


def test_it_lives_for_as_long_as_the_loop_turns_and_bites_when_it_stands():
    for kind in boards.ALL:
        model, watchdog = watched(kind, 60)
        for _ in range(10):
            model.clock.pass_time(59)
            watchdog.feed()
        model.clock.pass_time(58)
        raises(Restarted, model.clock.pass_time, 15)
        assert model.chip.started_by == "watchdog", kind


def test_it_is_stopped_for_good():
    for kind in boards.ALL:
        model, watchdog = watched(kind, 60)
        watchdog.stop()
        model.chip.soft_reset()
        model.clock.pass_time(86400)


def test_no_light_sleep_with_it_on():
    """RP2040 locks up in one: the model refuses it, and stop() comes before each sleep of the application's."""
    for kind in (boards.PicoW, boards.RP2040):
        model, watchdog = watched(kind, 60)
        watchdog.stop()
        raises(Restarted, model.hardware(None).deep_sleep, 60)
        assert model.chip.started_by == "reset"
