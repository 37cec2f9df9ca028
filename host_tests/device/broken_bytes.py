"""Reads what is broken, at random: broken_bytes.py TARGET FIRST CASES SEED.

A case changes bytes, or members, of something good (a reply, a token, a record of a store, settings, a certificate) and
has the library or the firmware read it. Each case has a number, FIRST and up, which with SEED makes it again.

Prints one line of JSON: cases, and failures as [number of the case, what happened].
"""

import json
import random
import sys

from cognito_app import sntp
from cognito_app.settings import Settings, SettingsError
from cognito_mp import CertificateError, Challenge, Client, CognitoError, NotSignedIn, StoreError, Tokens, claims
from cognito_mp.clock import Lifetime
from cognito_mp.protocol import read_outcome
from cognito_mp.sleep_memory import SleepMemory
from cognito_mp.stores.ram import RamStore
from cognito_mp.stores.two_slots import TwoSlots
from cognito_mp.transports.https import HttpsTransport
from fakes import FakeClock, jwt

_SHOWN = 5
_CLOCK = FakeClock()
_ID = "1example23456789abcdefghij"

# What bytes and members are replaced by

_BYTES = (b"", b"\0", b"\xff", b'"', b"\\", b"\\u", b"\\ud83d", b"{", b"[", b"\r\n", b"\n", b":", b"0", b"-", b",,")
_BYTES += (b"9" * 30, b"[" * 2000, b" " * 300, b"1e999", b"100000000", b"\xc3", b"\xed\xa0\x80")
_BYTES += (b"Transfer-Encoding: chunked\r\n",)
_MEMBERS = (None, True, False, 0, -1, 1 << 40, 10**30, 1.5, "", "x", "x" * 3000, "\u00e9\u4e2d", [], {}, [[[]]])


def broken(data: bytes) -> bytes:
    """`data` with one to four changes."""
    for _ in range(random.randrange(1, 5)):
        at, end = sorted((random.randrange(len(data) + 1), random.randrange(len(data) + 1)))
        how = random.randrange(7)
        if how == 0 and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]
        elif how == 1:
            data = data[:at] + data[end:]
        elif how == 2:
            data = data[:at]
        elif how == 3 and len(data) < 4000:
            data = data[:end] + data[at:end] + data[end:]
        elif how == 4:
            data = data[:at] + bytes([random.getrandbits(8) for _ in range(random.randrange(1, 9))]) + data[at:]
        else:
            some = random.choice(_BYTES)
            data = data[:at] + some + data[at + (len(some) if how == 5 else 0) :]
    return data


def changed(value):
    """`value`, what JSON can hold, with a member replaced, left out or added."""
    if isinstance(value, dict) and value and random.randrange(6):
        name = random.choice(sorted(value))
        made = dict(value)
        how = random.randrange(8)
        if how == 0:
            del made[name]
        elif how == 1:
            made[random.choice(("", "x", "ChallengeName", "__type", "Session"))] = random.choice(_MEMBERS)
        else:
            made[name] = changed(value[name])
        return made
    if isinstance(value, list) and value and random.randrange(4):
        at = random.randrange(len(value))
        return value[:at] + [changed(value[at])] + value[at + 1 :]
    if isinstance(value, str) and random.randrange(2):
        at = random.randrange(len(value) + 1)
        return value[:at] + random.choice(("", " ", "\u00e9", "\U0001f600", '"', "\\", "{", "." * 30)) + value[at:]
    return random.choice(_MEMBERS)


# What is good

RESULT = {
    "AuthenticationResult": {
        "AccessToken": jwt({"username": "the-sub", "iat": 1, "exp": 3601}),
        "IdToken": jwt({"email": "alice@example.com"}),
        "RefreshToken": "refresh-2",
        "ExpiresIn": 3600,
        "TokenType": "Bearer",
        "NewDeviceMetadata": {"DeviceKey": "eu-west-1_device", "DeviceGroupKey": "-group"},
    },
    "ChallengeParameters": {},
}
_CHALLENGE = {
    "ChallengeName": "SELECT_MFA_TYPE",
    "Session": "session-of-twenty-characters",
    "ChallengeParameters": {
        "USER_ID_FOR_SRP": "the-sub",
        "MFAS_CAN_CHOOSE": '["SMS_MFA","SOFTWARE_TOKEN_MFA"]',
        "requiredAttributes": '["userAttributes.email"]',
    },
    "AvailableChallenges": ["PASSWORD", "EMAIL_OTP"],
}
_REFUSAL = {"__type": "a.b#NotAuthorizedException", "message": "Refresh Token has expired"}
STORED = {
    "username": "the-sub",
    "refresh_token": "refresh-1",
    "rotates": True,
    "client_id": _ID,
    "identity": ["eu-west-1:pool", "the-sub", "eu-west-1:identity"],
    "device": {"key": "eu-west-1_device", "group": "-group", "password": "secret", "owner": "the-sub"},
}
SETTINGS = {
    "region": "eu-west-1",
    "client_id": _ID,
    "wifi_ssid": "home",
    "wifi_networks": [{"ssid": "office", "password": "secret"}],
    "ntp_host": ["pool.ntp.org"],
    "timeout_s": 10,
    "led": 2,
    "screen": "ssd1306",
    "i2c_sda": 4,
    "i2c_scl": 5,
}


