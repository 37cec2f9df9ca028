"""Runs every portable test file as if on a CircuitPython board; circuitpython_stand_in/ says how far that goes."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

import pytest
from circuitpython_stand_in import interpreter
from cognito_mp_tools.project import ROOT

HERE = ROOT / "host_tests"
STAND_IN = HERE / "circuitpython_stand_in"
FILES = sorted([*(HERE / "portable").glob("test_*.py"), *STAND_IN.glob("test_*.py")])
# They make a client with the library's own transport, which CircuitPython lacks the sockets for.
OWN_TRANSPORT = {"test_aio.test_its_own_transport_has_the_clients_clock", "test_client.test_bad_arguments_are_named"}
REFUSED = "FAIL ImportError('on CircuitPython give the Client transport="


def _missing(reason: object) -> None:
    if os.environ.get("CI"):
        pytest.fail(str(reason))
    pytest.skip(str(reason))


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Adafruit's packages and nothing else; and the interpreter is there."""
    try:
        interpreter.built()
        return interpreter.install(tmp_path_factory.mktemp("circuitpython_packages"))
    except interpreter.Missing as reason:
        _missing(reason)
        raise


def _run(version: str, folder: Path, *words: object, packages: Path, heap: str = "8M") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        interpreter.command(version, *words, heap=heap),  # type: ignore[arg-type]
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
        env=interpreter.environment(packages),
    )
    print(done.stdout, done.stderr)
    return done


@pytest.mark.parametrize("version", interpreter.VERSIONS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_on_circuitpython_stand_in(file: Path, version: str, packages: Path, tmp_path: Path) -> None:
    done = _run(version, tmp_path, HERE / "portable" / "run.py", file.name, packages=packages)
    lines = done.stdout.splitlines()
    failed = [line for line in lines if ": FAIL " in line]
    unexpected = [line for line in failed if not (REFUSED in line and line.partition(":")[0] in OWN_TRANSPORT)]
    assert unexpected == []
    assert lines and " passed, " in lines[-1], done.stderr
    assert done.returncode == bool(failed)


def test_before_10_1_the_error_says_what_to_install(packages: Path, tmp_path: Path) -> None:
    without = interpreter.install(tmp_path / "without", "adafruit-circuitpython-hashlib")
    program = tmp_path / "hashes.py"
    program.write_text("from cognito_mp.crypto.hmac_sha256 import sha256\nprint(sha256(b'abc').digest()[:4])\n")
    assert _run("10.2.1", tmp_path, program, packages=without).stdout.strip() == r"b'\xbax\x16\xbf'"
    assert _run("9.2.9", tmp_path, program, packages=packages).stdout.strip() == r"b'\xbax\x16\xbf'"
    said = _run("9.2.9", tmp_path, program, packages=without).stderr
    assert "ImportError: CircuitPython before 10.1 has no SHA-256: circup install adafruit_hashlib" in said


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
    for file in sorted([*(ROOT / "lib" / "cognito_mp").rglob("*.py"), *(ROOT / "lib" / "examples").rglob("*.py")]):
        assert _tuples_given_to_str(file.read_text()) == [], file
