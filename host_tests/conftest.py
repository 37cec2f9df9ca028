"""What the tests share: the Pythons that they run on, and the servers that they run against."""

from __future__ import annotations

import functools
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import long_tests
import pytest
from chip_figures import pytest_terminal_summary, record_figure  # noqa: F401 (a hook and a fixture)
from cognito_mp_tools.emulator.programs import MissingPrograms
from cognito_mp_tools.library import mpy_size
from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.local.tls_front import Request
from cognito_mp_tools.packages import unix_port, unix_port_32_bit
from cognito_mp_tools.packages.debian import NotDebian
from cognito_mp_tools.project import LIBRARY
from fake_cognito.service_model import violations
from listening_sockets import refuse_other_networks
from time_server import time_server  # noqa: F401 (a fixture)

HERE = Path(__file__).parent
# Fixtures that build firmware for the emulated chip.
_FIRMWARE = {"bare_firmware", "product_firmware"}
# Fixtures that need QEMU.
_QEMU = {"rv32_firmware_image", "each_rv32_firmware_image", "qemu_xtensa"}


refuse_other_networks()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make test` leaves to others: to `make test-rp2040`, `make test-native` and `make test-long`."""
    long_tests.mark(items)
    for item in items:
        if isinstance(item, pytest.Function) and _QEMU.intersection(item.fixturenames):
            item.add_marker("native")
        if isinstance(item, pytest.Function) and _FIRMWARE.intersection(item.fixturenames):
            item.add_marker("emulator")
            if not item.get_closest_marker("timeout"):
                # A time-out is for what hangs, and a chip is slow where several are emulated on one computer.
                item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="module", autouse=True)
def loaded_is_not_looked_through() -> None:
    """Keep what is loaded out of the collector's way, moto and botocore too: a client collects after each reply."""
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class Interpreter:
    """A Python to run device programs on: a command, and the folder that holds the library for it."""

    name: str
    command: tuple[str, ...]
    library: Path

    def run(self, program: Path | str, *arguments: str, options: tuple[str, ...] = (), timeout: float = 60) -> str:
        """What `program` prints; pytest fails, and shows it, when it doesn't exit with 0."""
        done = self.start(program, *arguments, options=options, timeout=timeout)
        if done.returncode:
            pytest.fail(f"{self.name} {program} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(
        self,
        program: Path | str,
        *arguments: str,
        options: tuple[str, ...] = (),
        timeout: float = 60,
        folder: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run `program` to its end, with the library on its path; in `folder`, or where this runs."""
        return subprocess.run(
            [*self.command, *options, str(program), *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=folder,
            env=self.environment(),
        )

    def environment(self) -> dict[str, str]:
        """The environment variables that put the library on the program's path."""
        if self.name == "cpython":
            return {**os.environ, "PYTHONPATH": str(self.library), "PYTHONUNBUFFERED": "1"}  # as MicroPython's print is
        return {**os.environ, "MICROPYPATH": f"{self.library}:.frozen"}  # asyncio is frozen in


def _micropython(source: str) -> Interpreter:
    try:
        program = unix_port.from_pypi() if source in unix_port.PYPI else unix_port.from_debian(source)
    except (NotDebian, unix_port.NotInstalled) as reason:
        if os.environ.get("CI"):
            pytest.fail(f"MicroPython {source}: {reason}")
        pytest.skip(f"MicroPython {source}: {reason}")
    name = {**unix_port.TESTED, **unix_port.PYPI}[source]
    return Interpreter(f"micropython-{name}", (program,), mpy_size.compile_library())


def _python(source: str) -> Interpreter:
    return Interpreter("cpython", (sys.executable,), LIBRARY) if source == "cpython" else _micropython(source)


def heed_ctrl_c() -> None:
    """For Popen's preexec_fn: a shell starts what it runs in the background, perhaps tests, with Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", params=["cpython", *unix_port.TESTED])
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    """CPython and each MicroPython in turn."""
    return _python(request.param)


@pytest.fixture(scope="session", params=["cpython", *unix_port.TESTED, *unix_port.PYPI])
def networked(request: pytest.FixtureRequest) -> Interpreter:
    """As `interpreter`, and the newest MicroPython too: for what stands on a port's sockets and its TLS."""
    return _python(request.param)


@pytest.fixture(scope="session", params=list(unix_port.TESTED))
def micropython(request: pytest.FixtureRequest) -> Interpreter:
    """Each MicroPython in turn, with the library as .mpy."""
    return _micropython(request.param)


@pytest.fixture(scope="session")
def oldest_micropython() -> Interpreter:
    """MicroPython 1.25, with the library as .mpy."""
    return _micropython(next(iter(unix_port.TESTED)))


@pytest.fixture(scope="session")
def micropython_32_bit() -> Interpreter:
    """MicroPython 1.25 with 32-bit words, as microcontrollers have, with the library as .mpy; nothing is frozen in."""
    try:
        program = unix_port_32_bit.build()
    except (MissingPrograms, NotDebian) as reason:
        if os.environ.get("CI"):
            pytest.fail(f"MicroPython with 32-bit words: {reason}")
        pytest.skip(f"MicroPython with 32-bit words: {reason}")
    return Interpreter("micropython-1.25.0-32-bit", (program,), mpy_size.compile_library())


class ModelWatch:
    """Checks each request against botocore's model of the service; what breaks it is kept for the test's end."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.operations: list[str] = []

    def __call__(self, request: Request) -> None:
        if request.operation:
            self.operations.append(request.operation)
            target = request.headers["x-amz-target"]
            self.found += [f"{request.operation}: {violation}" for violation in violations(target, request.body)]

    def excuse(self, words: str) -> None:
        """Forget what was found for a reason that is the server's own."""
        self.found = [violation for violation in self.found if words not in violation]


@pytest.fixture(scope="module", params=["ministack", "moto"])
def cognito(request: pytest.FixtureRequest) -> Iterator[LocalCognito]:
    """ministack, then moto, behind TLS; every request to it must be valid by botocore's model."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    watch = ModelWatch()
    with LocalCognito(request.param, watch=watch, signed_calls=True) as server:
        yield server
    watch.excuse("ClientSecret does not match")  # both give out secrets with characters that AWS's have not
    assert not watch.found
    assert watch.operations


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        """Print nothing."""


@pytest.fixture
def web_server() -> Iterator[Callable[[Path], str]]:
    """web_server(folder) -> str: the address at which a server of this test's own serves the files of `folder`."""
    with ExitStack() as servers:

        def serve(folder: Path) -> str:
            server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_QuietHandler, directory=str(folder)))
            servers.enter_context(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            servers.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield serve
