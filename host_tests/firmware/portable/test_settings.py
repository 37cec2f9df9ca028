"""settings.json: what is missing is named, with what to do about it."""

import json
import os

from checks import raises
from cognito_app.settings import Settings, SettingsError, load

GOOD = {"wifi_ssid": "home", "wifi_password": "wifi-secret", "region": "eu-west-1", "client_id": "abc"}


def refused(values, **named):
    return str(raises(SettingsError, Settings, values, "settings.json", **named))


def without(key):
    values = dict(GOOD)
    del values[key]
    return values


def test_the_least_that_is_needed():
    settings = Settings(GOOD, "settings.json")
    assert settings.region == "eu-west-1" and settings.client_secret is None and settings.user_pool_id is None
    assert settings.session_file == "session" and settings.time_servers() == ["pool.ntp.org", "time.aws.com"]
    assert settings.unknown == [] and settings.cadata() is None


def test_two_client_secrets():
    assert Settings(dict(GOOD, client_secret=["new", "old"]), "settings.json").client_secret == ["new", "old"]
    for wrong in ([], ["a"], ["a", ""], ["a", 5], ["a", "b", "c"], 5):
        assert '"client_secret"' in refused(dict(GOOD, client_secret=wrong))


def test_a_missing_key_is_named_with_what_it_is_and_what_to_do():
    for key in ("wifi_ssid", "region", "client_id"):
        for values in (without(key), dict(GOOD, **{key: ""})):
            text = refused(values)
            assert f'no "{key}"' in text and "cognito-mp provision" in text and "settings.json" in text
    assert "eu-west-1" in refused(without("region"))


def test_a_board_without_wifi_needs_no_network_name():
    values = without("wifi_ssid")
    assert Settings(values, "settings.json", wifi=False).client_id == "abc"


def test_the_wrong_type_is_named():
    assert '"region"' in refused(dict(GOOD, region=5))
    assert '"timeout_s"' in refused(dict(GOOD, timeout_s="ten")) and '"sleep_s"' in refused(dict(GOOD, sleep_s=-1))
    assert '"wifi_password"' in refused(dict(GOOD, wifi_password=12345678))
    assert '"sleep_s"' in refused(dict(GOOD, sleep_s=True))
    assert "object" in refused(["region"])


def test_what_can_not_be_is_named():
    for key, value in (("ntp_port", 0), ("ntp_port", 65536), ("timeout_s", 0), ("awake_s", 0), ("screen", "oled")):
        assert f'"{key}"' in refused(dict(GOOD, **{key: value})), key
    assert '"i2c_sda" and "i2c_scl"' in refused(dict(GOOD, i2c_sda=4))
    assert '"led"' in refused(dict(GOOD, led=[2])) and '"led"' in refused(dict(GOOD, led=True))
    for hosts in ([], [5], ["a", ""]):
        assert '"ntp_host"' in refused(dict(GOOD, ntp_host=hosts))


def test_a_device_with_a_page_on_its_access_point_needs_no_network_to_begin_with():
    values = dict(without("wifi_ssid"), sign_in_page="access_point")
    settings = Settings(values, "settings.json")
    assert settings.networks() == [] and settings.sign_in_page_port == 80
    assert '"sign_in_page"' in refused(dict(GOOD, sign_in_page="on")) and '"sign_in_page"' in refused(
        dict(GOOD, sign_in_page=True)
    )
    assert "wifi_ssid" in refused(dict(without("wifi_ssid"), sign_in_page="network"))
    assert '"sign_in_page_port"' in refused(dict(GOOD, sign_in_page_port=0))
    assert Settings(dict(without("wifi_ssid"), improv="serial"), "settings.json").improv == "serial"
    assert '"improv"' in refused(dict(GOOD, improv="ble"))