def _http(status: str, body: bytes, *fields: str) -> bytes:
    return ("HTTP/1.1 %s\r\n%s\r\n" % (status, "".join(field + "\r\n" for field in fields))).encode() + body


def _chunked(body: bytes) -> bytes:
    parts = b"".join(
        b"%x\r\n%s\r\n" % (len(body[at : at + 100]), body[at : at + 100]) for at in range(0, len(body), 100)
    )
    return _http("200 OK", parts + b"0\r\n\r\n", "Transfer-Encoding: chunked")


def sized(status: str, value) -> bytes:
    body = json.dumps(value).encode()
    return _http(status, body, "Content-Type: application/x-amz-json-1.1", "Content-Length: %d" % len(body))


_REPLIES = (
    sized("200 OK", RESULT),
    sized("200 OK", _CHALLENGE),
    sized("400 Bad Request", _REFUSAL),
    _chunked(json.dumps(RESULT).encode()),
    _http("200 OK", json.dumps(RESULT).encode(), "Connection: close"),
    b"HTTP/1.1 100 Continue\r\n\r\n" + sized("200 OK", RESULT),
    _http("503 Busy", b"<html>", "Content-Type: text/html", "Content-Length: 6"),
)


class Stream:
    """A server that says `data`, then hangs up, or breaks."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._breaks = random.randrange(2)

    def write(self, data) -> int:
        return len(data)

    def read(self, size: int) -> bytes:
        part, self._data = self._data[:size], self._data[size:]
        if not part and self._breaks:
            raise OSError(104)
        return part

    def readinto(self, view) -> int:
        part = self.read(len(view))
        view[: len(part)] = part
        return len(part)

    def readline(self, size: int) -> bytes:
        end = self._data.find(b"\n") + 1
        return self.read(min(size, end or size))

    def close(self) -> None:
        self._data = b""


def _client(reply: bytes, store, cadata=None, endpoint: str = "http://127.0.0.1:1") -> Client:
    transport = HttpsTransport(10, cadata, _CLOCK, lambda host, port, context, addresses: (Stream(reply),))
    return Client("eu-west-1", _ID, store=store, endpoint=endpoint, transport=transport, attempts=1, clock=_CLOCK)


def stored(value) -> RamStore:
    store = RamStore()
    store.save(json.dumps(value).encode())
    return store


def asked(reply: bytes) -> None:
    """A refresh, or a sign-in, that gets `reply`: it must not cost the session unless the service says so."""
    store = stored(dict(STORED, device=None))
    client = _client(reply, store)
    before = store.load()
    outcome = None
    try:
        if random.randrange(2):
            outcome = client.refresh()
        else:
            outcome = client.sign_in("alice", "Correct-Horse-9")
            if isinstance(outcome, Challenge):
                _looked_at(outcome)
    except NotSignedIn:
        said = reply.replace(b"\\", b"").lower()  # MicroPython's json takes an escape that is none for its letter
        assert b"refresh" in said or b"usernotfound" in said, "signed out for nothing"
        return
    except (CognitoError, OSError):
        pass
    if isinstance(outcome, Tokens):
        assert json.loads(store.load()).get("refresh_token") == outcome.refresh_token, "stored is not what came"
    else:
        assert store.load() == before, "the session is gone"


def _looked_at(challenge) -> None:
    repr(challenge)
    for name in ("choices", "required_attributes"):
        try:
            getattr(challenge, name)
        except CognitoError:
            pass


# The targets. Each raises what is no documented error.


def http_replies() -> None:
    asked(broken(random.choice(_REPLIES)))


def json_replies() -> None:
    status = random.choice(("200 OK", "200 OK", "400 Bad Request", "500 Broken"))
    value = random.choice((RESULT, _CHALLENGE, _REFUSAL))
    for _ in range(random.randrange(1, 4)):
        value = changed(value)
    asked(sized(status, value))


def tokens() -> None:
    try:
        text = broken(jwt({"username": "the-sub", "iat": 1, "exp": 3601}).encode()).decode()
    except UnicodeError:
        return
    token_read(text)


def token_read(text: str) -> None:
    """Claims, or ValueError; tokens with a name and a life, or CognitoError where there is nothing."""
    try:
        assert isinstance(claims.read(text), dict)
    except ValueError:
        pass
    try:
        outcome = read_outcome({"AuthenticationResult": {"AccessToken": text, "ExpiresIn": None}}, "alice")
        assert isinstance(outcome, Tokens) and outcome.username and outcome.expires_in > 0
    except CognitoError:
        assert not text


class _Slot:
    name = "slot"

    def __init__(self) -> None:
        self.record = b""

    def read(self, start: int) -> bytes:
        return self.record[start:]

    def write(self, head: bytes, data: bytes) -> None:
        self.record = head + data

    def remove(self) -> None:
        self.record = b""


def store_records() -> None:
    slots = _Slot(), _Slot()
    store = TwoSlots(*slots)
    saved = [None, b"one" * random.randrange(40), b"another" * random.randrange(40)]
    for data in saved[1:]:
        store.save(data)
    for slot in slots[: random.randrange(1, 3)]:
        slot.record = broken(slot.record)
    found = store.load()
    assert found in saved, "a mixture"
    store.save(b"next")
    assert store.load() == b"next"
    store.erase()
    assert store.load() is None


def stored_sessions() -> None:
    value = STORED
    for _ in range(random.randrange(1, 4)):
        value = changed(value)
    data = json.dumps(value)
    session_read(broken(data.encode()) if random.randrange(2) else data)


def session_read(data) -> None:
    """A client over a store that holds `data`: it says what there is, and a sign-in replaces it."""
    store = RamStore()
    store.save(data if isinstance(data, bytes) else data.encode())
    client = _client(random.choice(_REPLIES), store)
    try:
        client.session.known_device()
        assert client.signed_in in (True, False)
        client.access_token()
    except (CognitoError, NotSignedIn, OSError):
        pass
    client = _client(sized("200 OK", {"AuthenticationResult": {"AccessToken": "a.b.c", "RefreshToken": "new"}}), store)
    try:
        client.sign_in("alice", "Correct-Horse-9")
    except (CognitoError, OSError):  # one with a device that can't be
        return
    assert json.loads(store.load())["refresh_token"] == "new"


class _Memory:
    def __init__(self) -> None:
        self.data = b""

    def __call__(self, data=None):
        if data is None:
            return self.data
        self.data = bytes(data)


def sleep_records() -> None:
    memory = _Memory()
    kept = SleepMemory(memory, _CLOCK)
    kept.save("refresh-1", "access-1", Lifetime(_CLOCK, 3600))
    memory.data = broken(memory.data)
    found, life = kept.load("refresh-1", "the-sub")
    assert found is None or found.access_token == "access-1" and life.left() <= 3600


def settings() -> None:
    value = SETTINGS
    for _ in range(random.randrange(1, 5)):
        value = changed(value)
    settings_read(value)


def settings_files() -> None:
    """As settings.load() reads them, without a file for each."""
    try:
        value = json.loads(broken(json.dumps(SETTINGS).encode()).decode())
    except (ValueError, RuntimeError, MemoryError):  # brackets by the thousand, which only their owner can write there
        return
    settings_read(value)


def settings_read(value) -> None:
    """Settings of the types that the application counts on, or SettingsError."""
    try:
        made = Settings(value, "settings.json", wifi=bool(random.randrange(2)))
    except SettingsError as error:
        assert str(error)
        return
    except UnicodeError:  # half a surrogate pair, on CPython, where the firmware is only tested
        return
    repr(made)
    for name, password in made.networks():
        assert name + password
    for text in [made.region, made.client_id, made.session_file, made.sign_in_flow] + made.time_servers():
        assert isinstance(text, str)


def certificates() -> None:
    """`_DER`, or the same in PEM, as a root: ValueError when a client is made, or an OSError when it connects."""
    cadata = broken(_PEM if random.randrange(2) else _DER)
    store = stored(dict(STORED, device=None))
    before = store.load()
    try:
        client = _client(_REPLIES[0], store, cadata, "https://127.0.0.1:1")
    except ValueError:
        return
    try:
        client.refresh()
    except (CertificateError, OSError, CognitoError):
        assert store.load() == before


def time_answers() -> None:
    cookie = b"cookie 8"
    good = b"\x24\x02" + bytes(22) + cookie + bytes(8) + (3990000000).to_bytes(4, "big") + bytes(4)
    try:
        found = sntp.read_answer(broken(good), cookie)
        assert found is None or found >= sntp.EARLIEST
    except OSError:
        pass


def sealed_records() -> None:
    """Only the sealed session itself comes out, or an error."""
    from cognito_mp import SealedStore

    inner = RamStore()
    store = SealedStore(inner, "a secret", iterations=1)
    store.save(b"a session " * 20)
    inner.save(broken(inner.load()))
    try:
        assert store.load() in (None, b"a session " * 20)
    except StoreError:
        pass


def main(target: str, first: int, cases: int, seed: int) -> None:
    run = globals()[target]
    failures: list = []
    for number in range(first, first + cases):
        random.seed(seed * 1000003 + number)
        _CLOCK.slept.clear()  # it would take the heap
        try:
            run()
        except Exception as error:
            if len(failures) < _SHOWN:
                failures.append([number, "%s: %s" % (type(error).__name__, error)])
            if cases == 1:
                raise
    print(json.dumps({"cases": cases, "failures": failures}))


_DER = _PEM = b""
if __name__ == "__main__":
    if sys.argv[1] == "certificates":
        with open(sys.argv[5], "rb") as file:
            _PEM = file.read()
        with open(sys.argv[6], "rb") as file:
            _DER = file.read()
    main(sys.argv[1], *[int(word) for word in sys.argv[2:5]])
