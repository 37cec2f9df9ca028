"""`cognito-mp wifi` on the emulated RP2040: what it changes, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040

PASSWORD = {"COGNITO_MP_WIFI_PASSWORD": "wifi-secret"}


def put(chip: EmulatedRP2040, text: str) -> None:
    chip.run(f"with open('/settings.json', 'w') as file:\n    file.write({text!r})")


def found(chip: EmulatedRP2040) -> dict[str, Any]:
    values = json.loads(chip.run("print(open('/settings.json').read())"))
    assert isinstance(values, dict)
    return values


def restarted(chip: EmulatedRP2040, ok: Callable[..., str], *words: object, **options: object) -> str:
    starts = chip.starts
    said = ok("wifi", chip.port, *words, **options)
    chip.wait_for_reset(starts)
    chip.wait_for(">>> ")
    return said


def test_networks_come_and_go_and_nothing_else_changes(
    chip: EmulatedRP2040, ok: Callable[..., str], refused: Callable[..., str]
) -> None:
    assert "cognito-mp provision" in refused("wifi", chip.port)
    put(chip, "{'damaged")
    assert "stays as it is" in refused("wifi", chip.port, "--add", "office", variables=PASSWORD)
    assert chip.run("print(open('/settings.json').read())").strip() == "{'damaged"

    put(chip, json.dumps({"region": "eu-west-1", "wifi_ssid": "home", "wifi_password": "old", "wifi_country": "DE"}))
    assert ok("wifi", chip.port) == "home\n"
    said = restarted(chip, ok, "--add", "office", "--add", "home", variables=PASSWORD)
    assert said.splitlines()[:2] == ["home", "office"] and "wifi-secret" not in said
    assert found(chip) == {
        "region": "eu-west-1",
        "wifi_country": "DE",
        "wifi_ssid": "home",
        "wifi_password": "wifi-secret",
        "wifi_networks": [{"ssid": "office", "password": "wifi-secret"}],
    }
    restarted(chip, ok, "--remove", "home", "--add", "café", variables={"COGNITO_MP_WIFI_PASSWORD": ""})
    assert found(chip)["wifi_ssid"] == "office" and found(chip)["wifi_networks"] == [{"ssid": "café"}]
    assert "(open)" in ok("wifi", chip.port)

    before = found(chip)
    assert "knows office, café" in refused("wifi", chip.port, "--remove", "home")
    assert "without a network" in refused("wifi", chip.port, "--remove", "office", "--remove", "café")
    assert found(chip) == before
