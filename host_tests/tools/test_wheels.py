"""The two distributions, built and installed into fresh environments, with no checkout beside them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from email.parser import Parser
from pathlib import Path

import pytest
from cognito_mp_tools.cli import _COMMANDS as COMMANDS
from cognito_mp_tools.library.bytecode import architectures
from cognito_mp_tools.project import LIBRARY, ROOT
from filelock import FileLock

SOURCES = {"cognito_mp": ROOT, "cognito_mp_tools": ROOT / "tools"}


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    """What `command` prints, on both streams."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=150
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder `name`, that make(folder) has filled: once in a run of pytest, on however many processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / f"wheels-{name}"
    with FileLock(f"{folder}.lock"):
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / "whole").touch()
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both sdists, and the wheels that were built from them."""

    def build(folder: Path) -> None:
        for source in SOURCES.values():
            run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, source, cwd=folder)

    return once(tmp_path_factory, "dist", build)


def wheel(built: Path, name: str) -> Path:
    (path,) = built.glob(f"{name}-*.whl")
    return path


def sdist(built: Path, name: str) -> Path:
    (path,) = built.glob(f"{name}-*.tar.gz")
    return path


PACKAGED = {"wheel": wheel, "sdist": sdist}
KINDS = ["wheel", pytest.param("sdist", marks=pytest.mark.long)]


class Environment:
    """A virtual environment of its own, in a folder with nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "venv" / "bin" / "python"
        self.command = self.python.with_name("cognito-mp")

    def install(self, *what: str | Path) -> None:
        pip = (self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
        self.run(*pip, *what)

    def run(self, *command: str | Path, code: int = 0) -> str:
        return run(*command, cwd=self.folder, code=code)

    @property
    def packages(self) -> Path:
        (found,) = (self.folder / "venv" / "lib").glob("python*/site-packages")
        return found


def environment(
    tmp_path_factory: pytest.TempPathFactory, name: str, fill: Callable[[Environment], object]
) -> Environment:
    """A fresh one, with what fill(environment) installs."""

    def make(folder: Path) -> None:
        run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
        fill(Environment(folder))

    return Environment(once(tmp_path_factory, f"environment-{name}", make))


@pytest.fixture(scope="module", params=KINDS)
def library(request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The library alone."""
    kind = request.param
    # A wheel needs no index; what builds one from an sdist comes from there.
    options = ("--no-index",) if kind == "wheel" else ()
    what = PACKAGED[kind](built, "cognito_mp")
    return environment(tmp_path_factory, f"library-{kind}", lambda made: made.install(*options, what))


@pytest.fixture(scope="module")
def tools_of_wheels(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel of the tools, and what pip brings because the wheel asks for it."""
    what = "--find-links", built, wheel(built, "cognito_mp_tools")
    return environment(tmp_path_factory, "tools-wheel", lambda made: made.install(*what))


@pytest.fixture(scope="module", params=KINDS)
def tools(
    request: pytest.FixtureRequest, built: Path, tools_of_wheels: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """The tools; beside those of the sdists, the dependencies are those of the wheel: the two ask for the same."""
    if request.param == "wheel":
        return tools_of_wheels

    def fill(made: Environment) -> None:
        made.install("--no-deps", sdist(built, "cognito_mp"), sdist(built, "cognito_mp_tools"))
        (made.packages / "dependencies.pth").write_text(f"{tools_of_wheels.packages}\n")

    return environment(tmp_path_factory, "tools-sdist", fill)


def metadata(path: Path) -> dict[str, list[str]]:
    with zipfile.ZipFile(path) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        message = Parser().parsestr(archive.read(name).decode())
    return {key: message.get_all(key) or [] for key in ("Requires-Dist", "License-Expression", "Version")}


def test_the_library_has_no_dependency_and_brings_nothing_else(built: Path) -> None:
    said = metadata(wheel(built, "cognito_mp"))
    assert all("extra ==" in wish for wish in said["Requires-Dist"]) and said["License-Expression"] == ["MIT"]
    with zipfile.ZipFile(wheel(built, "cognito_mp")) as archive:
        names = set(archive.namelist())
    assert {name.split("/")[0].split("-")[0] for name in names} == {"cognito_mp"}
    modules = {path.relative_to(LIBRARY).as_posix() for path in (LIBRARY / "cognito_mp").rglob("*.py")}
    modules = {module for module in modules if not architectures(module)}
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


# A run of each command as far as it goes with no board, no AWS account and no network: exit code, words.
RUNS: dict[str, tuple[tuple[str, ...], int, str]] = {
    **{name: (("/dev/nowhere",), 1, "there is no /dev/nowhere") for name in ("deploy", "undeploy", "status", "doctor")},
    "provision": (("/dev/nowhere", "--username", "ada"), 1, "there is no /dev/nowhere"),
    "wifi": (("/dev/nowhere",), 1, "there is no /dev/nowhere"),
    "factory": (("list",), 1, "there is no factory.sqlite"),
    "flash": (("esp32s3", "/dev/nowhere", "--firmware", "no.bin"), 2, "no.bin"),
    "pool": (("--template",), 0, "AWS::Cognito::UserPool"),
    "local": (("--listen", "203.0.113.7"), 1, "can't listen on 203.0.113.7"),
}


def test_each_command_runs_with_no_checkout(tools: Environment) -> None:
    assert "deploy" in tools.run(tools.command, "--help")
    assert set(RUNS) == set(COMMANDS)
    for name, (words, code, said) in RUNS.items():
        assert "Usage: cognito-mp " + name in tools.run(tools.command, name, "--help")
        assert said in tools.run(tools.command, name, *words, code=code), name


def test_what_needs_files_of_the_checkout_has_them(tools: Environment) -> None:
    program = """
import json
from cognito_mp_tools import project
from cognito_mp_tools.board import deploy
from cognito_mp_tools.board import flash
from cognito_mp_tools.library import mpy_size
files = deploy.library_files("rv32imc")
print(json.dumps([project.IS_CHECKOUT, len(files), all(path.exists() for path in files.values()),
                  (project.ROOT / "boards" / "COGNITO_PICO_W" / "manifest.py").exists(),
                  (project.ROOT / "tools" / "emulator" / "package-lock.json").exists(),
                  (project.ROOT / "firmware" / "cognito_app" / "app.py").exists()]))
"""
    is_checkout, count, *there = json.loads(tools.run(tools.python, "-c", program))
    assert not is_checkout and count > 40 and all(there)
    assert "esptool" in tools.run(tools.python, "-m", "esptool", "version")


def test_the_sdists_ask_for_what_the_wheels_do(tools: Environment, built: Path) -> None:
    program = "import importlib.metadata; print(importlib.metadata.requires('cognito-mp-tools'))"
    assert tools.run(tools.python, "-c", program).strip() == str(
        metadata(wheel(built, "cognito_mp_tools"))["Requires-Dist"]
    )


def test_no_secret_and_no_rubbish_is_in_them(built: Path) -> None:
    names: list[str] = []
    for name in SOURCES:
        with tarfile.open(sdist(built, name)) as archive:
            names += archive.getnames()
        with zipfile.ZipFile(wheel(built, name)) as zipped:
            names += zipped.namelist()
    for unwanted in ("node_modules", "__pycache__", "cognito-pool.json", "host_tests", ".venv", "build/"):
        assert not [name for name in names if unwanted in name]
    # SRP's machine code, which the tools copy to a board, has no source that one could compile there.
    code = {f"montgomery_{chip}.mpy" for chip in ("rv32", "xtensa")}
    assert {name.rpartition("/")[2] for name in names if name.endswith(".mpy")} <= code
