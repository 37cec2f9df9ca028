"""The example jobs: over HTTPS, through an hour in which everything goes wrong; over MQTT, with a broker of the test's.

That over HTTPS runs whole in test_application.py, and on the chip in host_tests/rp2040/test_job_on_chip.py.
"""

import asyncio
import sys
import time

from checks import Skip
from cognito_app import makers_job
from cognito_app.supervisor import Supervisor
from cognito_mp import CognitoError, NotSignedIn
from fake_device import FakeDevice, run

try:
    import tls
except ImportError:  # CPython
    tls = None


def example(name: str):
    """The module firmware/examples/<name>.py."""
    folder = __file__.rsplit("/", 1)[0] + "/../../../firmware/examples"
    if folder not in sys.path:
        sys.path.insert(0, folder)
    sys.modules.pop(name, None)
    try:
        return __import__(name)
    finally:
        sys.path.remove(folder)  # others look for a job.py of a maker's
        sys.modules.pop(name, None)


class FakeApi:
    """The maker's API: takes what comes with a good token, but for what a test says that the next call meets."""

    def __init__(self, device: FakeDevice) -> None:
        self.device = device
        self.trouble = None  # a status, or an exception; None: nothing
        self.taken: list = []  # minutes of the readings that it has

    async def post(self, url, headers, body) -> tuple:
        if not self.device.link.is_up():
            raise OSError(113)
        trouble, self.trouble = self.trouble, None
        if trouble:
            if isinstance(trouble, BaseException):
                raise trouble
            return trouble, {}, b""
        token = headers["Authorization"].split(" ")[1]
        if self.device.cognito.dead_at[token] <= self.device.clock.true:
            return 401, {}, b""
        self.taken.append((self.device.clock.true - 1800000000) // 60)
        return 200, {}, b""


def test_an_hour_of_bad_moments():
    """Each second minute something else fails, in the network or in the job; in the end the readings arrive again."""
    if not hasattr(time, "ticks_ms"):
        raise Skip("the job asks MicroPython's time")
    device = FakeDevice()
    job = example("job")
    api = FakeApi(device)
    faults = [
        OSError(104), ValueError("not JSON"), 401, SystemExit(), KeyError("temperature"), TypeError(), 503,
        NotSignedIn("the API"), MemoryError(), CognitoError("TooManyRequestsException", "slow", 429),
    ]  # fmt: skip

    async def send_readings(keeper) -> None:
        await job.send_readings(keeper, api, device.sleep)

    async def well(minutes: int) -> None:
        for _ in range(minutes * 3):
            await device.keeper.step()
            await device.sleep(20)

    async def bad_moments() -> None:
        for minute in range(60):
            api.trouble = faults[0] if faults and minute % 2 == 0 else None
            device.link.reachable = minute % 7 != 3
            device.time_server.up = minute % 5 != 1
            device.cognito.error = OSError(104) if minute % 11 == 6 else None
            await well(1)
            if faults and minute % 2 == 0 and not api.trouble:
                faults.pop(0)

    async def hour() -> None:
        supervisor = Supervisor(device.faults, device.clock, device.sleep)
        works = supervisor.run("job.py", lambda: makers_job.run(send_readings, device.keeper, device.sleep))
        task = asyncio.create_task(works)
        await bad_moments()
        api.trouble = None
        device.link.reachable = device.time_server.up = True
        device.cognito.error = None
        await well(20)  # longer than the longest wait
        before = len(api.taken)
        await well(10)
        supervisor.end()
        task.cancel()
        assert len(api.taken) >= before + 9, "the job has died"

    run(hour())
    assert len([minute for minute in api.taken if minute < 60]) > 5, "it gives up for too long"
    assert {kind for _, kind in device.faults.recorded} == {ValueError, KeyError, TypeError, SystemExit}
    assert device.has_session


class FakeMqttClient:
    """umqtt.simple's; `made` is the last one."""

    made = None

    def __init__(self, client_id, server, port=0, user=None, password=None, keepalive=0, ssl=None, ssl_params=None):
        self.user, self.password, self.ssl = user, password, ssl
        self.said: list = []
        FakeMqttClient.made = self

    def connect(self, clean_session=True, timeout=None) -> None:
        self.said.append("connect")

    def publish(self, topic, message, retain=False, qos=0) -> None:
        if self.broken:
            raise OSError(104)
        self.said.append((topic, message, qos))

    broken = False

    def disconnect(self) -> None:
        self.said.append("disconnect")


class FakeModule:
    MQTTClient = FakeMqttClient


def test_a_reading_is_published_with_the_token_over_verified_tls():
    if tls is None:
        raise Skip("no tls on this Python")
    sys.modules["umqtt"] = sys.modules["umqtt.simple"] = FakeModule
    job_mqtt = example("job_mqtt")
    device = FakeDevice()
    run(job_mqtt.job(device.keeper))
    client = FakeMqttClient.made
    assert client.password == device.access_token() and client.ssl.verify_mode == tls.CERT_REQUIRED
    assert client.said[0] == "connect" and client.said[-1] == "disconnect" and client.said[1][0] == b"watch/reading"
    FakeMqttClient.broken = True
    try:
        run(job_mqtt.job(device.keeper))
    except OSError:
        assert FakeMqttClient.made.said == ["connect", "disconnect"]
    else:
        raise AssertionError("it says that it published")
