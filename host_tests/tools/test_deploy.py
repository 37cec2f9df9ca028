"""`cognito-mp deploy` on the emulated RP2040, with a small library in place of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cognito_mp_tools.board import deploy
from cognito_mp_tools.board.deployed_files import RECORD
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040, EmulatorFailed
from cognito_mp_tools.emulator.rp2040_filesystem import read_files
from cognito_mp_tools.library import modules as library_modules

# So long that a module takes some pages of flash.
PADDING = "X = '" + "pad " * 200 + "'\n"


@pytest.fixture
def chip(bare_firmware: Path, tmp_path: Path) -> Iterator[EmulatedRP2040]:
    """A chip that is on, with an empty filesystem, for one test: what is on it is what these tests are about."""
    with EmulatedRP2040(bare_firmware, tmp_path / "flash.img") as chip:
        yield chip


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of four modules, one of them in a folder, and a firmware of two files, for deploy to copy."""
    library, firmware = tmp_path / "cognito_mp", tmp_path / "firmware"
    library.mkdir()
    (firmware / "cognito_app").mkdir(parents=True)
    write_version(tmp_path, 1)
    (library / "__init__.py").write_text("")
    (library / "ports").mkdir()
    (library / "ports" / "https_cpython.py").write_text("import ssl\n")
    (library / "stores").mkdir()
    (library / "stores" / "file.py").write_text("NAME = __name__\n")
    (firmware / "main.py").write_text("import cognito_app.app\n")
    (firmware / "manifest.py").write_text("package('cognito_app')\n")
    (firmware / "cognito_app" / "__init__.py").write_text("")
    monkeypatch.setattr(library_modules, "_PACKAGE", library)
    monkeypatch.setattr(deploy, "_FIRMWARE", firmware)
    return tmp_path


def write_version(sources: Path, version: int) -> None:
    for module in ("one", "two"):
        (sources / "cognito_mp" / f"{module}.py").write_text(f"{PADDING}VERSION = {version}\n")
    app = sources / "firmware" / "cognito_app" / "app.py"
    app.write_text(f"from cognito_mp import one\nprint('app', one.VERSION, {version})\n")


def test_only_what_changed_is_copied_and_the_program_starts_again(
    chip: EmulatedRP2040, sources: Path, ok: Callable[..., str]
) -> None:
    assert "Copying 7 of 7 files" in ok("deploy", chip.port)
    chip.wait_for("app 1 1")
    (sources / "cognito_mp" / "two.py").write_text("VERSION = 5\n")
    starts = chip.starts
    assert "Copying 1 of 7 files" in ok("deploy", chip.port)
    chip.wait_for_reset(starts)
    chip.wait_for("app 1 1")
    assert chip.run("from cognito_mp import two; print(two.VERSION, two.__file__)").split() == [
        "5",
        "/lib/cognito_mp/two.mpy",
    ]

    chip.run("import cognito_mp.stores.file as file; assert file.NAME == 'cognito_mp.stores.file', file.NAME")

    (sources / "cognito_mp" / "two.py").unlink()
    left = ["/lib/cognito_app/app.py.new", "/lib/cognito_mp/one.mpy.new", "/lib/cognito_mp/stores/gone.mpy.new"]
    chip.run(f"for path in {left}: open(path, 'w').close()  # what a deploy that was interrupted left")
    said = ok("deploy", chip.port, "--source", "--no-reset")
    assert "source files" in said
    chip.power_off()
    files = read_files(chip.flash_image)
    assert sorted(files) == [
        "/lib/cognito_app/__init__.py",
        "/lib/cognito_app/app.py",
        "/lib/cognito_deployed.json",
        "/lib/cognito_mp/__init__.py",
        "/lib/cognito_mp/one.py",
        "/lib/cognito_mp/stores/file.py",
        "/main.py",
    ]
    assert files["/lib/cognito_mp/one.py"] == (sources / "cognito_mp" / "one.py").read_bytes()
    chip.power_on(until="app 1 1")


