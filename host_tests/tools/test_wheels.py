"""The two distributions, built and installed into fresh environments, with no checkout beside them."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from cognito_mp_tools.cli import _COMMANDS as COMMANDS
from cognito_mp_tools.project import LIBRARY, ROOT

SOURCES = {"cognito_mp": ROOT, "cognito_mp_tools": ROOT / "tools"}


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, timeout=150)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both sdists, and the wheels that were built from them."""
    folder = tmp_path_factory.mktemp("dist")
    for source in SOURCES.values():
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, source, cwd=folder)
    return folder


def wheel(built: Path, name: str) -> Path:
    (path,) = built.glob(f"{name}-*.whl")
    return path


def sdist(built: Path, name: str) -> Path:
    (path,) = built.glob(f"{name}-*.tar.gz")
    return path


class Environment:
    """A virtual environment of its own, in a folder with nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
        self.python = folder / "venv" / "bin" / "python"

    def install(self, *what: str | Path) -> None:
        self.run(self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)

    def run(self, *command: str | Path, code: int = 0) -> str:
        return run(*command, cwd=self.folder, code=code)


@pytest.fixture(scope="module")
def library(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The library's wheel alone."""
    environment = Environment(tmp_path_factory.mktemp("library"))
    environment.install("--no-index", wheel(built, "cognito_mp"))
    return environment


@pytest.fixture(scope="module")
def tools(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel of the tools, with all it depends on."""
    environment = Environment(tmp_path_factory.mktemp("tools"))
    environment.install("--find-links", built, wheel(built, "cognito_mp_tools"))
    return environment


def metadata(path: Path) -> dict[str, list[str]]:
    with zipfile.ZipFile(path) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        message = Parser().parsestr(archive.read(name).decode())
    return {key: message.get_all(key) or [] for key in ("Requires-Dist", "License-Expression", "Version")}


def test_the_library_has_no_dependency_and_brings_nothing_else(built: Path) -> None:
    said = metadata(wheel(built, "cognito_mp"))
    assert said["Requires-Dist"] == [] and said["License-Expression"] == ["MIT"]
    with zipfile.ZipFile(wheel(built, "cognito_mp")) as archive:
        names = set(archive.namelist())
    assert {name.split("/")[0].split("-")[0] for name in names} == {"cognito_mp"}
    modules = {path.relative_to(LIBRARY).as_posix() for path in (LIBRARY / "cognito_mp").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == modules and "cognito_mp/py.typed" in names


def test_one_version_in_both(built: Path) -> None:
    assert metadata(wheel(built, "cognito_mp"))["Version"] == metadata(wheel(built, "cognito_mp_tools"))["Version"]


def test_the_library_signs_with_no_checkout(library: Environment) -> None:
    program = "import cognito_mp; cognito_mp.Client('eu-west-1', 'abc'); print(cognito_mp.__file__, cognito_mp.sigv4)"
    assert str(library.folder) in library.run(library.python, "-c", program)


def test_mypy_sees_its_types_from_outside(library: Environment) -> None:
    program = library.folder / "program.py"
    checked = (sys.executable, "-m", "mypy", "--strict", "--python-executable", library.python, program)
    program.write_text(
        "from cognito_mp import Challenge, Client, FileStore, Tokens\n"
        "client = Client('eu-west-1', 'abc', store=FileStore('session'))\n"
        "answer: Tokens | Challenge = client.sign_in('alice', 'pw')\n"
        "token: str = client.access_token()\n"
    )
    library.run(*checked)
    program.write_text("from cognito_mp import Client\ntoken: int = Client('eu-west-1', 'abc').access_token()\n")
    assert "Incompatible types" in library.run(*checked, code=1)


def test_each_command_starts_with_no_checkout(tools: Environment) -> None:
    command = tools.python.with_name("cognito-mp")
    assert "deploy" in tools.run(command, "--help")
    for name in COMMANDS:
        assert "Usage: cognito-mp " + name in tools.run(command, name, "--help")


def test_what_needs_files_of_the_checkout_has_them(tools: Environment) -> None:
    command = tools.python.with_name("cognito-mp")
    assert "AWS::Cognito::UserPool" in tools.run(command, "pool", "--template")
    program = """
import json
from cognito_mp_tools import deploy, flash, mpy_size, project
files = deploy.library_files()
print(json.dumps([project.IS_CHECKOUT, len(files), all(path.exists() for path in files.values()),
                  (project.ROOT / "boards" / "COGNITO_PICO_W" / "manifest.py").exists(),
                  (project.ROOT / "tools" / "emulator" / "package-lock.json").exists(),
                  (project.ROOT / "firmware" / "cognito_app" / "app.py").exists()]))
"""
    is_checkout, count, *there = json.loads(tools.run(tools.python, "-c", program))
    assert not is_checkout and count > 40 and all(there)
    assert "esptool" in tools.run(tools.python, "-m", "esptool", "version")


def test_the_sdists_install_too(library: Environment, tools: Environment, built: Path) -> None:
    """After the tests above: they are installed over the wheels."""
    library.install("--force-reinstall", sdist(built, "cognito_mp"))
    assert "0." in library.run(library.python, "-c", "import cognito_mp; print(cognito_mp.__version__)")
    tools.install("--force-reinstall", "--no-deps", sdist(built, "cognito_mp_tools"))
    assert "AWS::Cognito::UserPool" in tools.run(tools.python.with_name("cognito-mp"), "pool", "--template")


def test_no_secret_and_no_rubbish_is_in_them(built: Path) -> None:
    names: list[str] = []
    for name in SOURCES:
        with tarfile.open(sdist(built, name)) as archive:
            names += archive.getnames()
        with zipfile.ZipFile(wheel(built, name)) as zipped:
            names += zipped.namelist()
    for unwanted in ("node_modules", "__pycache__", ".mpy", "cognito-pool.json", "host_tests", ".venv", "build/"):
        assert not [name for name in names if unwanted in name]
