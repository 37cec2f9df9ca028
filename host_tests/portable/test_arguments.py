"""Every argument of every public call, of each wrong type: a ValueError that names it, before anything is sent.

The network fails in all of these, so that it shows where a mistake of the caller's would hide behind it, or hide it.
"""

import asyncio

from checks import Skip, raises
from cognito_mp import (
    AsyncClient,
    Challenge,
    Client,
    FileStore,
    NvmStore,
    NvsStore,
    RamStore,
    account,
    challenges,
    claims,
    identity_pool,
    oauth2,
    sigv4,
    srp,
    testing,
    totp,
)
from cognito_mp.protocol import App, split_url
from fake_nvs import FakeNVS
from fakes import FakeClock, FakeTransport, tokens

ID = "1example23456789abcdefghij"
POOL = "eu-west-1_AbCdEf123"

# What is wrong for an argument of each kind.
TEXT = (None, "", 17, 1.5, b"bytes", ["a"], {"a": "b"}, True, object())
OPTIONAL_TEXT = (17, 1.5, b"bytes", ["a"], {"a": "b"}, True, object())
TEXTS = ("text", 17, b"bytes", [1], [None], {"a": "b"}, object())  # a list of str, or None
TEXT_DICT = ("text", 17, b"bytes", ["a"], {"a": 1}, {"a": None}, {1: "a"}, {"a": {}}, object())  # or None
GIVEN_TEXT_DICT = TEXT_DICT + (None,)
DICT = ("text", 17, b"bytes", ["a"], object())  # or None
BOOL = ("yes", 17, None, [], b"")
WHOLE = ("17", 1.5, None, [17], b"17", True)
OPTIONAL_WHOLE = ("17", 1.5, [17], b"17")
BYTES = ("text", 17, None, ["a"], object())
OBJECT = ("text", 17, ["a"], object())  # or None
GIVEN_OBJECT = OBJECT + (None,)

OPTIONS = {"client_metadata": TEXT_DICT, "user_context_data": TEXT_DICT}


class Broken:
    """A transport without a network."""

    def __init__(self):
        self.asked = 0

    def post(self, url, headers, body):
        self.asked += 1
        raise OSError(113, "no network")


def client(kind=Client, secret="s" * 51):
    """A client that is signed in, and its transport, which fails from now on."""
    transport = FakeTransport(tokens(1))
    store = RamStore()
    Client("eu-west-1", ID, secret, POOL, store=store, transport=transport, clock=FakeClock()).sign_in("alice", "pw")
    broken = Broken()
    return kind("eu-west-1", ID, secret, POOL, store=store, transport=broken, clock=FakeClock(), attempts=1), broken


def asked(name="NEW_PASSWORD_REQUIRED"):
    return Challenge({"ChallengeName": name, "Session": "s" * 20, "ChallengeParameters": {}}, "alice")


def with_options(**kinds):
    kinds.update(OPTIONS)
    return kinds


class Keys:
    access_key = "ASIA"
    secret_key = "secret"
    session_token = "token"


