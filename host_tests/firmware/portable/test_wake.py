"""What a device that sleeps most of the time does while it is awake: whatever happens, it gets to sleep."""

import asyncio

from cognito_app import wake
from cognito_app.supervisor import Supervisor
from fake_device import FakeDevice, run

AWAKE_S = 120


def woken(device, job=None, by_itself: bool = True) -> int:
    """The seconds of one wake."""
    start = device.clock.true
    supervisor = Supervisor(device.faults, device.clock, device.sleep)
    run(wake.run(device.keeper, supervisor, AWAKE_S, by_itself, device.clock, device.sleep, lambda: job))
    assert not device.link.up, "the radio is still on"
    return device.clock.true - start


def test_without_a_job_there_is_a_good_token():
    device = FakeDevice()
    assert woken(device) < 10 and device.keeper.seconds_left


def test_the_job_runs_once():
    runs: list = []

    async def job(keeper) -> None:
        runs.append(await keeper.access_token())

    assert woken(FakeDevice(), job) < 10 and len(runs) == 1


def test_a_job_that_fails_is_tried_again_and_the_device_sleeps():
    device = FakeDevice()
    tries: list = []

    async def job(keeper) -> None:
        tries.append(1)
        raise KeyError("temperature")

    assert AWAKE_S <= woken(device, job) < AWAKE_S + 20
    assert len(tries) > 2 and device.faults.recorded == [("job.py", KeyError)] * len(tries)


def test_a_job_that_does_not_end_is_cancelled_and_may_tidy_up():
    device = FakeDevice()
    tidied: list = []

    async def job(keeper) -> None:
        try:
            while True:
                await device.sleep(1)
        finally:
            await device.sleep(1)
            tidied.append(True)

    assert AWAKE_S <= woken(device, job) < AWAKE_S + 10 and tidied


def test_a_job_whose_last_words_fail_does_not_start_anew():
    device = FakeDevice()
    began: list = []

    async def job(keeper) -> None:
        began.append(1)
        try:
            await device.sleep(1000)
        finally:
            raise ValueError("closing")

    assert AWAKE_S <= woken(device, job) < AWAKE_S + 10
    assert len(began) == 1 and device.faults.recorded == [("job.py", ValueError)]


def test_a_job_that_will_not_be_cancelled_is_left_behind():
    device = FakeDevice()

    async def job(keeper) -> None:
        for _ in range(1000):
            try:
                await device.sleep(1)
            except asyncio.CancelledError:
                pass

    assert woken(device, job) < AWAKE_S + 30


def test_with_everything_down_the_device_sleeps():
    device = FakeDevice()
    device.link.reachable = False
    assert woken(device) < AWAKE_S + 60 and device.has_session


def test_nobody_signs_in():
    device = FakeDevice(signed_in=False)

    async def job(keeper) -> None:
        raise AssertionError("a job with nobody signed in")

    assert AWAKE_S <= woken(device, job) < AWAKE_S + 10 and not device.faults.recorded


def test_after_power_up_it_stays_awake_for_a_way_in():
    """For Ctrl-C and cognito-mp, on a device that sleeps most of the time."""
    assert 20 <= woken(FakeDevice(), by_itself=False) < 30
    assert woken(FakeDevice(), by_itself=True) < 10


def booted(before: int, device, job_s: int, by_itself: bool = True) -> int:
    """The seconds of a wake at which the clock reads `before`, and whose job takes `job_s`."""
    device.memory.data = b""
    device.clock.unset(before)
    device.start()
    done: list = []

    async def job(keeper) -> None:
        await keeper.access_token()
        await device.sleep(job_s)
        done.append(True)

    seconds = woken(device, job, by_itself)
    assert done, "it was cancelled"
    return seconds


def test_a_wake_begins_with_a_clock_that_is_not_set():
    """On an RP2 each does, in 2021; the first answer of a time server moves it by years."""
    for before in (1609459200, 946684800):
        assert 60 <= booted(before, FakeDevice(), 60) < 80
        assert 20 <= booted(before, FakeDevice(), 0, by_itself=False) < 30
