"""The file in which `pool` and `local` hand over to `provision` what a device needs to know of its pool."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from cognito_mp_tools.failures import ToolFailed

# Of these, `ca` (PEM) and `device_endpoint` (where the device finds what is `endpoint` here) are for local servers.
# session_days: for how many days the app client's refresh tokens are good, in digits.
KEYS = ("region", "user_pool_id", "client_id", "client_secret", "session_days", "endpoint", "device_endpoint", "ca")


def check_free(path: Path) -> None:
    """Raise ToolFailed when something is at `path`: the secret of an app client may be in it, whole or damaged."""
    if not os.path.lexists(path):
        return
    read(path)
    raise ToolFailed(f"{path} is there already: name another file with --save, or move it away.")


def discard_local(path: Path) -> None:
    """Remove what a local server saved at `path`, which is worth nothing after it. Raises ToolFailed for all else."""
    if not os.path.lexists(path):
        return
    if "ca" not in read(path):
        raise ToolFailed(f"{path} is of a pool that is still there: name another file with --save, or move it away.")
    path.unlink()


def write(path: Path, values: dict[str, Any]) -> None:
    """Write `values` to a new file, for nobody else to read: a client secret is among them. Raises ToolFailed."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({key: value for key, value in values.items() if value}, file, indent=2)
            file.write("\n")
    except OSError as problem:
        raise ToolFailed(f"{path} can't be written ({problem.strerror}).") from problem


def replace(path: Path, values: dict[str, Any]) -> None:
    """Write `values` in the place of what is in `path`: whole, or not at all. Raises ToolFailed."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    write(new, values)
    try:
        os.replace(new, path)
    except OSError as problem:
        raise ToolFailed(f"{path} can't be replaced ({problem.strerror}): {new} has what belongs there.") from problem


def _is_right(key: str, value: Any) -> bool:
    two = key == "client_secret" and isinstance(value, list) and len(value) == 2  # while one takes the other's place
    return all(isinstance(secret, str) for secret in value) if two else isinstance(value, str)


def read(path: Path) -> dict[str, Any]:
    """What is in `path`. Raises ToolFailed if it is not such a file."""
    try:
        values = json.loads(path.read_bytes())  # also as Windows' editors save it
    except FileNotFoundError as problem:
        raise ToolFailed(f"there is no {path}: `cognito-mp pool` writes such files.") from problem
    except OSError as problem:
        raise ToolFailed(f"{path} can't be read ({problem.strerror}).") from problem
    except ValueError as problem:
        raise _damaged(path, "it holds no JSON") from problem
    if not isinstance(values, dict) or not all(_is_right(key, value) for key, value in values.items()):
        raise _damaged(path, "it must hold a JSON object of strings")
    if not values.get("session_days", "1").isdecimal():
        raise _damaged(path, "session_days must be a number of days in quotes")
    unknown = sorted(set(values) - set(KEYS))
    if unknown:
        raise ToolFailed(f"{path} holds “{unknown[0]}”, which is none of {', '.join(KEYS)}; nothing was changed.")
    return values


def _damaged(path: Path, how: str) -> ToolFailed:
    return ToolFailed(
        f"{path} is damaged ({how}), and nothing was changed: mend it, or move it away; the AWS console shows the pool"
        " and the app client's secret."
    )
