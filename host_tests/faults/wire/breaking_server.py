"""A server of plain HTTP whose replies break off where the request says: for HTTP libraries that are not ours.

A refresh with ClientMetadata {"case": "sized close 17"} gets the first 17 bytes of a reply with a Content-Length, and
then the server closes the connection. A refresh without it gets a whole reply. The forms are FORMS, the ends ENDS.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct

from loopback_server import LoopbackServer, received, whole_request

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


class BreakingServer(LoopbackServer):
    """Until it is closed. requests: int, how many it has read."""

    def __init__(self) -> None:
        self.requests = 0
        super().__init__()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while True:
                _, body = whole_request(lambda: received(connection))
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
