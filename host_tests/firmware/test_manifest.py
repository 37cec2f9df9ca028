"""What is frozen is what is there."""

from __future__ import annotations

from cognito_mp_tools.project import ROOT

FIRMWARE = ROOT / "firmware"


class Options:
    main = True

    def defaults(self, **values: bool) -> None:
        assert set(values) == {"main"}


def frozen(main: bool) -> tuple[list[str], list[str], list[str]]:
    """(packages, modules, included manifests) of firmware/manifest.py."""
    packages: list[str] = []
    modules: list[str] = []
    included: list[str] = []
    options = Options()
    options.main = main
    names = {
        "options": options,
        "include": lambda path, **_: included.append(path),
        "module": modules.append,
        "package": packages.append,
    }
    exec((FIRMWARE / "manifest.py").read_text(), names)
    return packages, modules, included


def test_the_application_and_main_are_frozen_once() -> None:
    assert frozen(main=True) == (["cognito_app"], ["main.py"], ["../lib/manifest.py"])


def test_a_maker_with_a_main_of_his_own_leaves_ours_out() -> None:
    assert frozen(main=False)[1] == []
