"""An RP2040 that is a process: real firmware, a serial port for mpremote, and a network that leads to this host.

    with EmulatedRP2040(firmware, flash_image) as chip:
        chip.run("import ppp_link; ppp_link.connect()")

    python -m cognito_mp_tools.emulator.emulated_rp2040      one for other programs, until Ctrl-C

The chip is tools/emulator (node). Its network is slirp, a TCP/IP stack that needs no privileges and speaks PPP
with the firmware over UART0. From the chip, this host's 127.0.0.1 is HOST_ADDRESS.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from cognito_mp_tools.emulator import serial_pty, slirp
from cognito_mp_tools.emulator.programs import MissingPrograms, require_to_emulate
from cognito_mp_tools.firmware import rp2040_firmware
from cognito_mp_tools.packages.debian import NotDebian
from cognito_mp_tools.project import BUILD, ROOT

PROMPT = ">>> "

_EMULATOR = ROOT / "tools" / "emulator"
_TIMEOUT = 90.0
_TAIL = 4000
# How often, in seconds, to look whether the chip that mpremote talks to is still on.
_NOTICE = 2.0


class EmulatorFailed(RuntimeError):
    """The chip did not do what was asked. The message shows its console and what the emulator itself said."""


def prepare() -> None:
    """Check that this host has the programs, and fetch rp2040js the first time. Raises MissingPrograms."""
    require_to_emulate()
    lock = _EMULATOR / "package-lock.json"
    installed = _EMULATOR / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(npm, cwd=_EMULATOR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise MissingPrograms(f"{' '.join(npm)} failed in {_EMULATOR}:\n{done.stdout}")


class EmulatedRP2040:
    """An RP2040 with `firmware` (UF2) and its flash in the file `flash_image`, made if it is not there.

    Used with `with`, it is on from the start to the end. `until` is the text on its console that says it has
    started: the REPL's prompt, or for firmware with a main.py something that this prints. `seed` makes the chip's
    "random" numbers the same every time. `unique_id`, 16 hexadecimal digits, is its machine.unique_id(). `ports` of
    this computer's 127.0.0.1 lead to ports of the chip.
    """

    def __init__(
        self,
        firmware: Path,
        flash_image: Path,
        *,
        network: bool = True,
        seed: str | None = None,
        unique_id: str | None = None,
        until: str = PROMPT,
        timeout: float = _TIMEOUT,
        ports: Mapping[int, int] | None = None,
    ) -> None:
        self._ports = ports
        self.firmware = firmware
        self.flash_image = flash_image
        self.until = until
        self.timeout = timeout
        self._network = network
        self._seed = seed
        self._unique_id = unique_id
        self._folder = tempfile.TemporaryDirectory(prefix="emulated-rp2040-")
        self._messages = Path(self._path("messages"))
        self._changed = threading.Condition()
        self._process: subprocess.Popen[str] | None = None
        self._threads: list[threading.Thread] = []
        self._events: list[Mapping[str, Any]] = []
        self._console = bytearray()
        self._ended = True
        self._starts = 0
        self._started_at = 0

    def __enter__(self) -> EmulatedRP2040:
        self.power_on()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.power_off()
        self._folder.cleanup()

    @property
    def port(self) -> str:
        """The path of the serial port, for mpremote or any terminal program; the same over resets."""
        return self._path("serial")

    @property
    def console(self) -> str:
        """All that the device has written to its REPL since it was first switched on."""
        return bytes(self._console).decode(errors="replace")

    @property
    def figures(self) -> Mapping[str, Any]:
        """After power-off: `reason`, `emulated_seconds`, `busy_cycles`, `flash_writes` and so on; else empty."""
        return next((event for event in reversed(self._events) if event["event"] == "off"), {})

    def power_on(
        self,
        *,
        until: str | None = None,
        cut_power_after_flash_writes: int | None = None,
        tear_last_write: bool = False,
    ) -> None:
        """Switch on and wait until the console says `until` ("" to wait only for the USB serial port).

        `cut_power_after_flash_writes` counts sectors erased and pages programmed from now on: the power goes at
        that one (see wait_until_off), with `tear_last_write` when it is half done.
        Raises EmulatorFailed, MissingPrograms.
        """
        if self._process is not None:
            raise ValueError("the chip is on")
        prepare()
        command = ["node", str(_EMULATOR / "emulator.mjs"), "--off-with-stdin", "--repl", self._path("repl")]
        command += ["--image", str(self.firmware), "--flash", str(self.flash_image)]
        command += ["--uart0", self._path("uart0")] if self._network else []
        command += ["--seed", self._seed] if self._seed is not None else []
        command += ["--unique-id", self._unique_id] if self._unique_id is not None else []
        if cut_power_after_flash_writes is not None:
            command += ["--cut-power-after-flash-writes", str(cut_power_after_flash_writes)]
        command += ["--tear-last-write"] if tear_last_write else []
        self._events.clear()
        self._ended = False
        self._started_at = len(self._console)
        self._messages.unlink(missing_ok=True)
        with self._messages.open("a") as messages:  # slirp adds to it too
            # The emulator goes when its stdin does, so that it never outlives this process.
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages, text=True
            )
        try:
            self._start(self._read_events)
            self._wait(lambda: bool(self._events), "to start")
            self._start(self._serve_serial_port)
            if self._network:
                self._start(self._serve_network)
            self._wait(lambda: self._has_event("serial"), "to set up USB")
            self.wait_for(self.until if until is None else until)
        except BaseException:
            self.power_off()
            raise

    def power_off(self) -> None:
        """Cut the power. Nothing is saved, because nothing needs to be: the flash image is always up to date."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def wait_for(self, text: str, timeout: float | None = None) -> None:
        """Wait until the device has written `text` since its last start or reset. Raises EmulatorFailed."""
        wanted = text.encode()
        self._wait(lambda: self._console.find(wanted, self._started_at) >= 0, f"to write {text!r}", timeout)

    def wait_until_off(self, timeout: float | None = None) -> Mapping[str, Any]:
        """Wait until the emulator ends by itself, as at a power cut, and return `figures`. Raises EmulatorFailed."""
        self._wait(lambda: self._has_event("off"), "to go off", timeout)
        self.power_off()
        return self.figures

    def mpremote(self, *words: str, timeout: float | None = None) -> str:
        """What `mpremote connect PORT words...` prints. Unless the first word is "resume", the device is soft-reset
        first, as ever with mpremote, and loses its network link. Raises EmulatorFailed."""
        command = [sys.executable, "-m", "mpremote", "connect", self.port, *words]
        # What follows the verb, such as the code to execute, may hold a secret.
        shown = f"mpremote {' '.join(words[:2])}"
        limit = timeout or self.timeout
        end = time.monotonic() + limit
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
            while True:
                try:
                    printed, problems = program.communicate(timeout=_NOTICE)
                    break
                except subprocess.TimeoutExpired as late:
                    # At a power cut it should end by itself, but nothing may depend on that.
                    if self._ended or time.monotonic() > end:
                        program.kill()
                        raise self._failure(f"{shown} did not end in {limit:g} s, or by the power cut") from late
        if program.returncode:
            raise self._failure(f"{shown} failed:\n{printed}{problems}")
        return printed

    def run(self, code: str, timeout: float | None = None) -> str:
        """Run `code` on the device as it is, without a soft reset, and return what it prints."""
        return self.mpremote("resume", "exec", code, timeout=timeout)

    def run_until_off(self, code: str, timeout: float | None = None) -> Mapping[str, Any] | None:
        """Run `code` with a power cut ahead: returns `figures` when that came, None when `code` ended first.

        Raises EmulatorFailed when `code` failed and the power was not cut.
        """
        try:
            self.run(code, timeout)
        except EmulatorFailed as problem:
            try:
                return self.wait_until_off(timeout=5)
            except EmulatorFailed:
                raise problem from None
        return None

    def reset(self, until: str | None = None) -> None:
        """machine.reset(), and wait until the device is back and its console says `until`."""
        before = self._starts
        self.mpremote("resume", "reset")
        self.wait_for_reset(before)
        self.wait_for(self.until if until is None else until)

    def wait_for_reset(self, starts: int | None = None) -> None:
        """Wait until the device has started again since `starts` (see the attribute of that name); default, now."""
        before = self._starts if starts is None else starts
        self._wait(lambda: self._starts > before, "to reset")

    @property
    def starts(self) -> int:
        """How often the device has been switched on or reset."""
        return self._starts

    def _path(self, name: str) -> str:
        return str(Path(self._folder.name) / name)

    def _has_event(self, name: str) -> bool:
        return any(event["event"] == name for event in self._events)

    def _wait(self, done: Callable[[], bool], what: str, timeout: float | None = None) -> None:
        limit = self.timeout if timeout is None else timeout
        with self._changed:
            self._changed.wait_for(lambda: done() or self._ended, timeout=limit)
            if done():
                return
        if self._ended:
            raise self._failure(f"the emulator ended; the chip was expected {what}")
        raise self._failure(f"the chip was expected {what} within {limit:g} s")

    def _failure(self, what: str) -> EmulatorFailed:
        messages = self._messages.read_text(errors="replace") if self._messages.exists() else ""
        code = None if self._process is None else self._process.poll()
        state = "runs" if code is None else f"ended with {code}"
        return EmulatorFailed(
            f"{what}\n--- its console:\n{self.console[-_TAIL:]}\n"
            f"--- the emulator {state}, has made {self._starts} serial ports and said:\n"
            f"{self._events}\n{messages[-_TAIL:]}"
        )

    # The threads: each ends when the emulator does, because its socket or pipe then does.

    def _start(self, serve: Callable[[], None]) -> None:
        thread = threading.Thread(target=serve, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _read_events(self) -> None:
        process = self._process
        if process is None or process.stdout is None:
            return
        for line in process.stdout:
            with self._changed:
                self._events.append(json.loads(line))
                self._changed.notify_all()
        process.wait()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _serve_serial_port(self) -> None:
        """Join the REPL to a pty. At a reset both ends drop, as a USB device does, and come back."""
        while True:
            try:
                line = serial_pty.connect(self._path("repl"))
            except OSError:
                return  # the emulator is gone
            with line:
                terminal = serial_pty.open_pty(self.port)
                with self._changed:
                    self._starts += 1
                    self._started_at = len(self._console)
                    self._changed.notify_all()
                try:
                    serial_pty.relay(line, terminal, self._record, wait_for_reader=True)
                finally:
                    os.close(terminal)

    def _record(self, said: bytes) -> None:
        with self._changed:
            self._console += said
            self._changed.notify_all()

    def _serve_network(self) -> None:
        slirp.serve(self._path("uart0"), Path(self._folder.name), self._messages, self._ports)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="emulated_rp2040", description="Run an emulated RP2040, with a serial port for mpremote and cognito-mp."
    )
    parser.add_argument("--firmware", type=Path, help="a UF2 (default: build boards/EMULATED_RP2040)")
    parser.add_argument("--variant", default="", help="without --firmware: the board's variant to build, such as BARE")
    parser.add_argument("--flash", type=Path, default=BUILD / "rp2040" / "flash.img", help="where the flash is kept")
    options = parser.parse_args()
    try:
        firmware = options.firmware or rp2040_firmware.build(variant=options.variant)
        with EmulatedRP2040(firmware, options.flash, until="") as chip:
            print(f"serial port {chip.port}, flash in {options.flash}; Ctrl-C switches it off")
            print(f"REPL: {sys.executable} -m mpremote connect {chip.port} repl")
            print("network: `import ppp_link; ppp_link.connect()`; this host's 127.0.0.1 is 10.0.2.2", flush=True)
            chip.wait_until_off(timeout=threading.TIMEOUT_MAX)
    except KeyboardInterrupt:
        print("It is off.")
    except (NotDebian, RuntimeError) as problem:
        sys.exit(f"emulated_rp2040: {problem}")


if __name__ == "__main__":
    main()
