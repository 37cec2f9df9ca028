"""`make emulate`: an RP2040 to type at, with cognito_mp in its firmware and a Cognito of its own behind it.

    python -m cognito_mp_tools.emulator.emulate

The chip is emulated, the server is ministack behind TLS; both, and all that was done with them, are gone at the end.
"""

from __future__ import annotations

import contextlib
import secrets
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from cognito_mp_tools.emulator import serial_pty
from cognito_mp_tools.emulator.emulated_rp2040 import EmulatedRP2040, prepare
from cognito_mp_tools.emulator.rp2040_filesystem import write_files
from cognito_mp_tools.firmware import rp2040_firmware
from cognito_mp_tools.local.cognito import REGION, LocalCognito
from cognito_mp_tools.local.host_addresses import HOST_ADDRESS
from cognito_mp_tools.packages.debian import NotDebian

# README has the same lines; `demo` is the module that _demo_module() writes. Printed as they are, with no indentation:
# the REPL would take it for a mistake in what is pasted.
TO_TYPE = """\
from cognito_mp import Client, FileStore, Tokens
import demo
client = Client(demo.region, demo.client_id, demo.client_secret, store=FileStore("session"),
                endpoint=demo.endpoint, cadata=demo.cadata)
answer = client.sign_in("alice", demo.temporary_password)
print(answer)
answer = client.set_new_password(answer, "Correct-Horse-9")
print(client.signed_in, len(client.access_token()))
"""

_INTRODUCTION = """
The chip is on. Its firmware is MicroPython's own for the RP2040 with cognito_mp frozen in, its network leads to a
Cognito on this computer, and alice has an account there with a temporary password. Type this, or paste it:

{lines}
Then reset the device with Ctrl-D and make the client again, as above: client.signed_in is still True, because the
session is on its flash. Ctrl-] leaves, and all of this is gone.
"""

_BOOT = f"""\
# Runs at every start and reset: the network, then the clock, without which no certificate can be checked.
def _go_online():
    import machine, ppp_link, socket, time
    ppp_link.connect()
    line = socket.socket()
    line.settimeout(10)
    line.connect(("{HOST_ADDRESS}", {{time_port}}))
    year, month, day, hour, minute, second, weekday, _ = time.gmtime(int.from_bytes(line.read(4), "big") - 2208988800)
    line.close()
    machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))
    print("online; the clock is set")


_go_online()
del _go_online
"""

_DEMO = '''\
"""The Cognito behind this device. All of it is made up for this run, and gone after it."""

region = {region!r}
user_pool_id = {user_pool_id!r}
client_id = {client_id!r}
client_secret = {client_secret!r}
endpoint = {endpoint!r}
temporary_password = {temporary_password!r}
with open("/ca.der", "rb") as _file:
    cadata = _file.read()
'''

# From 1900, where the Time Protocol starts, to 1970.
_SECONDS_TO_1970 = 2208988800


def _say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def time_server() -> Iterator[int]:
    """The time, by the Time Protocol of RFC 868, on a port of 127.0.0.1 that is yielded.

    NTP has a port number below 1024, which a person's own programs may not listen on.
    """

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # closed: the end
            while True:
                client, _ = listener.accept()
                with client, contextlib.suppress(OSError):
                    client.sendall((int(time.time()) + _SECONDS_TO_1970).to_bytes(4, "big"))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _demo_module(server: LocalCognito) -> str:
    """Make a pool, an app client with a secret and alice; the module that tells the device of them."""
    admin = server.admin()
    pool_id, app = server.add_pool()
    password = f"{secrets.token_hex(6)}-Aa1"
    admin.admin_create_user(UserPoolId=pool_id, Username="alice", TemporaryPassword=password, MessageAction="SUPPRESS")
    return _DEMO.format(
        region=REGION,
        user_pool_id=pool_id,
        client_id=app["ClientId"],
        client_secret=app["ClientSecret"],
        endpoint=f"https://{HOST_ADDRESS}:{server.front.port}",
        temporary_password=password,
    )


@contextlib.contextmanager
def device() -> Iterator[EmulatedRP2040]:
    """A chip that is on and online, with the product's firmware, `demo` on its flash and a Cognito behind it.

    Raises what building the firmware and starting the parts does: RuntimeError of some kind, or NotDebian.
    """
    prepare()
    firmware = rp2040_firmware.build()
    with contextlib.ExitStack() as parts:
        _say("starting a Cognito on this computer ...")
        server = parts.enter_context(LocalCognito("ministack"))
        time_port = parts.enter_context(time_server())
        folder = parts.enter_context(tempfile.TemporaryDirectory(prefix="cognito-mp-emulate-"))
        flash_image = Path(folder) / "flash.img"
        files = {"/demo.py": _demo_module(server), "/boot.py": _BOOT.format(time_port=time_port)}
        contents = {path: text.encode() for path, text in files.items()}
        write_files(flash_image, {**contents, "/ca.der": server.ca.der})
        _say("switching the chip on ...")
        yield parts.enter_context(EmulatedRP2040(firmware, flash_image))


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def talk(chip: EmulatedRP2040) -> None:
    """Join this terminal to the chip's REPL, over resets, until Ctrl-] or Ctrl-X, or the end of stdin."""
    with serial_pty.raw_terminal():
        starts = chip.starts
        while serial_pty.talk(chip.port):
            chip.wait_for_reset(starts)
            starts = chip.starts


def main() -> None:
    # Whatever ends us, the server and the chip must end too.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        with device() as chip:
            _say(_INTRODUCTION.format(lines=TO_TYPE))
            talk(chip)
        _say("\nThe chip is off, the Cognito has ended.")
    except (NotDebian, RuntimeError, OSError) as problem:
        sys.exit(f"emulate: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
