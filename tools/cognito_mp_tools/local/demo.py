"""`make demo`: a watch signs in to a Cognito on this machine, loses power, and is still signed in.

    python -m cognito_mp_tools.local.demo

The server is ministack, behind TLS with a CA made for this run; the watch is the MicroPython unix port, and where there
is none, this Python.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from cognito_mp_tools.library import mpy_size
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.packages import unix_port
from cognito_mp_tools.project import LIBRARY

_PROGRAM = Path(__file__).with_name("demo_device.py")


def _say(text: str) -> None:
    print(text, flush=True)


def _watch() -> tuple[str, dict[str, str]]:
    """The interpreter that is the watch, and the variables with which it finds the library. Raises RuntimeError."""
    try:
        return unix_port.any_micropython(), {"MICROPYPATH": f"{mpy_size.compile_library()}:.frozen"}
    except unix_port.NoMicroPython as reason:
        _say(f"The watch is this computer's own Python, with the same library, because {reason}.\n")
        return sys.executable, {"PYTHONPATH": str(LIBRARY)}


def _boot(watch: tuple[str, dict[str, str]], settings: Path, step: str, token: Path) -> None:
    interpreter, variables = watch
    environment = {**os.environ, **variables}
    command = [interpreter, str(_PROGRAM), str(settings), step, str(token)]
    done = subprocess.run(command, env=environment, stdout=sys.stdout, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"demo: the device stopped with an error\n{done.stderr}")


def main() -> None:
    """Run the demo; exits with a message and 1 when it can't."""
    try:
        watch = _watch()
    except RuntimeError as reason:
        sys.exit(f"demo: {reason}")
    with LocalCognito("ministack") as server, tempfile.TemporaryDirectory() as folder:
        flash = Path(folder) / "flash"
        flash.mkdir()
        (Path(folder) / "ca.der").write_bytes(server.ca.der)
        idp = server.admin()
        pool, app = server.add_pool()
        temporary, chosen = (f"{secrets.token_hex(8)}-Aa1" for _ in range(2))
        idp.admin_create_user(UserPoolId=pool, Username="alice", TemporaryPassword=temporary, MessageAction="SUPPRESS")
        _say(f"A Cognito of our own is up: {server.endpoint}, TLS with a CA made for this run.")
        _say(f"It has a user pool ({pool}), an app client with a secret, and alice with a temporary password.\n")

        settings = Path(folder) / "settings.json"
        settings.write_text(
            json.dumps(
                {
                    "region": REGION,
                    "client_id": app["ClientId"],
                    "client_secret": app["ClientSecret"],
                    "endpoint": server.endpoint,
                    "ca": str(Path(folder) / "ca.der"),
                    "flash": str(flash),
                    "store": str(flash / "session"),
                    "username": "alice",
                    "temporary_password": temporary,
                    "password": chosen,
                }
            )
        )
        token = Path(folder) / "access_token"
        _say("First boot:")
        _boot(watch, settings, "first", token)
        handshakes = server.front.handshakes
        _say(f"  ({handshakes} TLS handshake for the sign-in and the new password)\n")
        _say("The power goes. Second boot, same flash:")
        _boot(watch, settings, "again", token)
        _say(f"  ({server.front.handshakes - handshakes} TLS handshake)\n")
        name = idp.get_user(AccessToken=token.read_text())["Username"]
        _say(f"Cognito's GetUser takes the watch's access token: it is {name}'s. That is the main job.")


if __name__ == "__main__":
    main()
