"""A job.py: publishes a reading over MQTT with the wearer's token as the password. It needs umqtt.simple:

    mpremote mip install umqtt.simple
    mpremote cp firmware/examples/job_mqtt.py :job.py

On AWS IoT Core the token is checked by a custom authorizer (a Lambda function of yours) of a domain configuration with
the application protocol SECURE_MQTT: https://docs.aws.amazon.com/iot/latest/developerguide/custom-authentication.html
umqtt checks the host name, waits without asyncio (the display stands still meanwhile), for SOCKET_TIMEOUT at most.
"""

import json
import time

import tls
from cognito_mp.transports.amazon_roots import ROOTS
from umqtt.simple import MQTTClient  # type: ignore[import-not-found]  # from micropython-lib

HOST = "abc123-ats.iot.eu-west-1.amazonaws.com"
AUTHORIZER = "cognito-token"
TOPIC = b"watch/reading"
SOCKET_TIMEOUT = 10  # seconds


async def job(keeper) -> None:
    token = await keeper.access_token()
    await keeper.connect()
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.verify_mode = tls.CERT_REQUIRED
    context.load_verify_locations(ROOTS[0])
    client = MQTTClient(
        "watch",
        HOST,
        port=8883,
        user="wearer?x-amz-customauthorizer-name=" + AUTHORIZER,
        password=token,
        keepalive=60,
        ssl=context,
    )
    client.connect(True, SOCKET_TIMEOUT)
    try:
        client.publish(TOPIC, json.dumps({"uptime_s": time.ticks_ms() // 1000}).encode(), qos=1)
        print("published")
    finally:
        client.disconnect()
