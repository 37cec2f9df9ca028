"""What is frozen is what is there."""

from __future__ import annotations

import pytest
from cognito_mp_tools.board import deploy, web_server
from cognito_mp_tools.library.bytecode import MpyFormat, emitted_version
from cognito_mp_tools.project import ROOT

FIRMWARE = ROOT / "firmware"


class Options:
    """The object `options` of MicroPython's manifestfile.py: what is given, and defaults for the rest."""

    def __init__(self, **given: bool) -> None:
        self.__dict__.update(given)

    def defaults(self, **values: bool) -> None:
        self.__dict__.update({**values, **self.__dict__})


def frozen(main: bool) -> tuple[list[str], list[str], list[str]]:
    """(packages, modules, included manifests) of firmware/manifest.py."""
    packages: list[str] = []
    modules: list[str] = []
    included: list[str] = []
    names = {
        "options": Options(main=main),
        "include": lambda path, **_: included.append(path),
        "module": modules.append,
        "package": lambda name, **_: packages.append(name),
    }
    exec((FIRMWARE / "manifest.py").read_text(), names)
    return packages, modules, included


def test_the_application_and_main_are_frozen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MICRODOT", raising=False)
    assert frozen(main=True) == (["cognito_app"], ["main.py"], ["../lib/manifest.py"])


def test_the_web_server_is_frozen_from_where_pip_has_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MICRODOT", raising=False)
    assert frozen(main=True)[0] == ["cognito_app"]
    monkeypatch.setenv("MICRODOT", str(web_server.folder()))
    assert frozen(main=True)[0] == ["cognito_app", "microdot"]
    assert all((web_server.folder() / "microdot" / name).is_file() for name in web_server.MODULES)


def test_deploy_carries_the_web_server_and_its_license() -> None:
    board = deploy.Board("a board", "1.26.0", None, ())
    files = deploy.contents(deploy.sources(board), MpyFormat(emitted_version(), ""))
    assert {"/lib/microdot/__init__.mpy", "/lib/microdot/microdot.mpy", "/lib/microdot/LICENSE"} <= set(files)
    assert b"MIT License" in files["/lib/microdot/LICENSE"] and list(files)[-1] == "/main.py"
    print(f"microdot on a device: {sum(len(files[path]) for path in files if '/microdot/' in path)} bytes of flash")
    assert not [
        path for path in deploy.sources(deploy.Board("a board", "1", None, ("microdot",))) if "microdot" in path
    ]


def test_a_maker_with_a_main_of_his_own_leaves_ours_out() -> None:
    assert frozen(main=False)[1] == []
