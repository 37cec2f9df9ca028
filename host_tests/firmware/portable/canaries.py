"""The secrets that the application's fakes hold and its tests type: nothing that is printed, logged or shown has one.

test_on_each_python.py looks for them in all that the tests print, and in each file of faults that they leave.
"""

WIFI, CHANGED_WIFI = "wifi-secret", "canary-wifi"
PASSWORD, NEW_PASSWORD, OLD_PASSWORD = "canary-password-1", "canary-password-2", "pw-of-alice"
CODE = "987654"
CLIENT_SECRET = "canary-client-secret"
ACCESS_POINT = "canary-access-point"
PAGE_CODE = "805274"
# Of fakes, in tests elsewhere.
OTHERS = ("its-secret", "its-password", "office-secret", "Passw0rd-é!", "Old-pw-1", "Temporary-1", "s3cret")

ALL = (WIFI, CHANGED_WIFI, PASSWORD, NEW_PASSWORD, OLD_PASSWORD, CODE, CLIENT_SECRET, ACCESS_POINT, PAGE_CODE) + OTHERS


def found(text: str) -> list:
    return [secret for secret in ALL if secret in text]
