"""Runs every portable test file as if on a CircuitPython board; circuitpython_stand_in/ says how far that goes."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cognito_mp_tools.packages import unix_port
from cognito_mp_tools.packages.debian import NotDebian
from cognito_mp_tools.project import ROOT

HERE = ROOT / "host_tests"
STAND_IN = HERE / "circuitpython_stand_in"
FILES = sorted([*(HERE / "portable").glob("test_*.py"), STAND_IN / "test_stand_in.py"])
# CircuitPython has no asyncio of its own; these packages are what its users install.
ASYNCIO = ("adafruit-circuitpython-asyncio", "adafruit-circuitpython-ticks")
# They make a client with the library's own transport, which CircuitPython lacks the sockets for.
OWN_TRANSPORT = {"test_aio.test_its_own_transport_has_the_clients_clock", "test_client.test_bad_arguments_are_named"}
REFUSED = "FAIL ImportError('on CircuitPython give the Client transport="


def _missing(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def micropython() -> str:
    try:
        return unix_port.from_debian("trixie")
    except NotDebian as reason:
        _missing(f"MicroPython to be the stand-in for CircuitPython: {reason}")
        raise


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with adafruit's asyncio and nothing else."""
    folder = tmp_path_factory.mktemp("circuitpython_packages")
    for name in ASYNCIO:
        try:
            files = importlib.metadata.files(name) or []
        except importlib.metadata.PackageNotFoundError:
            _missing(f"{name} is not installed: make setup")
            raise
        for file in files:
            if file.suffix == ".py":
                (folder / file.parent).mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), folder / file)
    return folder


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_on_circuitpython_stand_in(file: Path, micropython: str, packages: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [micropython, str(STAND_IN / "as_on_circuitpython.py"), file.name],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        env={**os.environ, "MICROPYPATH": str(packages)},
    )
    print(done.stdout, done.stderr)
    lines = done.stdout.splitlines()
    failed = [line for line in lines if ": FAIL " in line]
    unexpected = [line for line in failed if not (REFUSED in line and line.partition(":")[0] in OWN_TRANSPORT)]
    assert unexpected == []
    assert lines and " passed, " in lines[-1], done.stderr
    assert done.returncode == bool(failed)


def _tuples_given_to_str(source: str) -> list[int]:
    """The lines where startswith() or endswith() is given a tuple that can be seen to be one."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("startswith", "endswith")
        and node.args
        and isinstance(node.args[0], ast.Tuple)
    ]


def test_no_tuple_is_given_to_startswith_and_endswith() -> None:
    assert _tuples_given_to_str("\nname.endswith(('a', 'b'))") == [2]
    for file in sorted((ROOT / "lib" / "cognito_mp").rglob("*.py")):
        assert _tuples_given_to_str(file.read_text()) == [], file
