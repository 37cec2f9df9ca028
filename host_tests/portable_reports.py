"""What portable/run.py prints where a Python has no sockets for the library's own transport, and how it is judged."""

from __future__ import annotations

import subprocess

# They make a client with the library's own transport.
_OWN_TRANSPORT = {"test_aio.test_its_own_transport_has_the_clients_clock", "test_client.test_bad_arguments_are_named"}


def check(done: subprocess.CompletedProcess[str], refused: str) -> None:
    """Fail where a test failed, but for those that need that transport, and are refused in the words `refused`."""
    lines = done.stdout.splitlines()
    failed = [line for line in lines if ": FAIL " in line]
    unexpected = [line for line in failed if not (refused in line and line.partition(":")[0] in _OWN_TRANSPORT)]
    assert unexpected == []
    assert lines and " passed, " in lines[-1], done.stderr
    assert done.returncode == bool(failed)