# What to call with a client first; its right arguments; what is wrong for each.
CALLS = (
    (
        lambda client, **given: client.sign_in(**given),
        {"username": "alice", "password": "pw"},
        {"username": TEXT, "password": TEXT, "flow": TEXT},
    ),
    (
        lambda client, **given: client.sign_in(flow="USER_AUTH", **given),
        {"username": "alice", "password": None},
        with_options(password=("", 17, b"bytes", ["a"]), preferred=OPTIONAL_TEXT, session=OPTIONAL_TEXT, secret=OBJECT),
    ),
    (
        lambda client, **given: client.sign_in(flow="USER_SRP_AUTH", **given),
        {"username": "alice", "password": "pw"},
        {"username": TEXT, "password": TEXT, "secret": OBJECT},
    ),
    (
        lambda client, **given: client.respond(**given),
        {"challenge": asked("SMS_MFA"), "answers": "123456"},
        with_options(challenge=GIVEN_OBJECT, answers=(None, "", 17, b"1", ["1"], {"A": 1}, {1: "A"}, {"A": None})),
    ),
    (
        lambda client, **given: client.set_new_password(**given),
        {"challenge": asked(), "new_password": "New-Passw0rd!", "attributes": {"name": "Alice"}},
        with_options(challenge=GIVEN_OBJECT + (asked("SMS_MFA"),), new_password=TEXT, attributes=TEXT_DICT),
    ),
    (lambda client, **given: client.refresh(**given), {}, {"client_metadata": TEXT_DICT}),
    (lambda client, **given: client.sign_out(**given), {}, {"everywhere": BOOL}),
    (
        lambda client, **given: client.call(**given),
        {"operation": "GetUser"},
        {"operation": TEXT + ("Get User", "GetUser\n"), "parameters": DICT + ({1: "a"},), "credentials": OBJECT},
    ),
    (account.call, {"operation": "GetUser"}, {"operation": TEXT, "parameters": DICT, "credentials": OBJECT}),
    (
        account.sign_up,
        {"username": "alice", "password": "pw"},
        with_options(username=TEXT, password=("", 17, b"bytes", ["a"]), attributes=TEXT_DICT),
    ),
    (
        account.confirm_sign_up,
        {"username": "alice", "code": "1"},
        with_options(username=TEXT, code=TEXT, session=OPTIONAL_TEXT),
    ),
    (account.resend_code, {"username": "alice"}, with_options(username=TEXT)),
    (account.forgot_password, {"username": "alice"}, with_options(username=TEXT)),
    (
        account.confirm_forgot_password,
        {"username": "alice", "code": "1", "new_password": "New-Passw0rd!"},
        with_options(username=TEXT, code=TEXT, new_password=TEXT),
    ),
    (
        account.change_password,
        {"password": "pw", "new_password": "New-Passw0rd!"},
        {"password": OPTIONAL_TEXT, "new_password": TEXT},
    ),
    (
        account.update_attributes,
        {"attributes": {"name": "Alice"}},
        {"attributes": GIVEN_TEXT_DICT, "client_metadata": TEXT_DICT},
    ),
    (account.request_attribute_code, {"name": "email"}, {"name": TEXT, "client_metadata": TEXT_DICT}),
    (account.verify_attribute, {"name": "email", "code": "1"}, {"name": TEXT, "code": TEXT}),
    (
        account.set_mfa_preference,
        {"factor": "SMS_MFA"},
        {"factor": TEXT + ("WEB_AUTHN",), "enabled": BOOL, "preferred": BOOL},
    ),
    (account.verify_software_token, {"code": "1"}, {"code": TEXT, "device_name": OPTIONAL_TEXT}),
    (account.forget_device, {"device_key": "key"}, {"device_key": TEXT}),
    (account.get_device, {}, {"device_key": OPTIONAL_TEXT}),
    (account.remember_device, {}, {"remembered": BOOL, "device_key": OPTIONAL_TEXT}),
    (
        challenges.respond,
        {"challenge": asked("SMS_MFA"), "answers": "123456"},
        with_options(challenge=GIVEN_OBJECT, answers=(None, "", 17, b"1", ["1"], {"A": 1})),
    ),
    (
        challenges.set_new_password,
        {"challenge": asked(), "new_password": "New-Passw0rd!"},
        with_options(challenge=GIVEN_OBJECT, new_password=TEXT, attributes=TEXT_DICT),
    ),
    (challenges.associate_software_token, {"challenge": asked("MFA_SETUP")}, {"challenge": GIVEN_OBJECT}),
    (
        challenges.verify_software_token,
        {"challenge": asked("MFA_SETUP"), "code": "1"},
        with_options(challenge=GIVEN_OBJECT, code=TEXT, device_name=OPTIONAL_TEXT),
    ),
    (
        identity_pool.credentials,
        {"identity_pool_id": "eu-west-1:1f2e"},
        {
            "identity_pool_id": TEXT
            + (
                "eu-west-1",
                "Ireland:1f2e",
                "eu west:1",
                "eu-west-1:",
                "e@u-west-1:1",
                "eu-west-1:1\r\n",
                "eu-west-1?:1",
            ),
            "endpoint": OPTIONAL_TEXT + ("", "http://example.com", "https://a b"),
        },
    ),
    (oauth2.client_token, {}, {"scopes": TEXTS, "client_metadata": TEXT_DICT}),
    (
        oauth2.token,
        {"domain_url": "https://watches.auth.eu-west-1.amazoncognito.com"},
        {
            "domain_url": TEXT + ("http://example.com", "https://a@b", "https://a?b", "watches"),
            "client_id": OPTIONAL_TEXT,
            "client_secret": OPTIONAL_TEXT,
            "scopes": TEXTS,
        },
    ),
)

SIGN = {
    "method": "GET",
    "url": "https://example.com/",
    "headers": {},
    "body": b"",
    "access_key": "ASIA",
    "secret_key": "secret",
    "session_token": None,
    "region": "eu-west-1",
    "service": "iotdata",
    "amz_date": "20261121T020304Z",
}
PRESIGN = {
    "host": "abc-ats.iot.eu-west-1.amazonaws.com",
    "region": "eu-west-1",
    "access_key": "ASIA",
    "secret_key": "secret",
    "session_token": None,
    "amz_date": "20261121T020304Z",
}
CLAIM = {
    "pool_name": "AbCdEf123",
    "user_id": "alice",
    "password": "pw",
    "a": 17,
    "srp_b": "1f",
    "salt": "1f",
    "secret_block": "c2Vj",
    "timestamp": "Mon Jan 5 03:04:05 UTC 2026",
}


