"""A MicroPython board on a serial port, spoken to over mpremote's transport.

with DeviceLink("/dev/ttyACM0") as link:
    version = link.ask("import sys, json; print(json.dumps(list(sys.implementation.version)))")
"""

from __future__ import annotations

import contextlib
import json
import struct
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

from cognito_mp_tools.board.serial_ports import chosen, why_closed
from cognito_mp_tools.failures import ToolFailed

try:
    from termios import error as _TerminalError
except ImportError:  # Windows
    _TerminalError = OSError  # type: ignore[assignment,misc]

_TIMEOUT = 10.0
# No script here prints for longer than this, in seconds.
_LONGEST_ANSWER = 60.0
_POLL = 0.002
# How long, in seconds, a program may take to end at Ctrl-C, and for how long nothing comes when nothing is left.
_PATIENCE = 2.0
_QUIET = 0.2
_INTERRUPT = b"\r\x03\x03"
_RAW_REPL = b"\r\x01"
_FRIENDLY_REPL = b"\r\x02"
_SOFT_RESET = b"\x04"
_BANNER = b"raw REPL; CTRL-B to exit\r\n"


class DeviceFailed(ToolFailed):
    """The device can't be reached, went away, or answers what no MicroPython does."""


class DeviceCodeFailed(DeviceFailed):
    """Code on the device raised. `problem` is the last line of its traceback, such as "OSError: [Errno 28] ENOSPC"."""

    def __init__(self, port: str, problem: str) -> None:
        super().__init__(f"the device on {port} reports {problem}.")
        self.problem = problem


class _NoRepl(Exception):
    """`heard`: how many bytes came in place of MicroPython's answer."""

    def __init__(self, heard: int) -> None:
        self.heard = heard


class _Transport(SerialTransport):
    """mpremote's transport, but it also gives up on a device that never stops talking, and prints nothing itself."""

    def __init__(self, port: str) -> None:
        super().__init__(port, timeout=_TIMEOUT)
        self.serial.write_timeout = _TIMEOUT

    def enter_raw_repl(self, soft_reset: bool = True, timeout_overall: float = _TIMEOUT) -> None:
        deadline = time.monotonic() + timeout_overall
        self._stop_program(deadline)
        if soft_reset:
            self._expect(b">", deadline)
            self.serial.write(_SOFT_RESET)
            self._expect(b"soft reboot\r\n", deadline)
            self._expect(_BANNER, deadline)
        self.in_raw_repl = True

    def _stop_program(self, deadline: float) -> None:
        """Bring the raw REPL up. A program may swallow a Ctrl-C, so there are several. Raises _NoRepl."""
        heard, tries = 0, 0
        while True:
            tries += 1
            self.serial.write(_INTERRUPT)
            self.serial.reset_input_buffer()
            self.serial.write(_RAW_REPL)
            try:
                self._expect(_BANNER, min(deadline, time.monotonic() + _PATIENCE))
                break
            except _NoRepl as silence:
                heard += silence.heard
                if time.monotonic() >= deadline:
                    raise _NoRepl(heard) from None
        if tries > 1:
            # The answers to earlier tries may still be on their way: one more, when nothing is left to read.
            while time.monotonic() < deadline and self.read_until(1, _BANNER, timeout=_QUIET):
                continue
            self.serial.write(_RAW_REPL)
            self._expect(_BANNER, deadline)

    def _expect(self, wanted: bytes, deadline: float) -> None:
        """Read up to the end of `wanted`. Raises _NoRepl when it has not come by `deadline`."""
        left = max(0.0, deadline - time.monotonic())
        heard = self.read_until(1, wanted, timeout=left, timeout_overall=left)
        if not heard.endswith(wanted):
            raise _NoRepl(len(heard))

    def read_until(
        self,
        min_num_bytes: int,
        ending: bytes,
        timeout: float | None = _TIMEOUT,
        data_consumer: Callable[[bytes], None] | None = None,
        timeout_overall: float | None = None,
    ) -> bytes:
        """As mpremote's, but `timeout_overall` counts while data flows too, and is never endless."""
        start = heard = time.monotonic()
        quiet = _TIMEOUT if timeout is None else timeout
        overall = quiet + _LONGEST_ANSWER if timeout_overall is None else timeout_overall
        data = bytearray()
        while not data.endswith(ending):
            now = time.monotonic()
            if now > start + overall or now > heard + quiet:
                break
            if self.serial.in_waiting:
                data += self.serial.read(1)
                heard = now
            else:
                time.sleep(_POLL)
        return bytes(data)


