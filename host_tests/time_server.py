"""A time server for devices under test, and the fixture that starts and stops one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest


class TimeServer:
    """An NTP server on a free port of this host that tells this host's time."""

    def __init__(self) -> None:
        self.asked = 0
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self.port = self._udp.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            query, peer = self._udp.recvfrom(64)
            if not query:
                return
            self.asked += 1
            now = (int(time.time()) + 2208988800).to_bytes(4, "big") + bytes(4)
            self._udp.sendto(b"\x24\x02" + bytes(22) + query[40:48] + now + now, peer)

    def close(self) -> None:
        self._udp.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._udp.close()


@pytest.fixture
def time_server() -> Iterator[TimeServer]:
    server = TimeServer()
    yield server
    server.close()
