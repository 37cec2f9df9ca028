"""The network of an emulated device: slirp, a TCP/IP stack that needs no privileges and speaks PPP with it."""

from __future__ import annotations

import os
import pty
import select
import shutil
import socket
import subprocess
import tty
from collections.abc import Mapping
from pathlib import Path

from cognito_mp_tools.emulator.serial_pty import connect, relay
from cognito_mp_tools.project import BUILD, ROOT

# The guest, as slirp calls it.
_GUEST = "10.0.2.15"


def serve(uart: str, folder: Path, messages: Path, ports: Mapping[int, int] | None = None) -> None:
    """Join a UART to a slirp until the emulator ends. slirp ends when the device hangs up; the device's next byte
    starts another.

    uart      the path of the emulator's socket
    folder    for slirp's home, without a .slirprc
    messages  the file for what slirp says
    ports     of this computer's 127.0.0.1, and the port of the device that each leads to
    """
    redirections = [f"redir tcp {here} {_GUEST}:{there}" for here, there in (ports or {}).items()]
    try:
        line = connect(uart)
    except OSError:
        return
    with line:
        while select.select([line], [], []) and line.recv(1, socket.MSG_PEEK):
            terminal, slirp = _start(folder, messages, redirections)
            try:
                relay(line, terminal)
            finally:
                os.close(terminal)
                # At SIGTERM it first waits for its connections to end, which they may never do.
                slirp.kill()
                slirp.wait()


def _start(folder: Path, messages: Path, redirections: list[str]) -> tuple[int, subprocess.Popen[bytes]]:
    # "fullbolt" is Debian's slirp without the limit to the speed of a modem.
    program = shutil.which("slirp-fullbolt") or "slirp"
    master, slave = pty.openpty()
    tty.setraw(slave)
    # HOME: its ~/.slirprc is not ours.
    environment = {**os.environ, "HOME": str(folder), "LD_PRELOAD": str(_address_library())}
    with messages.open("a") as output:
        slirp = subprocess.Popen(
            [program, "-P", *redirections],
            stdin=slave,
            stdout=slave,
            stderr=output,
            env=environment,
            start_new_session=True,
        )
    os.close(slave)
    return master, slirp


def _address_library() -> Path:
    """The library that tells slirp its address, compiled when it is not there; slirp_address.c says why."""
    source = ROOT / "tools" / "emulator" / "slirp_address.c"
    library = BUILD / "rp2040" / "slirp_address.so"
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        library.parent.mkdir(parents=True, exist_ok=True)
        partial = library.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", str(partial), str(source)], check=True)
        partial.rename(library)
    return library
