"""As on CircuitPython: how many bytes of the stack of frames calls take. Arguments: the server's URL.

Prints a line for each call: its name, and its bytes. A board has 2,048 (CIRCUITPY_PYSTACK_SIZE), and here are 4,096.
"""

import ssl
import sys

import adafruit_requests
import micropython
import socketpool
import wifi
from cognito_mp import Client, FileStore, RequestsTransport

STACK = 4096
used = micropython.pystack_use


def at_depth(bytes_used: int, function) -> None:
    """function(), with at least `bytes_used` of the stack taken by its callers."""
    if used() < bytes_used:
        at_depth(bytes_used, function)
    else:
        function()


def taken(function) -> int:
    """How many bytes function() takes, to the next 16."""
    for room in range(256, STACK - used() - 128, 16):
        try:
            at_depth(STACK - room, function)
            return room
        except RuntimeError as error:
            if "pystack" not in str(error):
                raise
    raise AssertionError("there is no end to it")


def _recv_into(self, buf, size: int = 0) -> int:
    """As adafruit_requests has it, for MicroPython's readinto(), to which 0 means no bytes. A frame as large."""
    return self.socket.recv_into(buf, size or len(buf))


adafruit_requests.Response._recv_into = _recv_into
socketpool.SocketPool.frames = False
session = adafruit_requests.Session(socketpool.SocketPool(wifi.radio), ssl.create_default_context())
client = Client("eu-west-1", "client", "secret", store=FileStore("depth"), endpoint=sys.argv[1],
                transport=RequestsTransport(session))  # fmt: skip
client.sign_in("alice", "Correct-Horse-9")
client.refresh()  # loads what it needs


def due() -> None:
    client.session.postpone(0)
    client.access_token()


print("refresh", taken(client.refresh))
print("access_token", taken(due))
print("sign_in", taken(lambda: client.sign_in("alice", "Correct-Horse-9")))
