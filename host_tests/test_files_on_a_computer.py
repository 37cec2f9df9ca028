"""FileStore on CPython: nobody else can read its files, and a save is on the medium when it returns."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cognito_mp import FileStore, StoreError

posix = pytest.mark.skipif(not hasattr(os, "fchmod"), reason="Windows has no modes of files")


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def _is_whole(file: Path, data: bytes) -> bool:
    content = file.read_bytes()
    record = content[4 : 4 + int.from_bytes(content[:4], "big")]
    return record[4:36] == hashlib.sha256(record[36:]).digest() and record[40:] == data


@pytest.fixture(autouse=True)
def _loose_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def _watched(action: Callable[[], Any], look: Callable[[str], Any]) -> list[tuple[str, Any]]:
    """(name, what look(name) gave just before it) of each built-in function that `action` calls."""
    seen: list[tuple[str, Any]] = []

    def watch(frame: Any, event: str, function: Any) -> None:
        if event == "c_call" and function.__name__ in ("open", "write", "flush", "fsync", "fchmod", "close"):
            sys.setprofile(None)
            seen.append((function.__name__, look(function.__name__)))
            sys.setprofile(watch)

    sys.setprofile(watch)
    try:
        action()
    finally:
        sys.setprofile(None)
    return seen


@posix
def test_files_are_their_owners_alone_from_the_first_byte_on(tmp_path: Path) -> None:
    store = FileStore(str(tmp_path / "session"))
    seen: list[int] = []

    def look(name: str) -> None:
        seen.extend(_mode(file) for file in tmp_path.iterdir())

    for number in range(4):
        _watched(lambda number=number: store.save(b"%d" % number), look)  # type: ignore[misc]
    _watched(lambda: store.save_over(b"last"), look)
    _watched(store.erase, look)
    assert seen and set(seen) == {0o600}


@posix
@pytest.mark.parametrize("action", ["load", "save", "save_over", "erase"])
def test_files_that_are_there_already_become_their_owners_alone(tmp_path: Path, action: str) -> None:
    FileStore(str(tmp_path / "session")).save(b"old")
    FileStore(str(tmp_path / "session")).save(b"older")
    for file in tmp_path.iterdir():
        file.chmod(0o644)
    store = FileStore(str(tmp_path / "session"))
    getattr(store, action)(*([b"new"] if "save" in action else []))
    assert [_mode(file) for file in tmp_path.iterdir()] == [0o600, 0o600]


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make another user's file")
def test_a_file_of_another_user_is_not_written() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own can't be entered by anybody else
        folder = Path(name)
        folder.chmod(0o777)
        for slot in ("session.0", "session.1"):
            (folder / slot).write_bytes(b"")
            (folder / slot).chmod(0o666)
        store = FileStore(str(folder / "session"))
        child = os.fork()
        if not child:
            os.setuid(65534)
            try:
                store.save(b"a secret")
            except StoreError as error:
                os._exit(0 if error.errno == errno.EPERM else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert all(b"secret" not in file.read_bytes() for file in folder.iterdir())


@pytest.mark.parametrize("action", ["save", "save_over"])
def test_a_save_is_written_then_flushed_then_synced_and_only_then_reported(tmp_path: Path, action: str) -> None:
    store = FileStore(str(tmp_path / "session"))
    for number in range(4):  # new files, then files that are there
        data = b"%d" % number * 3000

        def look(name: str, data: bytes = data) -> list[bool]:
            return [_is_whole(file, data) for file in sorted(tmp_path.iterdir())]

        seen = _watched(lambda data=data: getattr(store, action)(data), look)  # type: ignore[misc]
        names = [name for name, _ in seen if name in ("write", "flush", "fsync")]
        syncs = [at for at, (name, whole) in enumerate(seen) if name == "fsync" and any(whole)]
        expected = 2 if action == "save_over" and number else 1  # at first there is nothing to save over
        assert len(syncs) == expected, "each file is synced once all of it is written"
        assert sum(look("")) == expected
        assert "write" not in [name for name, _ in seen[syncs[-1] :]], "and nothing is written after"
        assert names.index("write") < names.index("flush") < len(names) - 1 - names[::-1].index("fsync")


@posix
def test_the_name_of_a_new_file_is_on_the_medium_too(tmp_path: Path) -> None:
    store = FileStore(str(tmp_path / "session"))
    synced: list[bool] = []

    def action() -> None:
        sys.setprofile(watch)
        try:
            for _ in range(4):
                store.save(b"data")
        finally:
            sys.setprofile(None)

    def watch(frame: Any, event: str, function: Any) -> None:
        if event == "c_call" and function.__name__ == "fsync":
            descriptors = [value for value in frame.f_locals.values() if type(value) is int]
            descriptors += [argument for argument in frame.f_locals.get("arguments", ()) if type(argument) is int]
            synced.append(any(_is_folder(descriptor) for descriptor in descriptors))

    action()
    assert synced.count(True) == 2 and len(synced) == 6


def _is_folder(descriptor: int) -> bool:
    try:
        return stat.S_ISDIR(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def test_what_can_not_be_synced_is_not_reported_as_saved(tmp_path: Path) -> None:
    store = FileStore(str(tmp_path / "session"))
    store.save(b"older")
    store.save(b"old")  # now no folder is to be synced

    def broken(frame: Any, event: str, function: Any) -> None:
        if event == "c_call" and function.__name__ == "fsync":
            raise OSError(5, "the medium is gone")

    sys.setprofile(broken)
    try:
        with pytest.raises(StoreError):
            store.save(b"new")
    finally:
        sys.setprofile(None)
    assert FileStore(str(tmp_path / "session")).load() in (b"old", b"new")


def test_a_folder_in_a_files_place_leaves_nothing_open(tmp_path: Path) -> None:
    (tmp_path / "session.0").mkdir()
    store = FileStore(str(tmp_path / "session"))
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    for _ in range(3):
        for action in (store.load, lambda: store.save(b"data")):
            with pytest.raises(StoreError):
                action()
    assert before == (len(os.listdir("/proc/self/fd")) if before else 0)
