"""A sign-in with tokens of real size fits in a heap of 48 kB, and imports what `make size` says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cognito_model import request_violations
from cognito_mp_tools.mpy_size import PLAIN_SIGN_IN, sizes
from cognito_mp_tools.throwaway_ca import ThrowawayCa
from cognito_mp_tools.tls_front import Request, Response, TlsFront
from conftest import HERE, Interpreter

PROGRAM = HERE / "device" / "small_heap.py"


def _tokens(request: Request) -> Response:
    assert not request_violations(request)
    number = json.loads(request.body)["AuthParameters"].get("REFRESH_TOKEN", "")[:1] or "a"
    result = {
        "AccessToken": number + "a" * 1099,
        "IdToken": number + "i" * 1299,
        "ExpiresIn": 3600,
        "TokenType": "Bearer",
    }
    if "PASSWORD" in json.loads(request.body)["AuthParameters"]:
        result["RefreshToken"] = "r" * 1800
    return Response(body=json.dumps({"AuthenticationResult": result, "ChallengeParameters": {}}).encode())


def _run(interpreter: Interpreter, folder: Path, heap: str) -> str:
    ca = ThrowawayCa()
    (folder / "ca.der").write_bytes(ca.der)
    with TlsFront(_tokens, ca.server_context("127.0.0.1")) as front:
        arguments = (f"https://127.0.0.1:{front.port}", str(folder / "ca.der"), str(folder / "session"))
        return interpreter.run(PROGRAM, *arguments, options=("-X", f"heapsize={heap}"))


def test_48_kb_are_enough(oldest_micropython: Interpreter, tmp_path: Path) -> None:
    print(_run(oldest_micropython, tmp_path, "48K"))


def test_the_core_is_what_size_says(oldest_micropython: Interpreter, tmp_path: Path) -> None:
    imported = _run(oldest_micropython, tmp_path, "1M").splitlines()[-1].split()
    rooms = {name.partition(".")[2] or "__init__" for name in imported}
    assert rooms - {"refreshing"} == set(PLAIN_SIGN_IN), "refreshing is imported by the refresh alone"


def test_the_core_is_at_most_9_kb() -> None:
    found = sizes()
    assert sum(found[room] for room in PLAIN_SIGN_IN) <= 9_000


@pytest.mark.parametrize("room", sorted(sizes()))
def test_every_room_can_be_imported_both_ways(interpreter: Interpreter, tmp_path: Path, room: str) -> None:
    if room.endswith(("cpython", "circuitpython")) and interpreter.name != "cpython" or room == "sha256_circuitpython":
        pytest.skip(f"{room} is for another Python")
    program = tmp_path / "imports.py"
    lines = ["import cognito_mp"]
    if room != "__init__":
        lines = [f"import cognito_mp.{room}", f"from cognito_mp import {room}"]
        lines.append(f"assert {room}.__name__ == 'cognito_mp.{room}'")
    program.write_text("\n".join(lines))
    interpreter.run(program)
