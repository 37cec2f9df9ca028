"""What a sign-in with tokens of real size takes of the heap, and that it imports what `make size` says."""

from __future__ import annotations

import json
from pathlib import Path

import cognito_mp
import pytest
from cognito_mp_tools.library.bytecode import architectures
from cognito_mp_tools.library.mpy_size import PLAIN_SIGN_IN, sizes
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from conftest import HERE, Interpreter
from fake_cognito.service_model import request_violations
from smallest_heap import LARGEST, SRP, SmallestHeap

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


# kB, by the bits of a word: `make bench` searches for the figures. docs/design.md says what stands in the way of less.
HEAPS = {32: 50, 64: 72}
# The same for a sign-in by SRP in 32-bit words, by ints; 67 before there was machine code for RISC-V and Xtensa, too.
# In 64 to 66 it fits most times: pieces lie where luck has them.
SRP_HEAP = 67
PLAIN_SIGN_IN_BYTES = 15_850


@pytest.mark.parametrize("bits", HEAPS)
def test_a_sign_in_a_restart_and_another_sign_in_fit(bits: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    interpreter: Interpreter = request.getfixturevalue({32: "micropython_32_bit", 64: "oldest_micropython"}[bits])
    with SmallestHeap(interpreter.command[0], tmp_path) as boots:
        # A larger heap lays its pieces elsewhere.
        for size in (HEAPS[bits], HEAPS[bits] + 1, HEAPS[bits] + 2, HEAPS[bits] + 9, LARGEST):
            print(f"{size} kB of {bits}-bit words: {boots.run(size)}")


def test_a_sign_in_by_srp_fits(micropython_32_bit: Interpreter, tmp_path: Path) -> None:
    with SmallestHeap(micropython_32_bit.command[0], tmp_path, SRP) as boot:
        for size in (SRP_HEAP, SRP_HEAP + 1, SRP_HEAP + 2, SRP_HEAP + 9, LARGEST):
            print(f"{size} kB: {boot.run(size)}")


def test_the_core_is_what_size_says(oldest_micropython: Interpreter, tmp_path: Path) -> None:
    imported = _run(oldest_micropython, tmp_path, "1M").splitlines()[-1].split()
    modules = {name.partition(".")[2] or "__init__" for name in imported}
    folders = {"crypto", "flows", "stores", "transports"}
    # The program signs in over no session, and refreshes.
    assert modules - folders - {"flows.refresh", "renewal"} == set(PLAIN_SIGN_IN)


def test_the_core_does_not_grow_unseen() -> None:
    found = sizes()
    assert sum(found[module] for module in PLAIN_SIGN_IN) <= PLAIN_SIGN_IN_BYTES


def _importable(interpreter: Interpreter) -> list[str]:
    modules = [module for module in sorted(sizes()) if not architectures(module.replace(".", "/"))]
    return [module for module in modules if interpreter.name == "cpython" or not module.startswith("ports")]


def test_every_module_can_be_imported(interpreter: Interpreter, tmp_path: Path) -> None:
    names = ["cognito_mp", *(f"cognito_mp.{module}" for module in _importable(interpreter) if module != "__init__")]
    program = tmp_path / "imports.py"
    program.write_text("\n".join(f"import {name}" for name in names))
    interpreter.run(program)


PUBLIC = [
    "Client",
    "AsyncClient",
    "Tokens",
    "Challenge",
    "CognitoError",
    "NotSignedIn",
    "StoreError",
    "CertificateError",
    "RequestsTransport",
    "FileStore",
    "RamStore",
    "NvmStore",
    "NvsStore",
    "SealedStore",
    "SealError",
    "account",
    "challenges",
    "claims",
    "clock",
    "identity_pool",
    "oauth2",
    "sigv4",
    "srp",
    "testing",
    "totp",
]


def test_the_public_names_are_all_listed_here() -> None:
    places = [line.split() for line in cognito_mp._PLACES.split("\n")]  # type: ignore[attr-defined]
    names = [name for path, *classes in places for name in classes or [path.rpartition(".")[2]]]
    assert sorted(names) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_found(interpreter: Interpreter, tmp_path: Path, name: str) -> None:
    program = tmp_path / "imports.py"
    program.write_text(f"from cognito_mp import {name}\nprint({name}.__name__)")
    printed = interpreter.run(program).strip()
    assert printed.rpartition(".")[2] == name


def test_other_names_are_attribute_errors_and_a_failed_import_says_so_itself(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    program = tmp_path / "imports.py"
    program.write_text(
        """
import sys
import cognito_mp
for name in ("Nothing", "flows", "session", "", "clients"):
    try:
        getattr(cognito_mp, name)
    except AttributeError:
        continue
    raise Exception(name)
sys.modules["cognito_mp.crypto.hmac_sha256"] = sys  # has no hmac_sha256
try:
    cognito_mp.totp
except ImportError as error:
    print(error)
"""
    )
    assert "hmac_sha256" in interpreter.run(program)
