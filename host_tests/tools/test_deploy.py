"""`cognito-mp deploy` on the emulated RP2040, with a small library in place of ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cognito_mp_tools import deploy
from cognito_mp_tools.emulated_rp2040 import EmulatedRP2040, EmulatorFailed
from cognito_mp_tools.rp2040_filesystem import read_files

# So long that a module takes some pages of flash.
PADDING = "X = '" + "pad " * 200 + "'\n"


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of four modules, one of them in a folder, and a firmware of two files, for deploy to copy."""
    library, firmware = tmp_path / "cognito_mp", tmp_path / "firmware"
    library.mkdir()
    firmware.mkdir()
    write_version(tmp_path, 1)
    (library / "__init__.py").write_text("")
    (library / "ports").mkdir()
    (library / "ports" / "https_cpython.py").write_text("import ssl\n")
    (library / "stores").mkdir()
    (library / "stores" / "file.py").write_text("NAME = __name__\n")
    (firmware / "main.py").write_text("import app\n")
    (firmware / "manifest.py").write_text("module('app.py')\n")
    monkeypatch.setattr(deploy, "_PACKAGE", library)
    monkeypatch.setattr(deploy, "_FIRMWARE", firmware)
    return tmp_path


def write_version(sources: Path, version: int) -> None:
    for module in ("one", "two"):
        (sources / "cognito_mp" / f"{module}.py").write_text(f"{PADDING}VERSION = {version}\n")
    (sources / "firmware" / "app.py").write_text(f"from cognito_mp import one\nprint('app', one.VERSION, {version})\n")


def test_only_what_changed_is_copied_and_the_program_starts_again(
    chip: EmulatedRP2040, sources: Path, ok: Callable[..., str]
) -> None:
    assert "Copying 6 of 6 files" in ok("deploy", chip.port)
    chip.wait_for("app 1 1")
    (sources / "cognito_mp" / "two.py").write_text("VERSION = 5\n")
    starts = chip.starts
    assert "Copying 1 of 6 files" in ok("deploy", chip.port)
    chip.wait_for_reset(starts)
    chip.wait_for("app 1 1")
    assert chip.run("from cognito_mp import two; print(two.VERSION, two.__file__)").split() == [
        "5",
        "/lib/cognito_mp/two.mpy",
    ]

    chip.run("import cognito_mp.stores.file as file; assert file.NAME == 'cognito_mp.stores.file', file.NAME")

    (sources / "cognito_mp" / "two.py").unlink()
    # What a deploy that was interrupted left, and a module of the library as it was before it had folders.
    left = ["/app.py.new", "/lib/cognito_mp/one.mpy.new", "/lib/cognito_mp/file_store.mpy", "/lib/cognito_mp/stores.py"]
    left += ["/lib/cognito_mp/stores/gone.mpy"]
    chip.run(f"for path in {left}: open(path, 'w').close()")
    said = ok("deploy", chip.port, "--source", "--no-reset")
    assert "source files" in said
    chip.power_off()
    files = read_files(chip.flash_image)
    assert sorted(files) == [
        "/app.py",
        "/lib/cognito_mp/__init__.py",
        "/lib/cognito_mp/one.py",
        "/lib/cognito_mp/stores/file.py",
        "/main.py",
    ]
    assert files["/lib/cognito_mp/one.py"] == (sources / "cognito_mp" / "one.py").read_bytes()
    chip.power_on(until="app 1 1")


def test_a_device_that_is_full_keeps_what_it_had(
    chip: EmulatedRP2040, sources: Path, refused: Callable[..., str]
) -> None:
    chip.run("with open('filler', 'wb') as file:\n for _ in range(195): file.write(bytes(4096))")
    write_version(sources, 2)
    (sources / "cognito_mp" / "large.py").write_text(f"X = {'pad ' * 16000!r}\n")
    assert "kB of flash free, and this needs" in refused("deploy", chip.port, "--source")
    chip.run("import os; os.remove('filler')")
    assert "VERSION = 1" in chip.run("print(open('/lib/cognito_mp/one.py').read())")


def test_a_source_that_does_not_compile_is_named(
    chip: EmulatedRP2040, sources: Path, refused: Callable[..., str]
) -> None:
    (sources / "cognito_mp" / "one.py").write_text("def def\n")
    assert "one.py does not compile: SyntaxError" in refused("deploy", chip.port)


def test_unplugged_at_any_moment_every_file_is_the_old_one_or_the_new(
    bare_firmware: Path, tmp_path: Path, sources: Path, ok: Callable[..., str], refused: Callable[..., str]
) -> None:
    with EmulatedRP2040(bare_firmware, tmp_path / "flash.img", network=False) as chip:
        ok("deploy", chip.port, "--no-reset")
        chip.power_off()
        before, old = chip.flash_image.read_bytes(), read_files(chip.flash_image)
        write_version(sources, 2)
        chip.power_on(until="app 1 1")
        ok("deploy", chip.port, "--no-reset")
        chip.power_off()
        new, writes = read_files(chip.flash_image), chip.figures["flash_writes"]
        kept = 0
        for write in (1, writes // 3, 2 * writes // 3, writes - 3, writes - 1):
            chip.flash_image.write_bytes(before)
            chip.power_on(cut_power_after_flash_writes=write, until="app 1 1")
            assert "went away in the middle" in refused("deploy", chip.port, "--no-reset")
            chip.wait_until_off()
            found = {
                path: content for path, content in read_files(chip.flash_image).items() if not path.endswith(".new")
            }
            for path in old:
                assert found[path] in (old[path], new[path]), f"{path} after a cut at write {write} of {writes}"
            kept += found == old
        # All but the last moments leave all of the old files: the copies lie beside them.
        assert kept >= 3
        # The next try takes up what the last one left.
        chip.power_on(until="")
        ok("deploy", chip.port, "--no-reset")
        chip.power_off()
        assert read_files(chip.flash_image) == new


def test_a_program_that_runs_is_stopped_and_started_again(chip: EmulatedRP2040, ok: Callable[..., str]) -> None:
    chip.run("with open('main.py', 'w') as file: file.write('print(40 + 2)\\nwhile True: pass\\n')")
    starts = chip.starts
    with pytest.raises(EmulatorFailed):
        chip.run("import machine; machine.reset()")
    chip.wait_for_reset(starts)
    chip.wait_for("42")
    assert "board     Emulated Pico" in ok("status", chip.port)
    chip.wait_for("soft reboot\r\n42")
    chip.run("import os; os.remove('main.py')")
