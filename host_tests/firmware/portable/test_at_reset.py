"""What is known of a start before anything else is imported: whether it is a wake, and whose the byte of Ctrl-C is."""

import os

from checks import raises
from cognito_app.at_reset import Rp2Mark, scratch_register
from port_models import boards
from port_models.restarts import Restarted

SETTINGS = "settings.json"


def with_settings(text: "bytes | None") -> None:
    try:
        os.remove(SETTINGS)
    except OSError:
        pass
    if text is not None:
        with open(SETTINGS, "wb") as file:
            file.write(text)


def slept(model, seconds: int = 60):
    """The Start after a sleep of the application's."""
    raises(Restarted, model.hardware(None).deep_sleep, seconds)
    model.chip.start()
    return model.start()


def test_a_wake_is_told_from_every_other_start():
    with_settings(None)
    for kind in boards.ALL:
        model = kind()
        assert not model.start().woke, "the power came"
        assert slept(model).woke, kind
        assert slept(model).woke, "and again"
        raises(Restarted, model.chip.machine.reset)  # deploy, mpremote reset, a fault
        model.chip.start()
        assert not model.start().woke
        slept(model)
        model.chip.machine.WDT(timeout=8000)
        raises(Restarted, model.clock.pass_time, 9)
        model.chip.start()
        assert not model.start().woke, "the watchdog"
        slept(model)
        model.chip.press_reset()
        assert not model.start().woke, "the button"
    model = boards.PicoW()
    slept(model)
    model.chip.load_uf2()
    assert not model.start().woke


def test_a_sleep_that_is_cut_off_is_no_wake():
    with_settings(None)
    for kind in (boards.PicoW, boards.Pico2W):
        model = kind()

        def cut_off(ms) -> None:
            raise KeyboardInterrupt

        model.chip.machine.lightsleep = cut_off
        raises(KeyboardInterrupt, model.hardware(None).deep_sleep, 60)
        raises(Restarted, model.chip.machine.reset)
        model.chip.start()
        assert not model.start().woke


def test_what_a_makers_job_writes_into_the_register_does_no_harm():
    """1.29's machine.mem_backup is these registers."""
    with_settings(None)
    model = boards.PicoW()
    register = scratch_register(model.chip.words)
    for value in (0, 5, -1, 0xFFFFFFFF):
        model.chip.machine.mem32[register] = value
        raises(Restarted, model.chip.machine.reset)
        model.chip.start()
        assert not model.start().woke
    model.chip.machine.mem32[register] = 5
    assert slept(model).woke
    assert not Rp2Mark(model.chip.machine.mem32, model.chip.words).take(), "it is taken once"


def test_a_sleep_lasts_though_it_is_interrupted():
    for kind in boards.ALL:
        for seconds, ends in ((90, [1, 0, 4000, 0]), (10000, [5000]), (31536000, [])):
            model = kind()
            model.chip.ends_sleep = list(ends)
            began = model.clock.true
            slept(model, seconds)
            assert 0 <= model.clock.true - began - seconds <= 2, (kind, seconds, model.clock.true - began)


def test_where_the_settings_say_improv_the_byte_of_ctrl_c_does_not_interrupt_from_the_first_moment():
    for text, lets_through in (
        (b'{"region": "eu-west-1", "improv": "serial"}', True),
        (b'{"a": "' + b"x" * 500 + b'", "improv": "serial"}', True),
        (b"{" + b" " * 121 + b'"improv": "serial"}', True),  # over the border of two pieces
        (b'{"region": "eu-west-1"}', False),
        (b"\xff\xfe no JSON", False),
        (b"", False),
        (None, False),
    ):
        with_settings(text)
        model = boards.PicoW()
        start = model.start()
        assert start.ctrl_c.interrupts == model.chip.terminal.interrupts == (not lets_through), text
    with_settings(None)
