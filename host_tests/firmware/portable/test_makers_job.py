"""job.py: found or not, waiting for a person, and an hour in which everything goes wrong once."""

import asyncio
import os
import sys

from checks import raises
from cognito_app import makers_job
from cognito_app.status import SIGNED_IN
from cognito_app.supervisor import Supervisor
from cognito_mp import CognitoError, NotSignedIn
from fake_device import FakeDevice, run


def loaded(source: "str | None"):
    """What load() makes of a job.py with this source."""
    sys.modules.pop("job", None)
    if "." not in sys.path:
        sys.path.insert(0, ".")
    try:
        os.remove("job.py")
    except OSError:
        pass
    if source is not None:
        with open("job.py", "w") as file:
            file.write(source)
    if hasattr(sys, "dont_write_bytecode"):  # CPython looks at times to the second
        import importlib

        sys.dont_write_bytecode = True
        importlib.invalidate_caches()
    return makers_job.load()


def test_there_may_be_no_job():
    assert loaded(None) is None


def test_the_job():
    assert loaded("async def job(keeper):\n    pass\n").__name__ == "job"


def test_a_job_that_cannot_be_imported_says_why_each_time():
    assert "umqtt" in str(raises(ImportError, loaded, "import umqtt_of_nobody\n"))
    raises(ZeroDivisionError, loaded, "1 / 0\nasync def job(keeper):\n    pass\n")
    raises(ZeroDivisionError, makers_job.load)  # not what was imported by half
    raises(SyntaxError, loaded, "async def job(keeper:\n")


def test_a_job_without_a_session_waits_for_one():
    device = FakeDevice(signed_in=False)
    asked: list = []

    async def job(keeper) -> None:
        asked.append(device.clock.true)
        await keeper.access_token()

    async def sleep(seconds) -> None:
        await device.sleep(seconds)
        if device.clock.true > 1800000000 + 300 and not device.client.signed_in:
            await device.keeper.sign_in("alice", "pw-of-alice")

    run(makers_job.run(job, device.keeper, sleep))
    assert len(asked) == 2 and device.state == SIGNED_IN


def test_an_hour_of_bad_moments():
    """Each second minute something else fails, in the network or in the job; in the end the job does its work."""
    device = FakeDevice()
    done: list = []  # minutes in which a whole turn came to its end
    trouble: list = []  # what the next call of the maker's own API meets

    async def job(keeper) -> None:
        while True:
            await keeper.access_token()
            if trouble:
                raise trouble.pop()
            done.append((device.clock.true - 1800000000) // 60)
            await device.sleep(20)

    async def bad_moments() -> None:
        faults = [OSError(104), ValueError("not JSON"), KeyError("temperature"), MemoryError(), OSError(110)]
        faults += [
            CognitoError("TooManyRequestsException", "slow", 429),
            TypeError(),
            NotSignedIn("the API"),
        ]
        for minute in range(60):
            if minute % 2 == 0:
                trouble.append(faults[minute // 2 % len(faults)])
            device.link.reachable = minute % 7 != 3
            device.time_server.up = minute % 5 != 1
            device.cognito.error = OSError(104) if minute % 11 == 6 else None
            for _ in range(3):
                await device.keeper.step()
                await device.sleep(20)

    async def hour() -> None:
        supervisor = Supervisor(device.faults, device.clock, device.sleep)
        task = asyncio.create_task(supervisor.run("job.py", lambda: makers_job.run(job, device.keeper, device.sleep)))
        await bad_moments()
        trouble.clear()
        for _ in range(60):  # all is well again, for longer than the longest wait
            await device.keeper.step()
            await device.sleep(20)
        before = len(done)
        await device.sleep(200)
        task.cancel()
        assert len(done) > before + 3, "the job has died"

    run(hour())
    assert {kind for _, kind in device.faults.recorded} == {ValueError, KeyError, TypeError}
    assert device.has_session