def test_a_makers_own_files_are_left_alone_and_saved_before_they_are_replaced(
    chip: EmulatedRP2040,
    sources: Path,
    ok: Callable[..., str],
    refused: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    mine = {"/main.py": "print('mine')\n", "/app.py": "# my app\n", "/lib/cognito_mp/one.py": "VERSION = 'mine'\n"}
    chip.run("import os\nfor folder in ('/lib', '/lib/cognito_mp'): os.mkdir(folder)")
    chip.run(f"files = {mine}\nfor path in files:\n with open(path, 'w') as file: file.write(files[path])")
    said = refused("deploy", chip.port)
    assert "/main.py, /lib/cognito_mp/one.py on the device did not come from cognito-mp deploy" in said
    assert "--force" in said
    chip.wait_for("mine")
    assert "Saved 2 files" in ok("deploy", chip.port, "--force", "--no-reset")
    [saved] = tmp_path.glob("cognito-mp-saved-*")
    assert (saved / "main.py").read_text() == mine["/main.py"]
    assert (saved / "lib" / "cognito_mp" / "one.py").read_text() == mine["/lib/cognito_mp/one.py"]

    # Changed on the device: ours no more.
    chip.run("with open('/main.py', 'a') as file: file.write('print(6 * 7)\\n')")
    assert "are on the device already" not in ok("deploy", chip.port, "--force", "--no-reset")
    chip.run("with open('/main.py', 'a') as file: file.write('print(6 * 7)\\n')")
    said = ok("undeploy", chip.port)
    assert "/main.py was changed" in said
    chip.power_off()
    assert sorted(read_files(chip.flash_image)) == ["/app.py", "/main.py"]


def test_undeploy_takes_away_what_was_deployed_and_nothing_else(
    chip: EmulatedRP2040, sources: Path, ok: Callable[..., str], refused: Callable[..., str]
) -> None:
    assert "nothing on the device" in refused("undeploy", chip.port)
    chip.run("with open('/settings.json', 'w') as file: file.write('{}')")
    ok("deploy", chip.port, "--no-reset")
    chip.run("with open('/lib/mine.py', 'w') as file: file.write('')")
    chip.run("with open('/lib/cognito_mp/mine.py', 'w') as file: file.write('')")
    ok("undeploy", chip.port)
    assert chip.run("import os; print(sorted(os.listdir('/')), sorted(os.listdir('/lib')))").strip() == (
        "['lib', 'settings.json'] ['cognito_mp', 'mine.py']"
    )
    assert chip.run("print(os.listdir('/lib/cognito_mp'))").strip() == "['mine.py']"


def test_what_imports_would_find_first_is_told(chip: EmulatedRP2040, sources: Path, ok: Callable[..., str]) -> None:
    chip.run("import os; os.mkdir('/cognito_mp')")
    assert "MicroPython imports /cognito_mp before" in ok("deploy", chip.port)


def test_what_new_firmware_has_frozen_in_is_removed_from_the_flash(
    bare_firmware: Path, product_firmware: Path, tmp_path: Path, sources: Path, ok: Callable[..., str]
) -> None:
    image = tmp_path / "flash.img"
    with EmulatedRP2040(bare_firmware, image, network=False) as chip:
        ok("deploy", chip.port, "--no-reset")
        chip.run("with open('/lib/cognito_mp/mine.py', 'w') as file: file.write('')")
    with EmulatedRP2040(product_firmware, image, network=False) as chip:
        said = ok("deploy", chip.port, "--no-reset")
    assert "Frozen into this firmware: cognito_mp." in said and "Removed 4 files" in said
    assert sorted(read_files(image)) == [
        "/lib/cognito_app/__init__.mpy",
        "/lib/cognito_app/app.mpy",
        "/lib/cognito_deployed.json",
        "/lib/cognito_mp/mine.py",
        "/main.py",
    ]


def test_a_device_that_is_full_keeps_what_it_had(
    chip: EmulatedRP2040, sources: Path, ok: Callable[..., str], refused: Callable[..., str]
) -> None:
    ok("deploy", chip.port, "--source", "--no-reset")
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
            # Between the two the record holds the digests of both.
            found[RECORD] = new[RECORD] if found[RECORD] != old[RECORD] else old[RECORD]
            for path in old:
                assert found[path] in (old[path], new[path]), f"{path} after a cut at write {write} of {writes}"
            kept += found == old
        # All but the last moments leave all of the old files: the copies lie beside them.
        assert kept >= 3
        # The next try takes up what the last one left.
        chip.power_on(until="")
        write_version(sources, 3)
        ok("deploy", chip.port, "--no-reset")
        write_version(sources, 2)
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
