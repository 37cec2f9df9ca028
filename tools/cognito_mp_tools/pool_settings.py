"""The file in which `pool` and `local` hand over to `provision` what a device needs to know of its pool."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .failures import ToolFailed

# Of these, `ca` (PEM) and `device_endpoint` (where the device finds what is `endpoint` here) are for local servers.
KEYS = ("region", "user_pool_id", "client_id", "client_secret", "endpoint", "device_endpoint", "ca")


def write(path: Path, values: dict[str, Any]) -> None:
    """Write `values` for nobody else to read: a client secret is among them. Raises ToolFailed."""
    try:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({key: value for key, value in values.items() if value}, file, indent=2)
            file.write("\n")
    except OSError as problem:
        raise ToolFailed(f"{path} can't be written ({problem.strerror}).") from problem


def read(path: Path) -> dict[str, Any]:
    """What is in `path`. Raises ToolFailed when that is no such file."""
    try:
        values = json.loads(path.read_text())
    except (OSError, ValueError) as problem:
        raise ToolFailed(f"{path} can't be read: `cognito-mp pool` writes such files.") from problem
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ToolFailed(f"{path} must hold a JSON object of strings, as `cognito-mp pool` writes it.")
    unknown = sorted(set(values) - set(KEYS))
    if unknown:
        raise ToolFailed(f"{path} holds “{unknown[0]}”, which is none of {', '.join(KEYS)}.")
    return values
