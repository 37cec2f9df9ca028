"""What the tests of the boards share: upstream's MicroPython, and the boards as its build sees them.

The tests hold boards/ against it as far as a computer without ESP-IDF can. Upstream's own code does the judging:
manifestfile.py and makemanifest.py, make-pins.py, and the CMakeLists.txt of each port, which is run up to the point
where it needs ESP-IDF, or libraries that Debian does not package.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from board_definitions.esp32_cmake import Configured, configured
from board_definitions.frozen_content import freeze
from board_definitions.host_programs import missing
from board_definitions.our_boards import ALL, ESP32, port_of
from cognito_mp_tools.packages import micropython_source
from cognito_mp_tools.packages.debian import NotDebian
from cognito_mp_tools.project import build_lock

NEWEST = "forky"


@pytest.fixture(scope="session")
def upstream_with_submodules() -> Path:
    """The source of MicroPython 1.25, as Debian has it, with those of its submodules that Debian has."""
    source = micropython_source.TREE
    if not source.exists():
        try:
            with build_lock():
                micropython_source.fetch()
        except NotDebian as reason:
            missing(f"no MicroPython source to hold the boards against: {reason}")
    return source


def newest_source() -> Path:
    """The source of the newest MicroPython that Debian has, without submodules."""
    with build_lock():
        return micropython_source.without_submodules(NEWEST)


@pytest.fixture(scope="session", params=["1.25", "1.26"])
def upstream(request: pytest.FixtureRequest, upstream_with_submodules: Path) -> Path:
    """MicroPython's source, of the oldest release that the boards are for, and of the newest at hand."""
    return upstream_with_submodules if request.param == "1.25" else newest_source()


@pytest.fixture(scope="session")
def micropython_lib(upstream: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In place of micropython-lib, which Debian does not package: those packages, empty, that upstream requires."""
    folder = tmp_path_factory.mktemp("micropython-lib")
    for board, base in ALL.items():
        boards = upstream / "ports" / port_of(board) / "boards"
        for manifest in (boards / "manifest.py", boards / base / "manifest.py"):
            text = manifest.read_text() if manifest.exists() else ""
            for package in re.findall(r'require\("([\w.-]+)"\)', text):
                (folder / "micropython" / package).mkdir(parents=True, exist_ok=True)
                (folder / "micropython" / package / "manifest.py").write_text('metadata(version="0")\n')
    return folder


class Made:
    """What is made of each board with each MicroPython, once: tests that differ in other things share it."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._configured: dict[tuple[str, str, Path], Configured] = {}
        self._frozen: dict[tuple[str, Path], Path] = {}

    def configured(self, board: str, variant: str, upstream: Path) -> Configured:
        key = board, variant, upstream
        if key not in self._configured:
            self._configured[key] = configured(board, variant, upstream, self._folders.mktemp(board))
        return self._configured[key]

    def frozen(self, board: str, upstream: Path, micropython_lib: Path) -> Path:
        """The folder with frozen_content.c, and with the .mpy that it is made of."""
        key = board, upstream
        if key not in self._frozen:
            folder = self._folders.mktemp(f"frozen-{board}")
            freeze(board, upstream, micropython_lib, folder)
            self._frozen[key] = folder
        return self._frozen[key]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory)


@pytest.fixture(params=[(board, variant) for board in ESP32 for variant in ("", "ENCRYPTED")], ids="-".join)
def esp32(request: pytest.FixtureRequest, upstream: Path, made: Made) -> tuple[str, str, Configured]:
    board, variant = request.param
    return board, variant, made.configured(board, variant, upstream)