def test_what_no_radio_takes_is_named():
    for country in ("DEU", "D", "4", "49"):
        assert '"wifi_country"' in refused(dict(GOOD, wifi_country=country))
    assert "32 bytes" in refused(dict(GOOD, wifi_ssid="\u00e9" * 17)) and Settings(dict(GOOD, wifi_ssid="s" * 32), "x")
    text = refused(dict(GOOD, wifi_networks=[{"ssid": "office", "password": "p" * 65}]))
    assert "'office'" in text and "password 64" in text and "ppp" not in text


def test_every_key_of_the_wrong_kind_is_named():
    for key in Settings(GOOD, "settings.json").__dict__:
        if key in ("unknown", "raised"):
            continue
        for wrong in ({}, 1.5, 1 if key == "srp_xtensa" else True):
            assert f'"{key}"' in refused(dict(GOOD, **{key: wrong})), (key, wrong)
    assert '"session_file"' in refused(dict(GOOD, session_file=""))


def test_a_watchdog_that_would_not_outlast_a_look_up_is_raised_and_said():
    for seconds in (1, 30, 59):
        settings = Settings(dict(GOOD, watchdog_s=seconds), "settings.json")
        assert settings.watchdog_s == 60 and '"watchdog_s"' in settings.raised[0]
    assert Settings(dict(GOOD, watchdog_s=60), "settings.json").raised == []
    for wrong in (-1, 3601):
        assert '"watchdog_s"' in refused(dict(GOOD, watchdog_s=wrong))


def test_several_networks():
    more = [{"ssid": "office", "password": "office-secret"}, {"ssid": "open"}]
    settings = Settings(dict(GOOD, wifi_networks=more), "settings.json")
    assert settings.networks() == [("home", "wifi-secret"), ("office", "office-secret"), ("open", "")]
    assert Settings(dict(without("wifi_ssid"), wifi_networks=more), "settings.json").networks()[0][0] == "office"
    for wrong in (["office"], [{}], [{"ssid": ""}], [{"ssid": 5}], [{"ssid": "office", "password": 5}], {"ssid": "x"}):
        text = refused(dict(GOOD, wifi_networks=wrong))
        assert "wifi_networks" in text or '"password"' in text
        assert "office-secret" not in text


def test_a_key_that_is_no_string_is_unknown_like_any_other():
    settings = Settings({5: 6, "speling": 1, "region": "eu-west-1", "client_id": "abc"}, "settings.json", wifi=False)
    assert settings.unknown == ["5", "speling"]


def test_the_settings_of_the_version_before_still_load():
    before = {
        "region": "eu-west-1", "client_id": "abc", "client_secret": "s", "user_pool_id": "eu-west-1_a",
        "wifi_ssid": "home", "wifi_password": "wifi-secret", "wifi_country": "DE", "endpoint": "https://other",
        "ca_file": "ca.pem", "session_file": "session", "ntp_host": "ntp.example", "ntp_port": 123, "timeout_s": 10,
        "sleep_s": 60, "awake_s": 120, "led": "LED", "screen": "ssd1306", "i2c_sda": 4, "i2c_scl": 5,
    }  # fmt: skip
    settings = Settings(before, "settings.json")
    assert settings.unknown == [] and settings.time_servers() == ["ntp.example"]
    assert settings.networks() == [("home", "wifi-secret")]


def test_a_switch_is_true_or_false():
    assert Settings(dict(GOOD, srp_xtensa=True), "settings.json").srp_xtensa is True
    assert Settings(GOOD, "settings.json").srp_xtensa is False
    for wrong in (1, "true", 0):
        assert '"srp_xtensa"' in refused(dict(GOOD, srp_xtensa=wrong))
    assert '"sleep_s"' in refused(dict(GOOD, sleep_s=True))


def test_null_is_as_good_as_missing():
    assert Settings(dict(GOOD, client_secret=None, sleep_s=None), "settings.json").sleep_s == 0


def test_an_unknown_key_is_told():
    assert Settings(dict(GOOD, wifi_pasword="x"), "settings.json").unknown == ["wifi_pasword"]


def test_no_secret_is_shown():
    values = dict(GOOD, client_secret="client-secret")
    assert "secret" not in repr(Settings(values, "settings.json"))
    values["region"] = 5
    assert "wifi-secret" not in refused(values) and "client-secret" not in refused(values)


