"""Runs every portable test file as if on a CircuitPython board; circuitpython_stand_in/ says how far that goes."""

from __future__ import annotations

import ast
import base64
import json
import os
import subprocess
from pathlib import Path

import portable_reports
import pytest
from circuitpython_stand_in import interpreter
from cognito_mp_tools.library import mpy_size
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from cognito_mp_tools.project import ROOT
from faults.wire.breaking_server import BreakingServer

HERE = ROOT / "host_tests"
STAND_IN = HERE / "circuitpython_stand_in"
FILES = sorted([*(HERE / "portable").glob("test_*.py"), *STAND_IN.glob("test_*.py")])
# They hash so much that adafruit_hashlib's SHA-256, in Python, would take minutes: the others run with it.
HASH_A_LOT = {
    "test_a_stores_age",
    "test_after_sign_in",
    "test_file_store",
    "test_nvm_store",
    "test_nvs_store",
    "test_pairs_of_clients",
    "test_sealed_store",
    "test_sessions_that_survive",
    "test_transitions_that_fail",
    "test_what_must_not_come_back",
}
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


def _run(
    version: str, folder: Path, *words: object, packages: Path, heap: str = "8M"
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        interpreter.command(version, *words, heap=heap),  # type: ignore[arg-type]
        capture_output=True,
        text=True,
        timeout=800,
        cwd=folder,
        env=interpreter.environment(packages),
    )
    print(done.stdout, done.stderr)
    return done


@pytest.mark.timeout(900)  # SHA-256 in Python, for 9.2, takes its time where the computer is busy
@pytest.mark.parametrize("version", interpreter.VERSIONS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_on_circuitpython_stand_in(file: Path, version: str, packages: Path, tmp_path: Path) -> None:
    quick = "+sha256" if version == "9.2.9" and file.stem in HASH_A_LOT else ""
    done = _run(version + quick, tmp_path, HERE / "portable" / "run.py", file.name, packages=packages)
    portable_reports.check(done, REFUSED)


def test_before_10_1_the_error_says_what_to_install(packages: Path, tmp_path: Path) -> None:
    without = interpreter.install(tmp_path / "without", "adafruit-circuitpython-hashlib")
    program = tmp_path / "hashes.py"
    program.write_text("from cognito_mp.crypto.hmac_sha256 import sha256\nprint(sha256(b'abc').digest()[:4])\n")
    assert _run("10.2.1", tmp_path, program, packages=without).stdout.strip() == r"b'\xbax\x16\xbf'"
    assert _run("9.2.9", tmp_path, program, packages=packages).stdout.strip() == r"b'\xbax\x16\xbf'"
    said = _run("9.2.9", tmp_path, program, packages=without).stderr
    assert "ImportError: CircuitPython before 10.1 has no SHA-256: circup install adafruit_hashlib" in said


# Bytes of the stack of frames that a call may take: boards have 2,048, and its caller keeps 600.
FRAMES = 2048 - 600


@pytest.mark.parametrize("version", interpreter.VERSIONS)
def test_a_refresh_leaves_its_caller_600_bytes_of_frames(version: str, packages: Path, tmp_path: Path) -> None:
    with BreakingServer() as server:
        url = f"http://127.0.0.1:{server.port}"
        printed = _run(version, tmp_path, STAND_IN / "depth_of_frames.py", url, packages=packages).stdout
    taken = {name: int(count) for name, count in (line.split() for line in printed.splitlines())}
    assert set(taken) == {"refresh", "access_token", "sign_in"}
    assert max(taken.values()) <= FRAMES


def _token(letter: str, length: int) -> str:
    """A token of `length` characters whose claims can be read."""
    claims = base64.urlsafe_b64encode(json.dumps({"username": "alice", "pad": "x" * 480}).encode()).decode().rstrip("=")
    start = letter * 200 + "." + claims + "."
    return start + letter * (length - len(start))


def _tokens(request: Request) -> Response:
    asked = json.loads(request.body).get("AuthParameters", {})
    result = {"AccessToken": _token("a", 1079), "IdToken": _token("i", 1259), "ExpiresIn": 3600, "TokenType": "Bearer"}
    if "PASSWORD" in asked:
        result["RefreshToken"] = "r" * 1788
    return Response(body=json.dumps({"AuthenticationResult": result, "ChallengeParameters": {}}).encode())


# kB of heap in which a sign-in and a refresh go through, and a restart and a refresh, without TLS, by version.
# The least is some 4 kB less, by luck with where the pieces lie: the paths of this computer are among them.
HEAP = {"9.2.9": (124, 124), "10.2.1": (88, 88)}


@pytest.mark.parametrize("version", interpreter.VERSIONS)
def test_the_heap_of_a_sign_in_and_of_a_restart(version: str, packages: Path, tmp_path: Path) -> None:
    compiled = mpy_size.compile_library(tmp_path / "library")

    with TlsFront(_tokens, None) as front:

        def runs(what: str, kilobytes: int) -> bool:
            words = (f"http://127.0.0.1:{front.port}", tmp_path / "session", what, kilobytes * 1024)
            command = interpreter.command(version, STAND_IN / "heap_of_a_session.py", *words, heap="1M")
            path = interpreter.environment(compiled, packages)
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=path)
            assert "MemoryError" in done.stderr or not done.returncode, done.stderr
            return not done.returncode

        for what, kilobytes in zip(("sign_in", "restart", "sign_in"), (*HEAP[version], HEAP[version][0]), strict=True):
            assert runs(what, kilobytes), what


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
