"""What `provision` and `factory` write into a device's settings.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cognito_mp_tools.failures import ToolFailed

CA_FILE = "/ca.pem"
# What the device is told of the pool; its endpoint and CA are named otherwise there.
_FOR_THE_DEVICE = ("region", "user_pool_id", "client_id", "client_secret")
_OF_POOL = (*_FOR_THE_DEVICE, "session_days", "endpoint", "ca_file")
# How a person signs in is an option of the commands.
_TOLD_OTHERWISE = (*_OF_POOL, "sign_in_flow")

option = click.option(
    "--device-settings",
    "further_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file with more settings for the device, such as ntp_host, screen or sleep_s.",
)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not a number in JSON")


def read_further(path: Path | None) -> dict[str, Any]:
    """The settings in the file that a maker wrote, {} without one. Raises ToolFailed."""
    if path is None:
        return {}
    try:
        # Of bytes, json finds out by itself whether they are UTF-16, of Windows' editors, or have a byte order mark.
        values = json.loads(path.read_bytes(), parse_constant=_no_number)
    except (OSError, ValueError) as problem:
        raise ToolFailed(f"{path} can't be read as JSON: {problem}.") from problem
    if not isinstance(values, dict):
        raise ToolFailed(f"{path} must hold one JSON object: {{...}}.")
    for key in _TOLD_OTHERWISE:
        if key in values:
            raise ToolFailed(f"take “{key}” out of {path}: it comes from the pool's file and the other options.")
    return values


def for_device(
    pool: Mapping[str, str], wifi: Mapping[str, str | None], further: Mapping[str, Any], existing: Mapping[str, Any]
) -> dict[str, Any]:
    """settings.json: the pool's keys are all new, `further` and `wifi` replace single ones, others stay as they are."""
    values = {key: value for key, value in existing.items() if key not in _OF_POOL}
    values.update(further)
    values.update({key: pool[key] for key in _FOR_THE_DEVICE if pool.get(key)})
    if pool.get("session_days"):
        values["session_days"] = int(pool["session_days"])
    values.update(wifi)
    if not values.get("wifi_password"):
        values.pop("wifi_password", None)
    endpoint = pool.get("device_endpoint") or pool.get("endpoint")
    if endpoint:
        values["endpoint"] = endpoint
    if pool.get("ca"):
        values["ca_file"] = CA_FILE.lstrip("/")
    return values
