"""CircuitPython: Wi-Fi, time, sign-in, a refresh after each restart, and one request to an API with the token.

    circup install cognito_mp adafruit_requests adafruit_ntp            (before CircuitPython 10.1 adafruit_hashlib too)

settings.toml:

    CIRCUITPY_WIFI_SSID = "..."
    CIRCUITPY_WIFI_PASSWORD = "..."
    COGNITO_REGION = "eu-west-1"
    COGNITO_CLIENT_ID = "..."
    COGNITO_CLIENT_SECRET = "..."    # where the app client has one
    API_URL = "https://..."

The session is kept when boot.py, which lies beside this, has given the drive to the program; else the person signs in
again after each restart.
"""

# What it imports is CircuitPython's, and not among the stubs of MicroPython:
# mypy: ignore-errors

from os import getenv

import adafruit_connection_manager
import adafruit_ntp
import adafruit_requests
import rtc
import wifi
from cognito_mp import Client, FileStore, RequestsTransport, StoreError, Tokens

if not wifi.radio.connected:
    wifi.radio.connect(getenv("CIRCUITPY_WIFI_SSID"), getenv("CIRCUITPY_WIFI_PASSWORD"))
pool = adafruit_connection_manager.get_radio_socketpool(wifi.radio)
context = adafruit_connection_manager.get_radio_ssl_context(wifi.radio)
if getenv("COGNITO_CA"):  # a file: the root, PEM, of a server of your own, such as `cognito-mp local`
    with open(getenv("COGNITO_CA")) as file:
        context.load_verify_locations(cadata=file.read())

server, port = getenv("NTP_SERVER") or "pool.ntp.org", int(getenv("NTP_PORT") or 123)
rtc.RTC().datetime = adafruit_ntp.NTP(pool, server=server, port=port).datetime

session = adafruit_requests.Session(pool, context)
client = Client(
    getenv("COGNITO_REGION"),
    getenv("COGNITO_CLIENT_ID"),
    getenv("COGNITO_CLIENT_SECRET"),
    endpoint=getenv("COGNITO_ENDPOINT"),
    store=FileStore("session"),
    transport=RequestsTransport(session),
)


def sign_in() -> None:
    with client:  # one connection for the sign-in and its challenges
        answer = client.sign_in(input("name: "), input("password: "))
        while not isinstance(answer, Tokens):
            print("Cognito asks:", answer.name)
            if answer.name == "NEW_PASSWORD_REQUIRED":
                answer = client.set_new_password(answer, input("new password: "))
            else:
                answer = client.respond(answer, input("code: "))


if client.signed_in:
    print("signed in already: the session was on the drive")
else:
    try:
        sign_in()
        print("signed in; the session is on the drive")
    except StoreError as error:
        print("signed in until the next restart:", error)

token = client.access_token()  # refreshed first, after a restart
print("an access token of", len(token), "characters")
if getenv("API_URL"):
    with session.get(getenv("API_URL"), headers={"Authorization": "Bearer " + token}) as reply:
        print("the API says", reply.status_code)
