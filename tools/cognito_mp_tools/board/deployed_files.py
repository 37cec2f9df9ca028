"""The record, on the device, of the files that were deployed there: what may be replaced or removed, and what is a
maker's own.

/lib/cognito_deployed.json holds, for each path, the digests that it may have: one, or two while a deploy is under way,
so that a cable pulled at any moment leaves no file of ours that looks like somebody else's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cognito_mp_tools.board import files as device_files
from cognito_mp_tools.board.link import DeviceLink
from cognito_mp_tools.failures import ToolFailed

RECORD = "/lib/cognito_deployed.json"
# Enough to tell a change, and half of the flash that a whole SHA-256 takes.
_DIGITS = 16
# MicroPython imports the .py where both are there.
_TWIN = {".py": ".mpy", ".mpy": ".py"}


@dataclass(frozen=True)
class Change:
    """What has to happen on a device, by paths there."""

    new: dict[str, bytes]  # to be copied
    unneeded: list[str] = field(default_factory=list)  # ours, and to be removed
    foreign: list[str] = field(default_factory=list)  # not ours, or changed since, and in the way
    kept: list[str] = field(default_factory=list)  # ours once, changed since, and in nobody's way


class DeployedFiles:
    """The record of one device."""

    def __init__(self, digests: Mapping[str, list[str]]) -> None:
        """`digests`: of each path, the first digits of the SHA-256 that a file of ours may have."""
        self._digests = dict(digests)

    def __bool__(self) -> bool:
        return bool(self._digests)

    @classmethod
    def on(cls, link: DeviceLink) -> DeployedFiles:
        """The record on the device; an empty one when there is none. Raises ToolFailed when it is damaged."""
        content = device_files.read(link, RECORD)
        if content is None:
            return cls({})
        try:
            found = json.loads(content)
            return cls({str(path): [str(digest) for digest in found[path]] for path in found})
        except (ValueError, TypeError):
            raise ToolFailed(
                f"{RECORD} on {link.port} is damaged, so nobody can tell which files are yours: "
                "remove it, then use --force, which saves a copy of each file before it is replaced."
            ) from None

    def damaged(self, link: DeviceLink) -> list[str]:
        """The files that are not what was deployed: changed, cut short, or gone."""
        there = device_files.digests(link, self._digests)
        return sorted(path for path in self._digests if not self._is_ours(path, there[path]))

    def change_to(self, link: DeviceLink, files: Mapping[str, bytes]) -> Change:
        """What makes the device hold `files`, and nothing else of what was deployed before."""
        twins = [twin(path) for path in files if twin(path)]
        there = device_files.digests(link, {*files, *twins, *self._digests})
        change = Change({})
        for path, content in files.items():
            if there[path] == _sha256(content):
                continue
            change.new[path] = content
            if there[path] and not self._is_ours(path, there[path]):
                change.foreign.append(path)
        change.foreign.extend(path for path in twins if there[path] and not self._is_ours(path, there[path]))
        for path in self._digests:
            if path not in files and there[path] and path not in change.foreign:
                ours = self._is_ours(path, there[path])
                (change.unneeded if ours else change.kept).append(path)
        return change

    def _is_ours(self, path: str, digest: str | None) -> bool:
        return digest is not None and digest[:_DIGITS] in self._digests.get(path, [])

    def during(self, files: Mapping[str, bytes]) -> bytes:
        """The record while `files` take their places: each may be the old one or the new one."""
        digests = {path: list(self._digests[path]) for path in self._digests}
        for path, content in files.items():
            digests.setdefault(path, []).append(_sha256(content)[:_DIGITS])
        return _record({path: sorted(set(digests[path])) for path in digests})


def after(files: Mapping[str, bytes]) -> bytes:
    """The record once `files`, and nothing else, are deployed."""
    return _record({path: [_sha256(content)[:_DIGITS]] for path, content in files.items()})


def twin(path: str) -> str:
    """The path of the same module compiled, or as source; "" where there is none."""
    for suffix, other in _TWIN.items():
        if path.endswith(suffix):
            return path.removesuffix(suffix) + other
    return ""


def folders(paths: Iterable[str]) -> list[str]:
    """The folders that `paths` are in, below the device's own / and /lib, the innermost first."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in ("", "/lib"):
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(found, reverse=True)


def shadows(link: DeviceLink) -> list[str]:
    """What MicroPython would import in place of what is deployed or frozen in: it looks in / first."""
    names = [package + suffix for package in ("cognito_mp", "cognito_app") for suffix in ("", ".py", ".mpy")]
    return [f"/{name}" for name in names if name in device_files.names(link, "/", folders=True)]


def _record(digests: Mapping[str, list[str]]) -> bytes:
    return json.dumps(digests, separators=(",", ":")).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
