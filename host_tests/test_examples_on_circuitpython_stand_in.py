"""The examples of the bundle for circup, run as if on a CircuitPython board."""

from __future__ import annotations

import json
import random
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from circuitpython_stand_in import interpreter
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from cognito_mp_tools.project import LIBRARY
from cognito_mp_tools.release import circuitpython_bundle
from fake_cognito.endpoint import FakeCognito
from test_on_circuitpython_stand_in import packages  # noqa: F401  # a fixture
from time_server import TimeServer

PASSWORD = "Correct-Horse-9"
CHOSEN = "Battery-Staple-7"
POOL = "eu-west-1_AbCdEf123"
NEWEST = interpreter.VERSIONS[-1]
# What imports these is run with what they import, or is a computer's.
NO_PROGRAMS = {"example_client.py", "boot.py", "code.py"}
PROGRAMS = sorted(path.name for path in (LIBRARY / "examples").glob("*.py") if path.name not in NO_PROGRAMS)


class Board:
    """A board with the bundle's library and examples on its drive, and a fake Cognito with alice in it."""

    def __init__(self, adafruits: Path, folder: Path) -> None:
        self.cognito = FakeCognito(now=time.time, randomness=random.Random(24))
        self.pool = self.cognito.add_pool(POOL)
        self.app = self.pool.add_app(secret=True)
        self.alice = self.pool.add_user("alice", PASSWORD, email="alice@example.com")
        self.ca = ThrowawayCa()
        self.front = TlsFront(self.cognito.handle, self.ca.server_context("localhost"))
        self.drive = folder / "drive"
        self._packages = adafruits
        with zipfile.ZipFile(circuitpython_bundle.write(folder)) as archive:
            archive.extractall(folder)
        (bundle,) = folder.glob(f"{circuitpython_bundle.NAME}-py-*/")
        bundle.rename(self.drive)

    def run(self, example: str, typed: str = "", *words: object, **settings: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            interpreter.command(NEWEST, self.drive / "examples" / example, *words),
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            cwd=self.drive,
            env={**interpreter.environment(self._packages, self.drive / "lib"), **settings},
        )
        print(example, done.stdout, done.stderr)
        assert str(self.app.secret) not in done.stdout + done.stderr
        return done


@pytest.fixture
def board(packages: Path, tmp_path: Path) -> Iterator[Board]:  # noqa: F811
    board = Board(packages, tmp_path)
    with board.front:
        yield board


@pytest.mark.parametrize("example", PROGRAMS)
def test_no_example_ends_in_an_import_error(board: Board, example: str) -> None:
    settings = {
        "region": "eu-west-1",
        "client_id": board.app.id,
        "client_secret": board.app.secret,
        "user_pool_id": POOL,
        "endpoint": f"https://localhost:{board.front.port}",
        "ca": board.ca.pem.decode(),
        "username": "alice",
        "password": PASSWORD,
    }
    (board.drive / "settings.json").write_text(json.dumps(settings))
    done = board.run(example, "2580\n" * 3, "settings.json")
    assert "ImportError" not in done.stderr and "AttributeError" not in done.stderr
    # The latter where it is a setting of the example's own that is missing.
    assert board.cognito.operations or example == "sign_out.py" or "KeyError" in done.stderr
    if example in ("sign_in.py", "asyncio_tasks.py", "token_claims.py", "adafruit_requests_sign_in.py"):
        assert done.returncode == 0


def test_code_py_signs_in_and_after_a_restart_refreshes(board: Board) -> None:
    board.alice.status = "FORCE_CHANGE_PASSWORD"
    asked: list[str] = []

    def api(request: Request) -> Response:
        asked.append(request.headers["authorization"])
        return Response()

    (board.drive / "ca.pem").write_bytes(board.ca.pem)
    clock = TimeServer()
    with TlsFront(api, board.ca.server_context("localhost")) as front:
        settings = {
            "COGNITO_REGION": "eu-west-1",
            "COGNITO_CLIENT_ID": board.app.id,
            "COGNITO_CLIENT_SECRET": board.app.secret or "",
            "COGNITO_ENDPOINT": f"https://localhost:{board.front.port}",
            "COGNITO_CA": "ca.pem",
            "NTP_SERVER": "127.0.0.1",
            "NTP_PORT": str(clock.port),
            "API_URL": f"https://localhost:{front.port}/reading",
        }
        first = board.run("code.py", f"alice\n{PASSWORD}\n{CHOSEN}\n", **settings)
        second = board.run("code.py", **settings)
    clock.close()
    assert clock.asked == 2
    assert "signed in; the session is on the drive" in first.stdout and "the API says 200" in first.stdout
    assert "signed in already" in second.stdout and "the API says 200" in second.stdout
    assert board.cognito.operations == ["InitiateAuth", "RespondToAuthChallenge", "InitiateAuth"]
    assert len(set(asked)) == 2 and all(each.startswith("Bearer ") for each in asked)
    assert board.cognito.violations == []


def test_an_untrusted_server_is_a_certificate_error(board: Board) -> None:
    settings = {
        "region": "eu-west-1",
        "client_id": board.app.id,
        "endpoint": f"https://localhost:{board.front.port}",
        "username": "alice",
        "password": PASSWORD,
    }
    for ca in (None, ThrowawayCa().pem.decode()):
        (board.drive / "settings.json").write_text(json.dumps({**settings, "ca": ca}))
        said = board.run("sign_in.py", "", "settings.json").stderr
        assert "CertificateError" in said and board.front.handshakes == 0


@pytest.mark.parametrize("held", [True, False])
def test_boot_py_gives_the_drive_to_whom_the_button_says(board: Board, held: bool) -> None:
    (board.drive / "lib" / "board.py").write_text("BUTTON = 'the button'\n")
    (board.drive / "lib" / "digitalio.py").write_text(
        "class Pull:\n    UP = 'up'\n"
        "class DigitalInOut:\n"
        "    def __init__(self, pin): assert pin == 'the button'\n"
        f"    def switch_to_input(self, pull): assert pull == 'up'; self.value = {not held}\n"
    )
    (board.drive / "lib" / "storage.py").write_text("def remount(path, readonly):\n    print(path, readonly)\n")
    done = board.run("boot.py")
    assert done.stdout.split() == ["/", str(held)]
