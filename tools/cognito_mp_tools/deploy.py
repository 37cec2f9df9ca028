"""`cognito-mp deploy`: the library and the firmware, compiled for the board, onto its flash."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import click

from . import device_files
from .bytecode import MpyFormat, compiled, emitted_version
from .device_link import DeviceFailed, DeviceLink
from .failures import ToolFailed
from .project import LIBRARY, ROOT
from .serial_ports import port_argument
from .terminal import done, kilobytes, progress, say

_PACKAGE = LIBRARY / "cognito_mp"
_FIRMWARE = ROOT / "firmware"
_LIBRARY_FOLDER = "/lib/cognito_mp"
# Of the library: what MicroPython never imports.
_FOR_OTHERS = "ports"
# MicroPython starts these by name, and as source only.
_STARTED = ("boot.py", "main.py")
# Of the folder firmware/: what a build reads, not the device.
_NOT_DEPLOYED = ("manifest.py",)

_BOARD = """
import json, sys
_path = sys.path[:]
sys.path[:] = ['.frozen']
try:
    import cognito_mp
    _frozen = True
except ImportError:
    _frozen = False
sys.path[:] = _path
_about = sys.implementation
print(json.dumps({
    'name': _about.name,
    'version': list(_about.version[:3]),
    'machine': getattr(_about, '_machine', sys.platform),
    'mpy': getattr(_about, '_mpy', 0),
    'frozen': _frozen,
}))
"""


@dataclass(frozen=True)
class Board:
    """What is known of a board: its name, its MicroPython, what .mpy it loads, whether the library is frozen in."""

    machine: str
    version: str
    mpy: MpyFormat | None
    frozen: bool

    @classmethod
    def at(cls, link: DeviceLink) -> Board:
        """Ask the board. Raises DeviceFailed when it can't be deployed to."""
        answer = link.ask(_BOARD)
        if answer["name"] != "micropython":
            raise DeviceFailed(
                f"the board on {link.port} runs {answer['name']}: "
                "copy lib/cognito_mp to the folder lib of its drive instead."
            )
        mpy = MpyFormat.of(answer["mpy"]) if answer["mpy"] else None
        return cls(answer["machine"], ".".join(map(str, answer["version"])), mpy, answer["frozen"])


def sources(board: Board) -> dict[str, Path]:
    """What goes on the device, by its path there, still called .py; the library not where it is frozen in."""
    library = {} if board.frozen else library_files()
    firmware = {f"/{path.relative_to(_FIRMWARE).as_posix()}": path for path in sorted(_FIRMWARE.rglob("*.py"))}
    # main.py comes last, so that it never starts without the rest.
    started = {path: firmware.pop(path) for path in [f"/{name}" for name in _STARTED] if path in firmware}
    wanted = {path: file for path, file in firmware.items() if file.name not in _NOT_DEPLOYED}
    return {**library, **wanted, **started}


def library_files() -> dict[str, Path]:
    """The library's modules that MicroPython can run, by their path on the device."""
    files = {path.relative_to(_PACKAGE): path for path in sorted(_PACKAGE.rglob("*.py"))}
    return {
        f"{_LIBRARY_FOLDER}/{name.as_posix()}": path for name, path in files.items() if name.parts[0] != _FOR_OTHERS
    }


def contents(files: dict[str, Path], target: MpyFormat | None) -> dict[str, bytes]:
    """The bytes for each path on the device: compiled for `target`, or as they are when that is None."""
    made: dict[str, bytes] = {}
    for path, source in files.items():
        if target is None or path.lstrip("/") in _STARTED:
            made[path] = source.read_bytes()
        else:
            made[path.removesuffix(".py") + ".mpy"] = compiled(source, path.removeprefix("/lib/").lstrip("/"), target)
    return made


def obsolete(link: DeviceLink, files: dict[str, bytes]) -> list[str]:
    """Files on the device that `files` replace under another name, or that the library no longer has."""
    other = {".py": ".mpy", ".mpy": ".py"}
    twins = {path.removesuffix(suffix) + other[suffix] for path in files for suffix in other if path.endswith(suffix)}
    gone: set[str] = set()
    for folder in sorted({path.rpartition("/")[0] for path in files}):
        there = {f"{folder}/{name}" for name in device_files.names(link, folder or "/")}
        # What an interrupted deploy left beside the old files.
        gone |= there & (twins | {f"{path}.new" for path in {*files, *twins}})
        if folder.startswith(_LIBRARY_FOLDER):
            gone |= {path for path in there - set(files) if path.endswith(tuple(other))}
    return sorted(gone)


def _target(board: Board, source: bool) -> MpyFormat | None:
    """What to compile for; None to copy source. Raises ToolFailed when mpy-cross is not of the board's version."""
    if source or board.mpy is None:
        return None
    if board.mpy.version != emitted_version():
        raise ToolFailed(
            f"the board's MicroPython {board.version} loads {board.mpy}, and this mpy-cross writes version "
            f"{emitted_version()}: install the mpy-cross of that MicroPython, or use --source."
        )
    return board.mpy


def _copy(link: DeviceLink, files: dict[str, bytes]) -> None:
    changes = device_files.changed(link, files)
    unneeded = obsolete(link, files)
    if not changes and not unneeded:
        done(f"All {_count(files)} are on the device already.")
        return
    size = sum(map(len, changes.values()))
    label = f"Copying {len(changes)} of {_count(files)}, {kilobytes(size)}"
    with progress(label, size) as advance:
        device_files.replace(link, changes, advance, remove_after=unneeded)
    done(f"Copied and verified {_count(changes)}.")
    if unneeded:
        done(f"Removed {_count(unneeded)} that these replace: {_some(unneeded)}.")


def _count(files: Collection[str]) -> str:
    return f"{len(files)} file" + ("" if len(files) == 1 else "s")


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:3]) + (" and others" if len(paths) > 3 else "")


@click.command()
@port_argument
@click.option("--source", is_flag=True, help="Copy .py files, to read tracebacks and try changes on the device.")
@click.option("--no-reset", is_flag=True, help="Leave the board at its prompt instead of resetting it.")
def command(port: str, source: bool, no_reset: bool) -> None:
    """Copy library and firmware to the board on PORT.

    They are compiled for the board, only what changed is copied, and every file is verified before the first
    old one is replaced. The settings and the session on the device stay as they are.
    """
    with DeviceLink(port) as link:
        board = Board.at(link)
        target = _target(board, source)
        say(f"{board.machine}, MicroPython {board.version}, {target or 'source files'}")
        if board.frozen:
            say("The library is frozen into this firmware, and stays so: build and flash the firmware to change it.")
        files = contents(sources(board), target)
        if not files:
            done("There is nothing to copy.")
            return
        _copy(link, files)
        if not no_reset:
            link.reset()
            done("The board has been reset, and runs what is on it.")
