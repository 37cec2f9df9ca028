"""The time of day from an NTP server, without stopping the event loop (RFC 4330, SNTP version 4).

MicroPython's ntptime blocks for its whole timeout, believes any datagram, and is not frozen into every port.
An answer is not authenticated: whoever sits in the network can lie about the time. The worst that this does here
is to let an expired certificate pass, or to refuse good ones.
"""

import errno
import socket
import sys
from os import urandom

_FROM_1900 = 2208988800  # seconds from NTP's epoch to 1970
# 2026-11-24, when this was last changed for a release: a server that tells an earlier time is wrong, or lies.
EARLIEST = 1795478400
_AGAIN = (errno.EAGAIN, 115)  # 115: EINPROGRESS, which some ports say


def write_query(cookie: bytes) -> bytes:
    """The 48 bytes to send; the server gives the 8 bytes of `cookie` back."""
    return b"\x23" + bytes(39) + cookie


def read_answer(datagram: bytes, cookie: bytes) -> "int | None":
    """Seconds since 1970 that `datagram` tells; None if it is not an answer to the query with `cookie`.

    Raises OSError when the server says that it does not know the time, or wants to be left alone.
    """
    if len(datagram) < 48 or datagram[0] & 7 != 4 or datagram[24:32] != cookie:
        return None
    seconds = int.from_bytes(datagram[40:44], "big")
    if datagram[0] >> 6 == 3 or not 0 < datagram[1] < 16 or not seconds:
        raise OSError("the time server does not know the time")
    # The count wraps in 2036: https://www.rfc-editor.org/rfc/rfc4330#section-3
    since_1970 = seconds - _FROM_1900 + (1 << 32 if seconds < 1 << 31 else 0)
    if since_1970 < EARLIEST:
        raise OSError("the time server tells a time before this program was made")
    return since_1970


class TimeServers:
    """Time servers that are asked in turn: the one that was wrong, or silent, is not the next."""

    def __init__(self, hosts: list, sleep, port: int = 123, ask_one=None) -> None:
        """hosts: str each; ask_one: ask(), or its like; the rest as in ask()."""
        self._hosts = hosts
        self._ask_one = ask_one or ask
        self._sleep = sleep
        self._port = port
        self._asked = 0

    async def ask(self) -> int:
        """Seconds since 1970 by the next server. Raises OSError."""
        self._asked += 1
        return await self._ask_one(self._hosts[(self._asked - 1) % len(self._hosts)], self._sleep, self._port)


async def ask(host: str, sleep, port: int = 123, timeout_s: int = 4, socket=socket, platform=sys.platform) -> int:
    """Seconds since 1970 by the server at `host`. Raises OSError, also when there is no answer in `timeout_s`.

    sleep     async, takes seconds, such as asyncio.sleep
    socket    the module, or its like
    platform  as sys.platform

    The look-up of `host` alone blocks.
    """
    found = await _look_up(host, sleep, port, socket, platform)
    cookie = urandom(8)
    udp = socket.socket(found[0], socket.SOCK_DGRAM)
    try:
        udp.connect(found[-1])
        udp.setblocking(False)
        udp.send(write_query(cookie))
        for _ in range(timeout_s * 20):
            await sleep(0.05)
            try:
                seconds = read_answer(udp.recv(64), cookie)
            except OSError as error:
                if error.errno not in _AGAIN:
                    raise
                continue
            if seconds is not None:
                return seconds
        raise OSError(errno.ETIMEDOUT, "no answer from the time server " + host)
    finally:
        udp.close()


async def _look_up(host: str, sleep, port: int, socket, platform: str) -> tuple:
    """The first of socket.getaddrinfo()'s tuples for `host`, by IPv4, or else by IPv6. Raises OSError."""
    try:
        # lwIP waits 7 s for each name server that is silent: lib/lwip/src/core/dns.c.
        return socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)[0]
    except OSError as error:
        nothing = error
    await sleep(0)  # another look-up may follow, and the watchdog is to be fed between the two
    from cognito_mp.transports.ipv6 import getaddrinfo

    try:
        return getaddrinfo(socket, host, port, nothing, platform)[0]
    except OSError as error:  # a bare number on most ports
        number = error.errno
    await sleep(0)
    raise OSError(number, "no address found for the time server " + host)
