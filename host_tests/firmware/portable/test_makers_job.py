"""job.py: found or not, and waiting for a person. test_example_jobs.py has an hour in which everything goes wrong."""

import os
import sys

from checks import raises
from cognito_app import makers_job
from cognito_app.status import SIGNED_IN
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
