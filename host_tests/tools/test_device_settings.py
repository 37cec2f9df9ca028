"""What `provision` and `factory` write into settings.json, and the file of further settings that they take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cognito_mp_tools.board import settings as device_settings
from cognito_mp_tools.failures import ToolFailed

POOL = {
    "region": "eu-west-1",
    "client_id": "abc",
    "session_days": "365",
    "endpoint": "https://here",
    "device_endpoint": "https://there",
}


def test_further_settings_go_between_the_device_and_the_pool(tmp_path: Path) -> None:
    file = tmp_path / "watch.json"
    file.write_text(json.dumps({"sleep_s": 600, "screen": "st7789", "wifi_ssid": "Lab"}))
    values = device_settings.for_device(
        POOL,
        {"wifi_ssid": "Workshop", "wifi_password": None},
        device_settings.read_further(file),
        {
            "sleep_s": 60,
            "led": 25,
            "region": "us-east-1",
            "client_secret": "of the pool before",
            "session_days": 30,
            "wifi_password": "old",
        },
    )
    assert values == {
        "sleep_s": 600,
        "screen": "st7789",
        "led": 25,
        "wifi_ssid": "Workshop",
        "region": "eu-west-1",
        "client_id": "abc",
        "session_days": 365,
        "endpoint": "https://there",
    }
    assert device_settings.read_further(None) == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"client_id": "x"}', "take “client_id” out of "),
        ('{"sign_in_flow": "x"}', "take “sign_in_flow” out of "),
        ("[1]", "must hold one JSON object"),
        ("{", "can't be read as JSON"),
    ],
)
def test_a_file_of_further_settings_that_is_none_is_refused(content: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "watch.json"
    file.write_text(content)
    with pytest.raises(ToolFailed) as problem:
        device_settings.read_further(file)
    assert words in str(problem.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_as_windows_editors_save_it_is_understood(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "watch.json").write_bytes('{"wifi_ssid": "café 📶"}'.encode(encoding))
    assert device_settings.read_further(tmp_path / "watch.json") == {"wifi_ssid": "café 📶"}


@pytest.mark.parametrize(
    "text", ['{"client_secret": , "sleep_s": 60}', '{"sleep_s": NaN}', '{"sleep_s": 60,}', "\ufffe", ""]
)
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "watch.json").write_text(text, encoding="utf-8")
    with pytest.raises(ToolFailed, match="can't be read as JSON"):
        device_settings.read_further(tmp_path / "watch.json")
