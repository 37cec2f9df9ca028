"""Refreshes over adafruit_requests that are interrupted before each line of it, of its connection manager and of ours.

CPython alone, for sys.settrace(). Arguments: the server's URL (faults/wire/breaking_server.py), the first line to be
interrupted, and how many to go on at once. Prints a line for each that went wrong, and at last how many there were.
"""

import gc
import socket
import ssl
import sys

import adafruit_connection_manager
import adafruit_requests
from cognito_mp import Client, RequestsTransport
from cognito_mp.transports import requests

FILES = {module.__file__ for module in (adafruit_connection_manager, adafruit_requests, requests)}
session = adafruit_requests.Session(socket, ssl.create_default_context())
client = Client("eu-west-1", "client", "secret", endpoint=sys.argv[1], attempts=1, transport=RequestsTransport(session))
client.sign_in("alice", "Correct-Horse-9")
gc.freeze()  # the client collects after each reply, and all that is loaded would be looked through


class Interrupter:
    """Raises `kind` before the `at`th line that is run in FILES."""

    def __init__(self, kind: type, at: int) -> None:
        self.kind = kind
        self.left = at
        self.where = ""

    def trace(self, frame, event, argument):
        if frame.f_code.co_filename not in FILES:
            return None
        if event == "line":
            self.left -= 1
            if not self.left:
                self.where = "%s:%d" % (frame.f_code.co_filename.rpartition("/")[2], frame.f_lineno)
                sys.settrace(None)
                raise self.kind("made to happen")
        return self.trace


count = 0
at, step = int(sys.argv[2]), int(sys.argv[3])
reached = True
while reached:
    reached = False
    for kind in (KeyboardInterrupt, MemoryError):
        interrupter = Interrupter(kind, at)
        sys.settrace(interrupter.trace)
        try:
            client.refresh({"case": "sized"})
        except (KeyboardInterrupt, MemoryError):
            pass
        except OSError as error:
            print(kind.__name__, interrupter.where, "was", repr(error))
        finally:
            sys.settrace(None)
        if interrupter.where:
            reached = True
            count += 1
            try:
                client.refresh()
            except Exception as error:
                print(kind.__name__, interrupter.where, "then", repr(error))
    at += step
print(count)
