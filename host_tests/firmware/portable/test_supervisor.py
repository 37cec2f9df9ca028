"""A task that fails is told of and starts anew, later each time; one that returns is over."""

import asyncio
import sys

from cognito_app.supervisor import Supervisor
from fake_device import FakeDevice, run


def lived(*outcomes, takes: int = 0):
    """The device, and the seconds at which the work began, that ends as `outcomes` say."""
    device = FakeDevice()
    began: list = []
    outcomes = list(outcomes)

    async def work() -> None:
        began.append(device.clock.true - 1800000000)
        await device.sleep(takes)
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    run(Supervisor(device.faults, device.clock, device.sleep).run("job.py", work))
    return device, began


def test_what_returns_is_over():
    assert len(lived(None)[1]) == 1


def test_what_the_network_does_is_no_fault():
    device, began = lived(OSError(113), None)
    assert len(began) == 2 and not device.faults.recorded


def test_anything_else_is_kept_and_the_task_starts_anew():
    device, began = lived(KeyError("x"), AttributeError("y"), None)
    assert device.faults.recorded == [("job.py", KeyError), ("job.py", AttributeError)] and len(began) == 3


def test_an_exit_and_a_cancelled_task_of_its_own_are_faults_too():
    async def sleeps() -> None:
        await asyncio.sleep(3600)

    async def cancels_its_own() -> None:
        task = asyncio.create_task(sleeps())
        await asyncio.sleep(0)
        task.cancel()
        await task

    async def exits() -> None:
        sys.exit(1)

    async def ends() -> None:
        pass

    for work, fault in ((cancels_its_own, asyncio.CancelledError), (exits, SystemExit)):
        device = FakeDevice()
        works = [work, ends]
        run(Supervisor(device.faults, device.clock, device.sleep).run("job.py", lambda works=works: works.pop(0)()))
        assert device.faults.recorded == [("job.py", fault)] and not works


def test_what_fails_at_the_end_does_not_start_anew():
    device = FakeDevice()
    supervisor = Supervisor(device.faults, device.clock, device.sleep)
    began: list = []

    async def work() -> None:
        began.append(1)
        supervisor.end()
        raise ValueError()

    run(supervisor.run("job.py", work))
    assert began == [1] and device.faults.recorded == [("job.py", ValueError)]


def test_the_waits_grow_and_stay_below_ten_minutes():
    _, began = lived(*[ValueError()] * 12, None)
    waits = [later - earlier for earlier, later in zip(began, began[1:])]  # noqa: B905 (MicroPython)
    assert 1 <= waits[0] <= 6 and waits[3] > 10 and 300 < waits[-1] <= 601 and max(waits) <= 601


def test_after_a_long_time_without_trouble_the_first_wait_is_short_again():
    _, began = lived(*[ValueError()] * 12, None, takes=3600)
    assert began[-1] - began[-2] < 3600 + 10


def test_a_cancelled_task_ends():
    device = FakeDevice()

    async def main() -> bool:
        supervisor = Supervisor(device.faults, device.clock, asyncio.sleep)
        task = asyncio.create_task(supervisor.run("job.py", lambda: asyncio.sleep(3600)))
        await asyncio.sleep(0)
        supervisor.end()
        task.cancel()
        for _ in range(10):
            await asyncio.sleep(0)
        return task.done()

    assert run(main())


def test_a_clock_that_is_set_makes_no_task_well():
    """A task that fails each time after the clock was set is in the same trouble still."""
    device = FakeDevice()
    began: list = []

    async def work() -> None:
        began.append(device.clock.true)
        device.clock.set_time(device.clock.true)
        if len(began) < 8:
            raise OSError(113)

    async def sleep_and_lose_the_time(seconds) -> None:
        await device.sleep(seconds)
        device.clock.seconds = 1609459200

    run(Supervisor(device.faults, device.clock, sleep_and_lose_the_time).run("job.py", work))
    assert began[-1] - began[-2] > 60, "later each time"
