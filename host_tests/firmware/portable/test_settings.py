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
    assert settings.session_file == "session" and settings.ntp_host == "pool.ntp.org"
    assert settings.unknown == [] and settings.cadata() is None


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


def test_null_is_as_good_as_missing():
    assert Settings(dict(GOOD, client_secret=None, sleep_s=None), "settings.json").sleep_s == 0


def test_an_unknown_key_is_told():
    assert Settings(dict(GOOD, wifi_pasword="x"), "settings.json").unknown == ["wifi_pasword"]


def test_no_secret_is_shown():
    values = dict(GOOD, client_secret="client-secret")
    assert "secret" not in repr(Settings(values, "settings.json"))
    values["region"] = 5
    assert "wifi-secret" not in refused(values) and "client-secret" not in refused(values)


def test_the_file():
    assert "no none.json" in str(raises(SettingsError, load, "none.json"))
    with open("settings_test.json", "w") as file:
        file.write("{'region'")
    assert "no JSON" in str(raises(SettingsError, load, "settings_test.json"))
    with open("settings_test.json", "w") as file:
        file.write(json.dumps(dict(GOOD, ca_file="ca_test.pem")))
    settings = load("settings_test.json")
    assert "ca_test.pem" in str(raises(SettingsError, settings.cadata))
    with open("ca_test.pem", "w") as file:
        file.write("PEM")
    assert settings.cadata() == b"PEM"
    os.remove("ca_test.pem")