class DeviceLink:
    """The board on `port`, stopped and listening while the `with` lasts; it starts again at the end.

    Every method raises DeviceFailed, with a sentence for the person, when the board can't be reached, does not
    answer as MicroPython does, or goes away.
    """

    def __init__(self, port: str, *, keep_state: bool = False) -> None:
        """keep_state: leave the program's variables, and its network, as they are when it is stopped."""
        self.port = chosen(port)
        self._keep_state = keep_state
        self._transport: _Transport | None = None

    def __enter__(self) -> DeviceLink:
        try:
            self._transport = _Transport(self.port)
        except (TransportError, OSError, ValueError, _TerminalError) as error:
            raise DeviceFailed(why_closed(self.port)) from error
        try:
            with self._explained():
                self._transport.enter_raw_repl(soft_reset=not self._keep_state, timeout_overall=_TIMEOUT)
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        """Start the board's program again, as far as it listens, and close the port."""
        if self._transport is not None:
            with contextlib.suppress(OSError, _TerminalError):
                self._transport.serial.write(_INTERRUPT + _FRIENDLY_REPL + _SOFT_RESET)
        self._close()

    def run(self, code: str, timeout: float = _TIMEOUT, **names: Any) -> str:
        """What `code` prints on the device, with `names` as variables in it; `timeout` s without a word are its end.

        Raises DeviceCodeFailed when `code` raises.
        """
        if self._transport is None:
            raise DeviceFailed(f"the device on {self.port} has been reset.")
        assignments = "".join(f"{name} = {value!r}\n" for name, value in names.items())
        with self._explained():
            printed, problem = self._transport.exec_raw(assignments + code, timeout=timeout)
        if problem:
            raise DeviceCodeFailed(self.port, _last_line(problem))
        return str(printed, "utf-8", "replace")

    def ask(self, code: str, timeout: float = _TIMEOUT, **names: Any) -> Any:
        """The JSON that `code` prints as its last line; the rest as run()."""
        printed = self.run(code, timeout, **names)
        try:
            return json.loads(printed.strip().splitlines()[-1])
        except (ValueError, IndexError):
            raise DeviceFailed(f"the device on {self.port} answers what can't be read: try again.") from None

    def reset(self) -> None:
        """Restart the board as its reset button does; the link is closed."""
        self._leave_with("reset")

    def enter_bootloader(self) -> None:
        """Restart the board into its boot loader, as the BOOTSEL button does; the link is closed."""
        self._leave_with("bootloader")

    def _leave_with(self, function: str) -> None:
        self.leave(f"import machine\nmachine.{function}()")

    def leave(self, code: str) -> None:
        """Let `code` run that does not come back, such as a deep sleep; the link is closed."""
        if self._transport is None:
            return
        # The pause lets the device acknowledge the code before its USB goes.
        with self._explained():
            self._transport.exec_raw_no_follow("import time\ntime.sleep_ms(100)\n" + code)
        self._close()

    def _close(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            with contextlib.suppress(OSError, _TerminalError):
                transport.close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what mpremote and pyserial raise into DeviceFailed."""
        try:
            yield
        except _NoRepl as problem:
            raise DeviceFailed(_no_repl(self.port, problem.heard)) from None
        except TransportExecError as problem:
            raise DeviceCodeFailed(self.port, _last_line(problem.error_output.encode())) from None
        except (TransportError, struct.error) as problem:
            raise DeviceFailed(
                f"the device on {self.port} stopped answering as MicroPython does; it keeps what it had."
            ) from problem
        except (OSError, _TerminalError) as problem:
            raise DeviceFailed(
                f"the device on {self.port} went away in the middle; it keeps what it had: "
                "plug it in and run this again."
            ) from problem


def _no_repl(port: str, heard: int) -> str:
    if heard:
        return (
            f"what answers on {port} is not MicroPython's REPL: is this the right port, "
            "and is MicroPython on the board (cognito-mp flash)?"
        )
    return (
        f"nothing answers on {port}: press the board's reset button and run this again within 20 seconds "
        "(it may sleep), and check that MicroPython is on it."
    )


def _last_line(problem: bytes) -> str:
    lines = str(problem, "utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "an error"
