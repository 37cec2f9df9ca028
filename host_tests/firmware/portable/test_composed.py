"""The application as a whole over the models of the boards, for simulated hours: who feeds, who stops, who sleeps."""

import asyncio
import sys

from checks import Skip
from composed import Composed
from port_models import boards

HOUR = 3600


class Job:
    """A job.py: it asks for a token, then goes on for `seconds`; `went_on` has how long it got, each time."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.went_on: list = []

    async def __call__(self, keeper) -> None:
        assert await keeper.access_token()
        self.went_on.append(0)
        for second in range(self.seconds):
            await asyncio.sleep(1)
            self.went_on[-1] = second + 1


def wakes(device) -> list:
    """Seconds between the boots."""
    times = [at for at, what in device.log if what.startswith("boot")]
    return [times[number] - times[number - 1] for number in range(1, len(times))]


def test_a_device_that_sleeps_wakes_does_its_job_and_sleeps_again():
    for kind in boards.ALL:
        job = Job(10)  # after the clock was set
        device = Composed(kind, job=job, sleep_s=600, watchdog_s=60, awake_s=120)
        assert device.live(1.5 * HOUR) == "power"
        first, *rest = wakes(device)
        assert 620 <= first <= 630, ("the way in", kind, wakes(device))
        assert len(rest) > 6 and all(610 <= seconds <= 618 for seconds in rest), (kind, rest)
        assert len(job.went_on) >= len(rest) and set(job.went_on) == {10}, (kind, job.went_on)
        assert "not done" not in device.said


def test_a_job_that_does_not_end_gets_awake_s():
    for kind in boards.ALL:
        job = Job(1000)
        device = Composed(kind, job=job, sleep_s=600, awake_s=40)
        device.live(HOUR)
        assert all(640 <= seconds <= 650 for seconds in wakes(device)), (kind, wakes(device))
        assert min(job.went_on[:-1]) >= 33


def test_a_restart_that_is_no_wake_gives_the_way_in():
    """cognito-mp deploy, mpremote reset, a UF2 file, the watchdog, a fault."""
    for kind in boards.ALL:
        device = Composed(kind, sleep_s=600)
        device.live(2000)  # it has slept and woken
        for restart in ("reset", "watchdog"):
            device.log.clear()
            device.model.chip.start(restart)
            device.live(700)
            assert 620 <= wakes(device)[0] <= 630, (kind, restart, device.log)


def test_a_watchdog_outlasts_look_ups_in_a_row():
    """42 s each: two name servers more than one, two families, 7 s each (lwIP's dns.c)."""
    for kind in boards.ALL:
        for seconds in (60, 30, 1):  # the small ones are in old settings
            device = Composed(kind, watchdog_s=seconds)
            device.look_up_s = 42
            device.names_found = False
            assert device.live(500) == "power" and device.restarts == [], (kind, seconds, device.restarts)
            device.names_found = True
            assert device.live(300) == "power" and device.restarts == [], (kind, seconds)


async def stands_still(keeper) -> None:
    await keeper.access_token()
    keeper.client.clock.pass_time(1000)


def test_a_loop_that_stands_still_is_restarted():
    for kind in boards.ALL:
        device = Composed(kind, job=stands_still, watchdog_s=60)
        device.live(500)
        assert device.restarts and set(device.restarts) == {"watchdog"}, kind


def interrupted(kind, after: int):
    """A device at whose REPL somebody is, `after` seconds after the power came."""
    device = Composed(kind, watchdog_s=60)
    hit: list = []

    def interrupt() -> None:
        if device.clock.true - device.began >= after and not hit:
            hit.append(True)
            device.model.chip.terminal.arrives(b"\x03")

    device.on_turn.append(interrupt)
    assert device.live(200) == "REPL", (kind, after)
    return device


def test_ctrl_c_gives_a_repl_at_which_nothing_restarts():
    if sys.implementation.name != "micropython":
        raise Skip("CPython's asyncio.run() unwinds its tasks; no board runs it")
    for kind in boards.ALL:
        for after in (0, 1, 7, 100):
            device = interrupted(kind, after)
            chip = device.model.chip
            assert chip.terminal.interrupts and device.closed
            chip.soft_reset()
            device.clock.pass_time(5000)  # a person thinks


def test_ctrl_c_in_the_arithmetic_of_a_sign_in_leaves_the_chip_as_it_was():
    if sys.implementation.name != "micropython":
        raise Skip("CPython's asyncio.run() unwinds its tasks; no board runs it")
    device = Composed(boards.ESP32, signed_in=False, watchdog_s=60)
    chip = device.model.chip
    typed = [b"s\r", b"alice\r", b"pw\r"]
    fast: list = []

    def person() -> None:
        if device.said.endswith((": ", "> ")) and device.clock.true - device.began > 20 - 5 * len(typed) and typed:
            chip.terminal.arrives(typed.pop(0))
        if chip.hertz == 240000000:
            fast.append(True)
            chip.terminal.arrives(b"\x03")

    device.on_turn.append(person)
    assert device.live(200) == "REPL" and fast
    assert chip.hertz == 160000000 and chip.terminal.interrupts
    device.clock.pass_time(5000)


def test_ctrl_c_while_it_sleeps_in_a_loop():
    """An RP2 can be got at then, if USB is up; the ESP32 can't."""
    for kind in (boards.RP2040, boards.PicoW):
        device = Composed(kind, sleep_s=600, watchdog_s=60)
        lightsleep = device.model.chip.machine.lightsleep

        def interrupted(ms, lightsleep=lightsleep) -> None:
            lightsleep(5)
            raise KeyboardInterrupt

        device.model.chip.machine.lightsleep = interrupted
        assert device.live(HOUR) == "REPL"
        assert not device.model.chip.start() and not device.model.start().woke


def test_a_fault_of_the_application_sleeps_before_it_starts_anew():
    for kind in boards.ALL:
        device = Composed(kind, sleep_s=600, watchdog_s=60)
        device.fault = KeyError("led")
        device.live(2000)
        assert 630 <= wakes(device)[0] <= 632, (kind, device.log)


def test_hours_without_a_sleep():
    for kind in boards.ALL:
        device = Composed(kind, watchdog_s=60)
        assert device.live(2 * HOUR) == "power" and device.restarts == []
        assert 2 / 0.86 < device.cognito.requests < 2 / 0.64 + 2