def of_texts(given: dict, **kinds) -> dict:
    """The kinds of `given`: TEXT for each that is not in `kinds`."""
    return dict([(name, TEXT) for name in given], **kinds)


# The same for what takes no client.
FUNCTIONS = (
    (claims.read, {"token": "a.b.c"}, {"token": TEXT}),
    (sigv4.amz_date, {"unix_seconds": 1}, {"unix_seconds": WHOLE}),
    (
        sigv4.sign,
        SIGN,
        of_texts(
            SIGN,
            headers=GIVEN_TEXT_DICT,
            body=("text", 17, ["a"], object()),
            session_token=OPTIONAL_TEXT,
            amz_date=TEXT + ("2026-11-21", "20261121T020304"),
            url=TEXT + ("example.com",),
        ),
    ),
    (
        sigv4.presign_wss,
        PRESIGN,
        of_texts(
            PRESIGN,
            host=TEXT + ("a b", "a/b"),
            session_token=OPTIONAL_TEXT,
            path=TEXT + ("mqtt",),
            expires=WHOLE + (0, -1, 86401),
            amz_date=TEXT + ("2026-11-21",),
        ),
    ),
    (srp.public_value, {"a": 17}, {"a": WHOLE + (0, -1)}),
    (srp.claim, CLAIM, of_texts(CLAIM, a=WHOLE + (0,), srp_a=OPTIONAL_TEXT)),
    (
        srp.verifier,
        {"device_group_key": "g", "device_key": "k", "password": "p", "salt": "1f"},
        {"device_group_key": TEXT, "device_key": TEXT, "password": TEXT, "salt": TEXT + ("no hex",)},
    ),
    (
        totp.code,
        {"secret_base32": "GEZDGNBVGY3TQOJQ", "unix_seconds": 59},
        {"secret_base32": TEXT + ("1",), "unix_seconds": WHOLE + (-1,), "digits": WHOLE + (0, 5, 9, -1)},
    ),
    (FileStore, {"path": "session"}, {"path": TEXT}),
    (
        NvmStore,
        {"nvm": bytearray(256)},
        {"nvm": (None, 17, object()), "start": WHOLE + (-1, 256, 300), "size": OPTIONAL_WHOLE + (0, -1, 257)},
    ),
    (
        NvsStore,
        {"namespace": "cognito_mp", "nvs": FakeNVS(True)},
        {"namespace": TEXT + ("x" * 16,), "nvs": ("text", 17)},
    ),
    (RamStore().save, {"data": b""}, {"data": BYTES}),
    (NvmStore(bytearray(256)).save, {"data": b""}, {"data": BYTES}),
)

CLIENT = {"region": "eu-west-1", "client_id": ID}
NO_WORD = ("a b", "a\r\nX: y", "a\n", "\ta", "a\x00", "a\x7f", "caf\xe9")
CLIENT_KINDS = {
    "region": TEXT
    + NO_WORD
    + (
        "Ireland",
        "EU-WEST-1",
        "eu-west-1a",
        "eu-west",
        "eu--1",
        "-west-1",
        "eu_west_1",
        "local",
        "eu-west-1/x",
        "eu-west-1@x",
        "e?-west-1",
        "eu-we\\t-1",
        "eu-west-1#",
    ),
    "client_id": TEXT + NO_WORD,
    "client_secret": OPTIONAL_TEXT + NO_WORD,
    "user_pool_id": OPTIONAL_TEXT
    + NO_WORD
    + ("AbCdEf123", "eu-west-1", "eu-west-1_", "Ireland_AbC", "eu-west-1_Ab-C", "eu-west-1_Ab/C", "EU-WEST-1_AbC"),
    "endpoint": OPTIONAL_TEXT
    + tuple("https://" + host for host in ("a@b", "a\\b", "a?b", "a#b", "a b", "a\r\n", "a\x00", "-", "caf\xe9"))
    + (
        "",
        "a",
        "https://",
        "http://example.com",
        "https://a:0",
        "https://a:65536",
        "https://a:" + "0" * 5000 + "80",
        "https://a:" + "9" * 5000,
    ),
    "store": OBJECT,
    "transport": OBJECT,
    "clock": GIVEN_OBJECT,
    "sleep_memory": ("text", 17, object()),
    "timeout": ("10", None, [10], 0, -1, float("nan"), float("inf"), 3601),
    "attempts": ("3", None, [3], 0, -1),
    "fips": (None, 17, "yes", [True]),
    "user_agent": (None, 17, ["watch/1.2"], "a\r\nb: c", "a\x00", "caf\xe9", "\x7f"),
}


