"""A server of plain HTTP whose replies break off where the request says: for HTTP libraries that are not ours.

A refresh with ClientMetadata {"case": "sized close 17"} gets the first 17 bytes of a reply with a Content-Length, and
then the server closes the connection. A refresh without it gets a whole reply. The forms are FORMS, the ends ENDS.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading

SIZED, CHUNKED = FORMS = ("sized", "chunked")
# SPOIL sends all, with a byte of 0xFF in the place of the one at that offset.
CLOSE, RESET, STALL, SPOIL = ENDS = ("close", "reset", "stall", "spoil")
_BODY = json.dumps(
    {"AuthenticationResult": {"AccessToken": "a" * 60, "RefreshToken": "r" * 60, "ExpiresIn": 3600}}
).encode()
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n%s\r\nX-Amzn-RequestId: 1\r\n\r\n"
REPLIES = {
    SIZED: _HEAD % (b"Content-Length: %d" % len(_BODY)) + _BODY,
    CHUNKED: _HEAD % b"Transfer-Encoding: chunked"
    + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (_BODY[:100], _BODY[100:], b"")),
}


class BreakingServer:
    """Accepts connections on 127.0.0.1 until it is closed. port: int; requests: int, how many it has read."""

    def __init__(self) -> None:
        self.requests = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> BreakingServer:
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open = [other for other in self._open if other.fileno() >= 0] + [connection]
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while True:
                data = b""
                while b"\r\n\r\n" not in data:
                    data += _received(connection)
                head, _, body = data.partition(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                while len(body) < length:
                    body += _received(connection)
                self.requests += 1
                case = json.loads(body).get("ClientMetadata", {}).get("case", "")
                if not self._replied(connection, case):
                    return

    def _replied(self, connection: socket.socket, case: str) -> bool:
        """True when the connection goes on."""
        if case in ("", *FORMS):
            connection.sendall(REPLIES[case or SIZED])
            return case != ""
        form, end, offset = case.split()
        at = int(offset)
        if end == SPOIL:
            connection.sendall(REPLIES[form][:at] + b"\xff" + REPLIES[form][at + 1 :])
            return False
        connection.sendall(REPLIES[form][:at])
        if end == STALL:
            connection.recv(1)
        if end == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise OSError("the client hung up")
    return data
