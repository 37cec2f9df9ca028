"""The session and the settings on a device, as the firmware keeps them, and what may be told of them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from cognito_mp_tools.board import files as device_files
from cognito_mp_tools.board.link import DeviceFailed, DeviceLink
from cognito_mp_tools.terminal import Advance

# firmware/cognito_app/settings.py says what is in it.
SETTINGS = "/settings.json"
_SESSION_FILE = "session"

# The device's own library reads its store; it tells no more than may be shown to anybody.
_OWNER = """
import json, os
try:
    from cognito_mp.stored_session import owner_of
    from cognito_mp.stores.file import FileStore
    _data = FileStore(path).load()
    print(json.dumps([True, _data is not None, owner_of(_data)]))
    _data = None
except ImportError:
    _found = False
    for _slot in (path + '.0', path + '.1'):
        try:
            with open(_slot, 'rb') as _file:
                _found = _found or bool(_file.read().strip(b'\\0'))  # zeros are all that an erased session leaves
        except OSError:
            pass
    print(json.dumps([False, _found, None]))
"""

_SAVE = """
from binascii import a2b_base64
from cognito_mp.stores.file import FileStore
for _ in range(2):  # into both slots: the second time over what was there before
    FileStore(path).save(a2b_base64(data))
"""


def settings(link: DeviceLink) -> dict[str, Any] | None:
    """The settings on the device, secrets among them; None when there are none, {} when they can't be read."""
    content = device_files.read(link, SETTINGS)
    if content is None:
        return None
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def session_path(values: dict[str, Any] | None) -> str:
    """The path on the device of the FileStore that the settings `values` name; it adds ".0" and ".1"."""
    return "/" + str((values or {}).get("session_file") or _SESSION_FILE).lstrip("/")


@dataclass(frozen=True)
class StoredSession:
    """For whom a stored session is, and when they signed in, seconds since 1970; None where that can't be told."""

    username: str | None
    client_id: str | None
    auth_time: int | None = None

    @property
    def owner(self) -> str:
        """The user name in quotes, or words in its place."""
        return f"“{self.username}”" if self.username else "somebody (sealed, or without a library to read it)"


def stored_session(link: DeviceLink, path: str) -> StoredSession | None:
    """The session in the FileStore at `path`, None when there is none. No secret leaves the device."""
    _, is_there, owner = link.ask(_OWNER, timeout=30, path=path)
    return StoredSession(*(owner or (None, None))) if is_there else None


def require_library(link: DeviceLink) -> None:
    """Raise DeviceFailed unless the device has the library, which save_session() needs."""
    has_library, _, _ = link.ask(_OWNER, timeout=30, path="/")
    if not has_library:
        raise DeviceFailed(f"the library is not on the device on {link.port}: cognito-mp deploy first.")


def give(link: DeviceLink, files: dict[str, bytes], path: str, session: bytes, advance: Advance) -> None:
    """Put `files` on the device, and `session` into the FileStore at `path`: all of it or nothing. Raises DeviceFailed.

    At every moment the old session is there whole, or this.
    """
    data = base64.b64encode(session).decode()
    device_files.replace(link, files, advance, together_with=_SAVE, path=path, data=data)


def replace_settings(link: DeviceLink, values: dict[str, Any]) -> None:
    """Put `values` into the settings of the device. Raises DeviceFailed; it keeps what it had then."""
    device_files.replace(link, {SETTINGS: json.dumps(values, ensure_ascii=False).encode()}, lambda size: None)
