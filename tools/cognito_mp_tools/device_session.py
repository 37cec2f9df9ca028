"""The session and the settings on a device, as the firmware keeps them, and what may be told of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from . import device_files
from .device_link import DeviceLink

# firmware/settings.py says what is in it.
SETTINGS = "/settings.json"
_SESSION_FILE = "session"

# Tells what is in the newest whole slot of a FileStore (lib/cognito_mp/file_store.py describes them), and no more
# than may be shown to anybody.
_SESSION = """
import hashlib, json
_newest = -1
_answer = {'slot': None, 'username': None, 'client_id': None}
for _slot in (0, 1):
    try:
        with open('%s.%d' % (path, _slot), 'rb') as _file:
            _head = _file.read(36)
            _rest = _file.read()
    except OSError:
        continue
    _number = int.from_bytes(_rest[:4], 'big')
    if _head == b'CMP\\x01' + hashlib.sha256(_rest).digest() and _number > _newest:
        _newest = _number
        _answer['slot'] = _slot
        try:
            _session = json.loads(_rest[4:])
            _answer['username'] = _session['username']
            _answer['client_id'] = _session['client_id']
        except (ValueError, KeyError, TypeError):
            pass
_rest = _session = None
print(json.dumps(_answer))
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
    """What is known of a stored session: its slot (0 or 1), and for whom it is; None where it is sealed."""

    slot: int
    username: str | None
    client_id: str | None

    @property
    def owner(self) -> str:
        """The user name in quotes, or words in its place."""
        return f"“{self.username}”" if self.username else "somebody (it is sealed)"


def stored_session(link: DeviceLink, path: str) -> StoredSession | None:
    """The session in the FileStore at `path`, None when there is none. No secret leaves the device."""
    answer = link.ask(_SESSION, path=path)
    if answer["slot"] is None:
        return None
    return StoredSession(answer["slot"], answer["username"], answer["client_id"])
