"""Files on a device, replaced so that a cable pulled at any moment leaves the old ones or the new ones.

New files are first put beside the old under names of their own and verified there; then one short script
on the device renames them all. A next try goes on with what the last one left.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from cognito_mp_tools.board.link import DeviceCodeFailed, DeviceFailed, DeviceLink
from cognito_mp_tools.terminal import Advance

_STAGED = ".new"
_CHUNK = 1536
_PATHS_AT_ONCE = 16
# littlefs keeps two copies of a folder's metadata while it changes them.
_SPARE_BLOCKS = 4

_DIGESTS = """
import binascii, hashlib, json
def _digest(path):
    state = hashlib.sha256()
    part = memoryview(bytearray(512))
    try:
        with open(path, 'rb') as file:
            while True:
                size = file.readinto(part)
                if not size:
                    return binascii.hexlify(state.digest()).decode()
                state.update(part[:size])
    except OSError:
        return None
print(json.dumps([_digest(path) for path in paths]))
"""

_FREE = """
import json, os
_status = os.statvfs('/')
print(json.dumps([_status[0], _status[3]]))
"""

_OPEN = """
import os
from binascii import a2b_base64
_parts = path.split('/')
for _at in range(2, len(_parts)):
    try:
        os.mkdir('/'.join(_parts[:_at]))
    except OSError as _error:
        if _error.errno != 17:
            raise
_file = open(path, 'wb')
"""

_REMOVE = """
import os
for _path in paths:
    try:
        os.remove(_path)
    except OSError as _error:
        if _error.errno != 2:
            raise
"""

_RENAME = """
import os
for _path in paths:
    os.rename(_path + suffix, _path)
"""

_OPEN_TO_READ = """
import json, os
from binascii import b2a_base64
try:
    _file = open(path, 'rb')
    print(json.dumps(os.stat(path)[6]))
except OSError as _error:
    if _error.errno != 2:
        raise
    print('null')
"""

_REMOVE_FOLDERS = """
import os
for _path in paths:
    try:
        os.rmdir(_path)
    except OSError:
        pass
"""

_LIST = """
import json, os
try:
    print(json.dumps([_entry[0] for _entry in os.ilistdir(folder) if folders or _entry[1] == 0x8000]))
except OSError as _error:
    if _error.errno != 2:
        raise
    print('[]')
"""


def digests(link: DeviceLink, paths: Iterable[str]) -> dict[str, str | None]:
    """The SHA-256 of each file on the device, hexadecimal; None for one that is not there."""
    remaining = list(paths)
    found: dict[str, str | None] = {}
    while remaining:
        batch, remaining = remaining[:_PATHS_AT_ONCE], remaining[_PATHS_AT_ONCE:]
        found.update(zip(batch, link.ask(_DIGESTS, timeout=30, paths=batch), strict=True))
    return found


def names(link: DeviceLink, folder: str, folders: bool = False) -> list[str]:
    """The names of the files in `folder` of the device, and those of its folders if asked; none without `folder`."""
    return list(link.ask(_LIST, folder=folder, folders=folders))


def read(link: DeviceLink, path: str) -> bytes | None:
    """The content of a file of the device, however long; None when it is not there."""
    size = link.ask(_OPEN_TO_READ, path=path)
    if size is None:
        return None
    parts = []
    for _ in range(0, size, _CHUNK):
        parts.append(base64.b64decode(link.ask(f"print(json.dumps(b2a_base64(_file.read({_CHUNK})).decode()))")))
    link.run("_file.close()")
    return b"".join(parts)


def remove(link: DeviceLink, paths: Iterable[str], empty_folders: Iterable[str] = ()) -> None:
    """Remove files, if they are there, and then those of `empty_folders`, in their order, that are empty."""
    remaining = list(paths)
    while remaining:
        batch, remaining = remaining[:_PATHS_AT_ONCE], remaining[_PATHS_AT_ONCE:]
        link.run(_REMOVE, timeout=30, paths=batch)
    link.run(_REMOVE_FOLDERS, timeout=30, paths=list(empty_folders))


def changed(link: DeviceLink, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of `files`, by their paths on the device, that the device has not or has otherwise."""
    present = digests(link, files)
    return {path: content for path, content in files.items() if present[path] != _sha256(content)}


def replace(
    link: DeviceLink,
    files: Mapping[str, bytes],
    advance: Advance,
    *,
    remove_before: Iterable[str] = (),
    remove_after: Iterable[str] = (),
    together_with: str = "",
    **names: Any,
) -> None:
    """Put `files` on the device, by their paths there: all of them, or none. Raises DeviceFailed.

    Files to remove go right before or right after the new ones take their places, in that order, if they are
    there. `advance` is called with the number of bytes that got there, again and again. The code `together_with`, with
    `names` as its variables, runs on the device right before the new files take their places, in one go with that, so
    that no cable can come between; when it raises, the device keeps what it had.
    """
    staged = {path + _STAGED: content for path, content in files.items()}
    present = digests(link, staged)
    left = {path: content for path, content in staged.items() if present[path] != _sha256(content)}
    advance(sum(len(staged[path]) for path in staged if path not in left))
    try:
        _require_room(link, left)
        for path, content in left.items():
            _write(link, path, content, advance)
        _verify(link, left)
        link.run(_REMOVE, timeout=30, paths=list(remove_before))
        link.run(together_with + _RENAME, timeout=60, paths=list(files), suffix=_STAGED, **names)
    except DeviceCodeFailed as problem:
        link.run(_REMOVE, paths=list(staged))
        if "ENOSPC" in problem.problem:
            raise DeviceFailed(f"the flash of the device on {link.port} is full; it keeps what it had.") from problem
        raise
    link.run(_REMOVE, timeout=30, paths=list(remove_after))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _require_room(link: DeviceLink, files: Mapping[str, bytes]) -> None:
    block, free = link.ask(_FREE)
    needed = sum(-(-len(content) // block) for content in files.values()) + _SPARE_BLOCKS
    if needed > free:
        raise DeviceFailed(
            f"the device on {link.port} has {free * block // 1000} kB of flash free, and this needs "
            f"{needed * block // 1000} kB beside what is there: remove files from it."
        )


def _write(link: DeviceLink, path: str, content: bytes, advance: Advance) -> None:
    link.run(_OPEN, path=path)
    for start in range(0, len(content), _CHUNK):
        part = content[start : start + _CHUNK]
        link.run(f"_file.write(a2b_base64({base64.b64encode(part)!r}))")
        advance(len(part))
    link.run("_file.close()")


def _verify(link: DeviceLink, files: Mapping[str, bytes]) -> None:
    arrived = digests(link, files)
    damaged = [path for path, content in files.items() if arrived[path] != _sha256(content)]
    if damaged:
        link.run(_REMOVE, paths=damaged)
        raise DeviceFailed(
            f"{damaged[0].removesuffix(_STAGED)} did not arrive whole at {link.port}; the device keeps what it had: "
            "try another cable."
        )
