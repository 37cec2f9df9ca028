"""Serial ports: which one is meant, and why one can't be opened."""

from __future__ import annotations

import errno
import os

import click
import serial
from serial.tools import list_ports

from cognito_mp_tools.failures import ToolFailed

AUTO = "auto"

port_argument = click.argument("port", default=AUTO, envvar="COGNITO_MP_PORT")


def chosen(port: str) -> str:
    """`port`, or for "auto" the one port that has a USB device. Raises ToolFailed when that is not one."""
    if port != AUTO:
        return port
    found = [info.device for info in list_ports.comports() if info.vid is not None]
    if not found:
        raise ToolFailed(
            "no board found on USB: plug it in with a cable that carries data, or name its port; one that sleeps stays "
            "awake for 20 seconds after it is plugged in or reset."
        )
    if len(found) > 1:
        raise ToolFailed(f"several serial ports have a USB device ({', '.join(sorted(found))}): name the one you mean.")
    return found[0]


def why_closed(port: str) -> str:
    """A sentence on why `port` can't be opened, found out by opening it once more."""
    try:
        serial.Serial(port, exclusive=True).close()
    except (serial.SerialException, ValueError) as error:
        return _reason(port, error)
    return f"{port} could not be opened at first: try again."


def _reason(port: str, error: Exception) -> str:
    number = getattr(error, "errno", None)
    words = str(error)
    if number == errno.ENOENT or "FileNotFoundError" in words:
        others = ", ".join(sorted(info.device for info in list_ports.comports() if info.vid is not None))
        return f"there is no {port}: " + (f"plugged in are {others}." if others else "is the board plugged in?")
    if number in (errno.EAGAIN, errno.EBUSY, errno.EWOULDBLOCK) or "PermissionError" in words:
        return f"{port} is busy: close the program that has it open (a terminal, an IDE, another mpremote)."
    if number == errno.EACCES:
        return f"you may not open {port}: on Linux join its group (sudo usermod -aG dialout $USER), then log in again."
    if number is not None:
        return f"{port} can't be opened as a serial port ({os.strerror(number)})."
    return f"{port} can't be opened as a serial port."
