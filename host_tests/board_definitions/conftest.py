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
from board_definitions.host_programs import missing
from board_definitions.our_boards import ALL, ESP32, port_of
from cognito_mp_tools import rp2040_firmware
from cognito_mp_tools.debian_packages import NotDebian
from cognito_mp_tools.project import build_lock


@pytest.fixture(scope="session")
def upstream() -> Path:
    """MicroPython's source, as Debian has it, with those of its submodules that Debian has."""
    source = rp2040_firmware._MICROPYTHON
    if not source.exists():
        try:
            with build_lock():
                rp2040_firmware._fetch_sources()
        except NotDebian as reason:
            missing(f"no MicroPython source to hold the boards against: {reason}")
    return source


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


@pytest.fixture(params=[(board, variant) for board in ESP32 for variant in ("", "ENCRYPTED")], ids="-".join)
def esp32(request: pytest.FixtureRequest, upstream: Path, tmp_path: Path) -> tuple[str, str, Configured]:
    board, variant = request.param
    return board, variant, configured(board, variant, upstream, tmp_path)
