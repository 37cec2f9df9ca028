"""One command of a build: what it prints goes to a log, and the log's end into the error."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_TAIL = 40  # lines


class BuildFailed(RuntimeError):
    """A build step failed; the message holds the end of its log and the log's path."""


def run(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
    """Run `command` and append it, and what it prints, to `log`. Raises BuildFailed when it doesn't exit with 0."""
    with log.open("a") as output:
        output.write(f"\n$ {' '.join(command)}\n")
        output.flush()
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-_TAIL:])
        raise BuildFailed(f"{tail}\n{command[0]} failed; all of it is in {log}")


def environment() -> dict[str, str]:
    """This process's environment variables, without those that a `make` of ours hands down: upstream's makefiles have
    variables of the same names."""
    ours = {"MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "BOARD", "BOARD_VARIANT"}
    return {name: value for name, value in os.environ.items() if name not in ours}
