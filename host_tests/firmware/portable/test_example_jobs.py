"""The example job over MQTT, with a broker that a test plays; the one over HTTPS runs in test_application.py."""

import sys

from checks import Skip
from fake_device import FakeDevice, run

try:
    import tls
except ImportError:  # CPython
    tls = None


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
    if not any(folder.endswith("/examples") for folder in sys.path):
        sys.path.insert(0, __file__.rsplit("/", 1)[0] + "/../../../firmware/examples")
    import job_mqtt

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
