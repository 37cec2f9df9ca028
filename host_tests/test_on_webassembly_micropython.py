"""Runs every portable test file on MicroPythons older and newer than Debian's: npm's, of the WebAssembly port.

They have no sockets, no SHA-1 and no asyncio.run(), so tests that need one of these are skipped there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cognito_mp_tools.project import BUILD, ROOT

HERE = ROOT / "host_tests"
FOLDER = HERE / "webassembly_micropython"
FILES = sorted((HERE / "portable").glob("test_*.py"))
VERSIONS = [
    name.removeprefix("micropython-") for name in json.loads((FOLDER / "package.json").read_text())["dependencies"]
]
# They make a client with the library's own transport.
OWN_TRANSPORT = {"test_aio.test_its_own_transport_has_the_clients_clock", "test_client.test_bad_arguments_are_named"}
REFUSED = "FAIL ImportError(\"no module named 'socket'\""


def _missing(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a package for each version, fetched the first time."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            _missing(f"no {program}, so the portable tests do not run on MicroPython {' and '.join(VERSIONS)}")
    folder = BUILD / "webassembly_micropython"
    lock = (FOLDER / "package-lock.json").read_bytes()
    installed = folder / "package-lock.json"
    if not (installed.exists() and installed.read_bytes() == lock and (folder / "node_modules").exists()):
        # Made beside its place and moved there whole: tests may run in several processes at once.
        made = tmp_path_factory.mktemp("webassembly") / "made"
        made.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(FOLDER / name, made / name)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(npm, cwd=made, capture_output=True, text=True)
        if done.returncode:
            _missing(f"{' '.join(npm)} failed: {done.stdout}{done.stderr}")
        for _ in range(2):
            try:
                shutil.copytree(made, beside := folder.with_name(f"{folder.name}.{os.getpid()}"))
                beside.rename(folder)
                break
            except OSError:
                shutil.rmtree(beside, ignore_errors=True)
                if installed.exists() and installed.read_bytes() == lock:
                    break  # another process was faster
                shutil.rmtree(folder, ignore_errors=True)
    return folder / "node_modules"


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
    lines = done.stdout.splitlines()
    failed = [line for line in lines if ": FAIL " in line]
    unexpected = [line for line in failed if not (REFUSED in line and line.partition(":")[0] in OWN_TRANSPORT)]
    assert unexpected == []
    assert lines and " passed, " in lines[-1], done.stderr
    assert done.returncode == bool(failed)