def check(call, given: dict, kinds: dict) -> None:
    for name in kinds:
        for wrong in kinds[name]:
            arguments = dict(given)
            arguments[name] = wrong
            try:
                call(**arguments)
            except ValueError as error:
                words = str(error)
                assert name in words or (name in ("secret_base32", "srp_b") and "secret" in words), (name, wrong, words)
                assert not isinstance(error, UnicodeError), (name, wrong, error)
                continue
            except Skip:
                raise
            except Exception as error:
                raise AssertionError("%s %s=%r: %r" % (call, name, wrong, error))
            raise AssertionError("%s %s=%r was taken" % (call, name, wrong))


def test_calls_of_a_client():
    for call, given, kinds in CALLS:
        ours, broken = client()
        check(lambda call=call, ours=ours, **arguments: call(ours, **arguments), given, kinds)
        assert not broken.asked, call
        assert ours.signed_in


def test_awaited_calls():
    async def awaited(call, arguments):
        return await call(client(AsyncClient)[0], **arguments)

    for call, given, kinds in CALLS:
        check(lambda call=call, **arguments: asyncio.run(awaited(call, arguments)), given, kinds)


def test_the_right_arguments_get_as_far_as_the_network():
    for call, given, _ in CALLS:
        ours, broken = client()
        arguments = dict(given)
        try:
            call(ours, **arguments)
        except OSError:
            pass
        assert broken.asked, (call, given)


def test_functions_and_stores():
    for call, given, kinds in FUNCTIONS:
        check(call, given, kinds)


def test_sealed_store():
    try:
        from cognito_mp import SealedStore
    except ImportError as reason:
        raise Skip(str(reason))
    kinds = {
        "store": GIVEN_OBJECT,
        "secret": (17, ["a"], object(), ""),
        "device_id": ("text", 17, ["a"]),
        "iterations": WHOLE + (0, -1),
        "counter": OBJECT,
    }
    check(SealedStore, {"store": RamStore(), "secret": "1234"}, kinds)
    check(SealedStore(RamStore(), "1234", iterations=1).save, {"data": b""}, {"data": BYTES})


def test_what_a_client_is_made_of():
    for kind in (Client, AsyncClient):
        check(kind, CLIENT, CLIENT_KINDS)
    for name in ("region", "client_id", "client_secret", "user_pool_id", "endpoint"):
        check(App, CLIENT, {name: CLIENT_KINDS[name]})


def test_roots():
    for kind in (Client, AsyncClient):
        try:
            kind(**CLIENT)
        except ImportError as reason:  # where a transport must be given, no roots are
            raise Skip(str(reason))
        check(kind, CLIENT, {"cadata": ("text", 17, ["a"], b"", b"neither", object())})


def test_names_that_are_right():
    for region, suffix in (("eu-west-1", "com"), ("us-gov-east-1", "com"), ("eusc-de-east-1", "eu")):
        for pool in (None, "", region + "_AbCdEf123", "ap-southeast-12_x", "us-gov-west-1_9"):
            for secret in (None, "", "s" * 51, "a+/=b"):
                app = App(region, ID, secret, pool)
                assert app.url == "https://cognito-idp.%s.amazonaws.%s" % (region, suffix)
    assert App("us-iso-east-1", ID, fips=True).url == "https://cognito-idp-fips.us-iso-east-1.c2s.ic.gov"
    assert "China" in str(raises(ValueError, App, "cn-north-1", ID))
    assert "fips" in str(raises(ValueError, App, "eu-west-1", ID, None, None, "https://a.example", True))
    assert App("cn-north-1", ID, None, None, "https://a.example").url == "https://a.example"
    for region in ("local", "eu-west-1", "localhost2"):
        for pool in (None, "local_2q4Yzgwd", "eu-west-1_1", "pool"):
            for endpoint in ("https://127.0.0.1:8443", "http://localhost:9229", "https://a.b-c.example/path?x=1"):
                assert App(region, ID, None, pool, endpoint).url == endpoint
    assert split_url("https://EXAMPLE.com") == (True, "EXAMPLE.com", 443, "/")
    for timeout in (1, 0.5, 3600):
        assert Client("eu-west-1", ID, timeout=timeout, attempts=1, transport=testing.FakeTransport())


def test_names_that_an_endpoint_of_ones_own_does_not_make_right():
    for region in ("Local", "a b", "a/b", "a\r\n", "a@b", "", 17):
        assert "region" in str(raises(ValueError, App, region, ID, None, None, "https://a.example"))
    for pool in ("a b", "a/b", "a_b/c", 17, "a\n"):
        assert "user_pool_id" in str(raises(ValueError, App, "local", ID, None, pool, "https://a.example"))