def written(data: bytes) -> str:
    with open("x.json", "wb") as file:
        file.write(data)
    return "x.json"


def loads_not(data: bytes) -> str:
    try:
        return str(raises(SettingsError, load, written(data)))
    finally:
        os.remove("x.json")


def test_what_micropythons_parser_reads_otherwise_is_refused_on_the_device_too():
    for wrong, words in (
        ('{"region": "r", "client_id": "c",\n"client_secret": , "sleep_s": 60}', "line 2: a value"),
        ('{"region": "r", "client_id": "c" "client_secret": "s3cret"}', "a comma, or }"),
        ('{"region" "r", "client_id": "c"}', "a colon"),
        ('{"region": "r", "client_id": "c",}', "a name in double quotes"),
        ('{"region": "r", "client_id": "c"]', "a comma, or }"),
        ('{"region": "r", "client_id": "c", "wifi_networks": [{"ssid": "a"} {"ssid": "b"}]}', "a comma, or ]"),
        ('{"region": "r", "client_id": "c", 5: 6}', "a name in double quotes"),
        ('{"region": "r", "client_id": "c", "sleep_s": 060}', "a value"),
        ('{"region": "r", "client_id": "c", "wifi_password": "a\tb"}', "a closing quote"),
        ('{"region": "r", "client_id": "c", "wifi_password": "s3cret\\q"}', "a backslash"),
        ('{"region": "r", "client_id": "c", "wifi_password": "\\ud83d"}', "backslash"),
        ('{"region": "r", "client_id": "c"} x', "more after the end"),
        ('{"region": "r", "client_id": "c"', "a comma, or }"),
        ('{"region": "r", "client_id": "c', "a closing quote"),
        ('{"wifi_networks": ' + "[" * 500, "too many brackets"),
        ("", "a value"),
    ):
        text = loads_not(wrong.encode())
        assert text.startswith("x.json is not JSON: line ") and words in text, (wrong, text)
        assert "s3cret" not in text


def test_what_was_checked_on_a_computer_is_read_as_it_was_there():
    values = dict(GOOD, wifi_ssid="caf\u00e9 \U0001f4f6", wifi_password='"\\/\n', sleep_s=0, wifi_country=None)
    for text in (
        json.dumps(values),
        '{"wifi_ssid": "caf\\u00e9 \\ud83d\\udcf6",' + json.dumps(GOOD)[1:].replace('"wifi_ssid"', '"x"'),
    ):
        settings = load(written(text.encode()), True)
        assert settings.wifi_ssid == "caf\u00e9 \U0001f4f6", text
        os.remove("x.json")


def test_a_byte_order_mark_is_understood_and_utf_16_is_named():
    text = json.dumps(GOOD)
    assert load(written(b"\xef\xbb\xbf" + text.encode()), True).region == "eu-west-1"
    os.remove("x.json")
    wide = b"".join(bytes([0, ord(letter)]) for letter in text)
    for data in (b"\xfe\xff" + wide, b"\xff\xfe" + wide[1:] + b"\0", wide, bytes(100)):
        assert "UTF-16, or damaged: save it as UTF-8" in loads_not(data)
    assert "not UTF-8" in loads_not(text.encode()[:-1] + b"\xe9}")


def test_the_file():
    assert "no none.json" in str(raises(SettingsError, load, "none.json"))
    assert loads_not(b"{'region'") == "x.json is not JSON: line 1: a name in double quotes is missing"
    with open("settings_test.json", "w") as file:
        file.write(json.dumps(dict(GOOD, ca_file="ca_test.pem")))
    settings = load("settings_test.json")
    assert "ca_test.pem" in str(raises(SettingsError, settings.cadata))
    with open("ca_test.pem", "w") as file:
        file.write("PEM")
    assert settings.cadata() == b"PEM"
    os.remove("ca_test.pem")
    os.remove("settings_test.json")
