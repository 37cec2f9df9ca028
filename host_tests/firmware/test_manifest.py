"""What is frozen is what is there."""

from __future__ import annotations

from cognito_mp_tools.project import ROOT

FIRMWARE = ROOT / "firmware"


class Options:
    main = True

    def defaults(self, **values: bool) -> None:
        assert set(values) == {"main"}


def frozen(main: bool) -> tuple[list[str], list[str]]:
    """(modules, included manifests) of firmware/manifest.py."""
    modules: list[str] = []
    included: list[str] = []
    options = Options()
    options.main = main
    names = {"options": options, "include": lambda path, **_: included.append(path), "module": modules.append}
    exec((FIRMWARE / "manifest.py").read_text(), names)
    return modules, included


def test_every_file_is_frozen_once() -> None:
    modules, included = frozen(main=True)
    assert sorted(modules) == sorted(path.name for path in FIRMWARE.glob("*.py") if path.name != "manifest.py")
    assert included == ["../lib/manifest.py"]


def test_a_maker_with_a_main_of_his_own_leaves_ours_out() -> None:
    assert "main.py" not in frozen(main=False)[0]
