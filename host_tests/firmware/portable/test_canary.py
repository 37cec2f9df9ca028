"""No secret is told: by no page, whatever was typed into it; by no console, state, exception or repr."""

import os

import canaries
from canaries import CODE, NEW_PASSWORD, PASSWORD
from checks import raises
from cognito_app.console import Console
from cognito_app.fault_log import FaultLog
from cognito_app.settings import Settings, SettingsError, load
from cognito_app.sign_in_page.access_point import AccessPoint
from cognito_app.sign_in_page.gate import Gate, Tries
from cognito_app.sign_in_page.place import Place
from fake_browser import FakePlace
from fake_device import FakeDevice, run
from fakes import FakeClock
from port_models.radio import Network
from test_sign_in_page import MFA, MISMATCH, NEW, SELECT, WRONG
from test_wifi_link import KINDS, linked

SETUP = dict(MFA, ChallengeName="MFA_SETUP", ChallengeParameters={"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'})

# What the pool says, and what a person does: buttons, or fields.
PAGES = (
    ((WRONG,), ({"name": "alice", "password": PASSWORD}, {"name": "", "password": PASSWORD})),
    ((("UserLambdaValidationException", "no"),), ({"name": "alice", "password": PASSWORD},)),
    (
        (NEW, ("InvalidPasswordException", "too short")),
        (
            {"name": "alice", "password": PASSWORD},
            {"fresh": NEW_PASSWORD, "again": PASSWORD, "attribute_0": "A", "attribute_1": "B"},
            {"fresh": NEW_PASSWORD, "again": NEW_PASSWORD, "attribute_0": "", "attribute_1": ""},
            {"fresh": NEW_PASSWORD, "again": NEW_PASSWORD, "attribute_0": "A", "attribute_1": "B"},
        ),
    ),
    (
        (SELECT, MFA, MISMATCH),
        ({"name": "alice", "password": PASSWORD}, {"choice": "SMS_MFA"}, {"code": CODE}, {"code": ""}),
    ),
    ((SETUP,), ({"name": "alice", "password": PASSWORD}, {"code": CODE})),
    (
        (),
        (
            "new",
            {"name": "new@example.com", "fresh": PASSWORD, "again": NEW_PASSWORD},
            {"name": "alice", "fresh": PASSWORD, "again": PASSWORD},
            {"name": "new@example.com", "fresh": PASSWORD, "again": PASSWORD},
            {"code": CODE},
            "resend",
        ),
    ),
    (
        (),
        (
            "forgot",
            {"name": "alice"},
            {"code": CODE, "fresh": NEW_PASSWORD, "again": PASSWORD},
            {"code": CODE, "fresh": NEW_PASSWORD, "again": NEW_PASSWORD},
        ),
    ),
    (
        (),
        (
            "wifi",
            {"network": "café", "wifi_password": canaries.CHANGED_WIFI},
            {"other": "", "wifi_password": canaries.WIFI},
        ),
    ),
)


def test_no_page_shows_what_was_typed():
    for broken in (None, OSError(113, "no route"), (500, "InternalErrorException", "x"), MemoryError()):
        for refusals, steps in PAGES:
            place = FakePlace(pool=True)
            place.device.cognito.challenges.extend(refusals)
            phone = place.phone()
            for step in steps:
                place.device.cognito.error = broken if isinstance(step, dict) else None
                if isinstance(step, str):
                    phone.submit(step)
                elif 'name="token"' in phone.text:
                    phone.submit(**step)
                    assert not canaries.found(phone.text + repr(phone.out)), (step.keys(), phone.title)
                    phone.load()
            assert not canaries.found(phone.seen)
            assert not canaries.found(repr(place.device.faults.recorded) + place.device.keeper.status().detail)


def test_a_form_of_the_wrong_kind_is_not_repeated_either():
    place = FakePlace()
    phone = place.phone()
    for form in ({"name": "a" * 200, "password": PASSWORD}, {"name": "a", "password": PASSWORD + "\n"}):
        phone.submit(**form)
        assert not canaries.found(phone.seen)
        phone.load()


def test_the_console_tells_none_in_any_conversation():
    conversations = (
        ([WRONG], ["s", "alice", PASSWORD]),
        ([NEW, ("InvalidPasswordException", "too short")], ["s", "alice", PASSWORD, NEW_PASSWORD, PASSWORD]),
        ([NEW], ["s", "alice", PASSWORD, NEW_PASSWORD, NEW_PASSWORD, "A", "B"]),
        ([MFA, MISMATCH], ["s", "alice", PASSWORD, CODE, CODE]),
        ([], ["s", "alice", PASSWORD, "i", "o"]),
    )
    for error in (None, OSError(113, "no route"), MemoryError()):
        for refusals, lines in conversations:
            device = FakeDevice(signed_in=False)
            device.cognito.challenges.extend(refusals)
            device.cognito.error = error
            asked = lines[:3] if error else lines  # it ends there: what is typed then is typed at the prompt
            keys = [bytes([byte]) for line in asked for byte in line.encode() + b"\r"]

            async def read(keys=keys) -> bytes:
                return keys.pop(0) if keys else b""

            shown: list = []
            console = Console(read, shown.append, device.keeper)
            run(console.run())
            tokens = list(device.cognito.tokens) + list(device.cognito.dead_at)
            text = "".join(shown) + repr(console)
            assert not canaries.found(text) and not [token for token in tokens if token in text]


def test_the_networks_password_is_told_to_whoever_asks_for_it_alone():
    device = FakeDevice(signed_in=False)
    model, link = linked(*KINDS[0])
    point = AccessPoint(model.network.WLAN(1), 3, lambda: canaries.ACCESS_POINT, b"\x2a\x2b")
    run(link.open_beside(point))
    place = Place(link, 80, Gate(canaries.PAGE_CODE, Tries()), device.clock, point)
    place.used_on_network()
    for keys, told in (([b"i", b"\r"], False), ([b"p", b"\r"], True)):

        async def read(keys=keys) -> bytes:
            return keys.pop(0) if keys else b""

        shown: list = []
        console = Console(read, shown.append, device.keeper)
        console.show_place(place)
        run(console.run())
        for secret in (canaries.ACCESS_POINT, canaries.PAGE_CODE):
            assert (secret in "".join(shown)) is told
        assert not canaries.found(place.news + repr(place) + repr(place.access_point))


def test_a_radio_that_does_not_let_it_in_names_no_password():
    for kind, version in KINDS:
        for air in ({}, {"home": Network("another")}, {"home": Network("another", wrong=202)}):
            _, link = linked(kind, version, [("home", canaries.WIFI)], **air)
            for action in (link.connect, lambda link=link: link.join("home", canaries.CHANGED_WIFI)):
                error = raises(OSError, run, action())
                assert not canaries.found(repr(error) + str(error.args) + repr(link))


def test_settings_that_are_wrong_are_named_without_what_is_secret():
    secrets = {
        "region": "eu-west-1",
        "client_id": "c",
        "client_secret": canaries.CLIENT_SECRET,
        "wifi_ssid": "home",
        "wifi_password": canaries.WIFI,
        "wifi_networks": [{"ssid": "office", "password": canaries.CHANGED_WIFI}],
    }
    assert not canaries.found(repr(Settings(secrets, "settings.json")))
    for key, value in (
        ("region", 5), ("timeout_s", "x"), ("screen", "x"), ("led", []), ("i2c_sda", 1), ("wifi_country", "x"),
        ("wifi_networks", [{"password": canaries.CHANGED_WIFI}]), ("wifi_networks", [canaries.CHANGED_WIFI]),
        ("client_secret", [canaries.CLIENT_SECRET, 5]),
        ("client_secret", [canaries.CLIENT_SECRET]), ("wifi_password", canaries.WIFI * 9), ("session_file", ""),
    ):  # fmt: skip
        error = raises(SettingsError, Settings, dict(secrets, **{key: value}), "settings.json")
        assert not canaries.found(str(error)), (key, str(error))
    for text in ('{"client_secret" "%s"}', '{"client_secret": "%s}', '{"client_secret": "%s", ,}', "%s", '{"%s}'):
        with open("canary.json", "w") as file:
            file.write(text % canaries.CLIENT_SECRET)
        assert not canaries.found(str(raises(SettingsError, load, "canary.json")))
    os.remove("canary.json")


def test_a_fault_that_is_kept_holds_no_argument():
    """A traceback has names of files and functions, and the exception's own words."""

    def fails(password):
        raise KeyError("temperature")

    log = FaultLog("canary_faults.txt", FakeClock())
    try:
        fails(PASSWORD)
    except KeyError as error:
        log.record("job.py", error)
    with open("canary_faults.txt") as file:
        assert not canaries.found(file.read())
    os.remove("canary_faults.txt")
