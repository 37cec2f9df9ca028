"""Runs every portable test file on MicroPythons older and newer than Debian's: npm's, of the WebAssembly port.

They have no sockets, no SHA-1 and no asyncio.run(), so tests that need one of these are skipped there.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import portable_reports
import pytest
from cognito_mp_tools.packages.npm import NpmFailed, installed
from cognito_mp_tools.project import BUILD, ROOT

HERE = ROOT / "host_tests"
FOLDER = HERE / "webassembly_micropython"
FILES = sorted((HERE / "portable").glob("test_*.py"))
VERSIONS = [
    name.removeprefix("micropython-") for name in json.loads((FOLDER / "package.json").read_text())["dependencies"]
]
REFUSED = "FAIL ImportError(\"no module named 'socket'\""


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder with a package for each version, fetched the first time."""
    try:
        return installed(FOLDER, BUILD / "webassembly_micropython")
    except NpmFailed as problem:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the portable tests do not run on MicroPython {' and '.join(VERSIONS)}: {problem}")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_on_webassembly_micropython(file: Path, version: str, packages: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        ["node", str(FOLDER / "run.mjs"), str(packages / f"micropython-{version}"), str(ROOT), file.name],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
    )
    print(done.stdout, done.stderr)
    portable_reports.check(done, REFUSED)
