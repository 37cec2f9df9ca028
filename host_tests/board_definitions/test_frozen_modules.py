"""The manifest of each board: what it freezes, by upstream's manifestfile.py, and that it compiles for the chip."""

from __future__ import annotations

from pathlib import Path

import pytest
from board_definitions.conftest import Made
from board_definitions.frozen_content import ARCHITECTURES, freeze, places
from board_definitions.our_boards import ALL, BOARDS, DISPLAYS, FIRMWARE, chip_of
from cognito_mp_tools.firmware import rp2040_firmware
from cognito_mp_tools.library.bytecode import architectures
from cognito_mp_tools.project import LIBRARY


@pytest.fixture(params=ALL)
def board(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def frozen(board: str, upstream: Path, micropython_lib: Path) -> list[tuple[str, Path]]:
    return listed(board, "manifest.py", upstream, micropython_lib)


def listed(board: str, manifest: str, upstream: Path, micropython_lib: Path) -> list[tuple[str, Path]]:
    """(path on the device, file) of each module that a board freezes, by upstream's manifestfile.py."""
    reader = rp2040_firmware._manifest_reader()
    listing = reader.ManifestFile(reader.MODE_FREEZE, places(board, upstream, micropython_lib))
    listing.execute(str(BOARDS / board / manifest))
    return [(file.target_path, Path(file.full_path)) for file in listing.files()]


def test_a_board_freezes_the_library_the_application_and_what_upstream_freezes(
    board: str, frozen: list[tuple[str, Path]]
) -> None:
    files = dict(frozen)
    package = LIBRARY / "cognito_mp"
    modules = [path.relative_to(package) for path in package.rglob("*.py")]
    expected = {f"cognito_mp/{path.as_posix()}": package / path for path in modules if path.parts[0] != "ports"}
    chip = ARCHITECTURES[chip_of(board)]
    native = chip != "xtensawin"  # nobody has seen that run on a board
    expected |= {f"cognito_mp/crypto/{path.name}": path for path in package.rglob("*.mpy")}
    for name in [name for name in expected if architectures(name)]:
        if not native or chip not in architectures(name):
            del expected[name]
    assert not [name for name in files if name not in expected and architectures(name)]
    assert len(expected) > 40
    expected |= {path.relative_to(FIRMWARE).as_posix(): path for path in (FIRMWARE / "cognito_app").glob("*.py")}
    expected |= {"main.py": FIRMWARE / "main.py"}
    panel = BOARDS / board / "modules" / "panel.py"
    if panel.exists():
        expected |= {"panel.py": panel, "mipi_display.py": DISPLAYS / "mipi_display.py"}
        if "gc9a01" in panel.read_text():
            expected |= {"gc9a01.py": DISPLAYS / "gc9a01.py"}
    assert expected.items() <= files.items()
    assert {"_boot.py", "asyncio/__init__.py"} <= files.keys()
    assert not [name for name in files if name.startswith("cognito_mp/ports/")]


def test_no_two_frozen_modules_have_one_name(frozen: list[tuple[str, Path]]) -> None:
    names = [name for name, _ in frozen]
    assert sorted(names) == sorted(set(names))


def test_what_a_board_freezes_compiles(board: str, upstream: Path, micropython_lib: Path, made: Made) -> None:
    content = (made.frozen(board, upstream, micropython_lib) / "frozen_content.c").read_text()
    assert "cognito_mp_client" in content and "session_keeper" in content


def test_the_riscv_variant_freezes_the_same_but_the_assembler_for_arm(upstream: Path, micropython_lib: Path) -> None:
    board = "COGNITO_PICO2_W"
    arm, riscv = (
        listed(board, "manifest.py", upstream, micropython_lib),
        listed(board, "manifest_riscv.py", upstream, micropython_lib),
    )
    assert (
        {name for name in dict(arm) if name not in dict(riscv)}
        == {name for name in dict(arm) if name.endswith("_thumb.py")}
        != set()
    )


def test_what_the_riscv_variant_freezes_compiles(upstream: Path, micropython_lib: Path, tmp_path: Path) -> None:
    content = freeze("COGNITO_PICO2_W", upstream, micropython_lib, tmp_path, "manifest_riscv.py", "rp2350-riscv")
    assert "cognito_mp_client" in content
